// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What MST-40 asks of a difference: all of it, nothing else, and no reading of what is equal. */
class MstDiffTest {
  private record Trees(
      SortedMap<Bytes, Cid> modelBefore, Mst before, SortedMap<Bytes, Cid> modelAfter, Mst after) {}

  private static Trees trees(Gen gen) {
    SortedMap<Bytes, Cid> model = Keys.map();
    Mst before = Mst.empty();
    for (int i = gen.nextInt(3 * gen.size()); i > 0; i--) {
      before = MstPropertyTest.step(gen, before, model);
    }
    SortedMap<Bytes, Cid> modelBefore = new TreeMap<>(model);
    Mst after = before;
    int steps = gen.oneIn(10) ? 2 * model.size() : gen.nextInt(12);
    for (int i = 0; i < steps; i++) {
      after = MstPropertyTest.step(gen, after, model);
    }
    return gen.oneIn(10)
        ? new Trees(modelBefore, before, Keys.map(), Mst.empty())
        : new Trees(modelBefore, before, model, after);
  }

  private static List<MstChange> changes(Trees trees) {
    SortedSet<Bytes> keys = new TreeSet<>(Keys.ORDER);
    keys.addAll(trees.modelBefore.keySet());
    keys.addAll(trees.modelAfter.keySet());
    List<MstChange> changes = new ArrayList<>();
    for (Bytes key : keys) {
      Cid old = trees.modelBefore.get(key);
      Cid now = trees.modelAfter.get(key);
      if (old == null ? now != null : !old.equals(now)) {
        changes.add(new MstChange(key, old, now));
      }
    }
    return changes;
  }

  @Test
  void between_isWhatTheModelSays() {
    Gen.forAll(
        800,
        gen -> {
          Trees trees = trees(gen);
          MstDiff diff = MstDiff.between(trees.before, trees.after);
          assertThat(diff.changes()).isEqualTo(changes(trees));
          assertThat(diff.isEmpty()).isEqualTo(trees.modelBefore.equals(trees.modelAfter));

          Map<Cid, Bytes> old = trees.before.blocks();
          Map<Cid, Bytes> now = trees.after.blocks();
          Map<Cid, Bytes> added = new HashMap<>(now);
          added.keySet().removeAll(old.keySet());
          Set<Cid> removed = new LinkedHashSet<>(old.keySet());
          removed.removeAll(now.keySet());
          assertThat(diff.addedNodes()).isEqualTo(added);
          assertThat(diff.removedNodes()).isEqualTo(removed);
        });
  }

  // Undone, a difference gives the tree before.
  @Test
  void between_canBeUndone() {
    Gen.forAll(
        300,
        gen -> {
          Trees trees = trees(gen);
          Mst tree = trees.after;
          for (MstChange change : MstDiff.between(trees.before, trees.after).changes()) {
            tree =
                change.before() == null
                    ? tree.delete(change.key())
                    : tree.put(change.key(), change.before());
          }
          assertThat(tree.root()).isEqualTo(trees.before.root());
        });
  }

  /**
   * MST-37, MST-40: with nothing but the nodes that differ on either side the difference is found.
   * Damage: a walk that reads equal subtrees, which for a large repository is all of it.
   */
  @Test
  void between_readsNoEqualSubtree() {
    Gen.forAll(
        800,
        gen -> {
          Trees trees = trees(gen);
          Map<Cid, Bytes> old = new HashMap<>(trees.before.blocks());
          Map<Cid, Bytes> now = new HashMap<>(trees.after.blocks());
          Set<Cid> equal = new LinkedHashSet<>(old.keySet());
          equal.retainAll(now.keySet());
          old.keySet().removeAll(equal);
          now.keySet().removeAll(equal);
          Mst before = Mst.load(trees.before.root(), old::get);
          Mst after = Mst.load(trees.after.root(), now::get);
          assertThat(MstDiff.between(before, after).changes()).isEqualTo(changes(trees));
        });
  }

  // MST-40: of whole trees, too, hardly a node is opened that is not different.
  @Test
  void walk_opensWhatDiffers() {
    SortedMap<Bytes, Cid> model = Keys.map();
    Mst before = Mst.empty();
    Gen gen = Gen.of(6);
    for (int i = 0; i < 5000; i++) {
      before = before.put(Keys.key("c/" + gen.nextInt(1 << 24)), Keys.LEAF);
    }
    before.forEach(entry -> model.put(entry.key(), entry.value()));
    int opened = 0;
    int different = 0;
    for (int i = 0; i < 300; i++) {
      Mst after = before;
      for (int steps = gen.between(1, 40); steps > 0; steps--) {
        after = MstPropertyTest.step(gen, after, model);
      }
      DiffWalk walk = new DiffWalk(before, after);
      MstDiff diff = walk.walk();
      opened += walk.opened();
      different += diff.addedNodes().size() + diff.removedNodes().size();
      before = after;
    }
    assertThat(opened).isEqualTo(different);

    Mst longer = before; // a batch in front of all that was there, which stays as it is
    for (int i = 0; i < 500; i++) {
      longer = longer.put(Keys.key("b/" + i), Keys.LEAF);
    }
    DiffWalk walk = new DiffWalk(before, longer);
    MstDiff diff = walk.walk();
    assertThat(diff.changes()).hasSize(500);
    assertThat(walk.opened()).isEqualTo(diff.addedNodes().size() + diff.removedNodes().size());
  }

  // With any nodes missing the difference is the right one, or said to be unknown.
  @Test
  void between_ofPartialTreesIsNeverWrong() {
    Gen.forAll(
        800,
        gen -> {
          Trees trees = trees(gen);
          Map<Cid, Bytes> old = new HashMap<>(trees.before.blocks());
          Map<Cid, Bytes> now = new HashMap<>(trees.after.blocks());
          old.keySet().removeIf(cid -> gen.oneIn(4));
          now.keySet().removeIf(cid -> gen.oneIn(4));
          Mst before = Mst.load(trees.before.root(), old::get);
          Mst after = Mst.load(trees.after.root(), now::get);
          try {
            assertThat(MstDiff.between(before, after).changes()).isEqualTo(changes(trees));
          } catch (MstException e) {
            assertThat(e.reason()).isEqualTo(Reason.MISSING_NODE);
          }
        });
  }

  @Test
  void between_equalTreesOfWhichNothingIsHere() {
    Mst tree = Mst.load(Mst.empty().insert(Keys.record("3fo"), Keys.LEAF).root(), cid -> null);
    assertThat(MstDiff.between(tree, tree).isEmpty()).isTrue();
    assertThat(
            catchThrowableOfType(MstException.class, () -> MstDiff.between(Mst.empty(), tree))
                .reason())
        .isEqualTo(Reason.MISSING_NODE);
  }

  @Test
  void change_isOne() {
    assertThatThrownBy(() -> new MstChange(Keys.record("3fo"), Keys.LEAF, Keys.LEAF))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MstChange(Keys.record("3fo"), null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
