// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MstPropertyTest {
  // MST-30: whatever the order of operations, the tree is that of its content.
  @Test
  void operations_giveTheTreeOfTheContent() {
    // MST-32, MST-33, MST-34: one tree for one content, however it came to be.
    Gen.forAll(
        300,
        gen -> {
          SortedMap<Bytes, Cid> model = Keys.map();
          Mst tree = Mst.empty();
          for (int i = gen.nextInt(4 * gen.size()); i > 0; i--) {
            tree = step(gen, tree, model);
            if (gen.oneIn(20)) {
              assertThat(tree.root()).isEqualTo(new BulkTree(model).root);
            }
          }
          BulkTree expected = new BulkTree(model);
          assertThat(tree.root()).isEqualTo(expected.root);
          assertThat(tree.blocks()).isEqualTo(expected.blocks);
          List<MstEntry> entries = new ArrayList<>();
          tree.forEach(entries::add);
          List<MstEntry> modelled = new ArrayList<>();
          model.forEach((key, value) -> modelled.add(new MstEntry(key, value)));
          assertThat(entries).isEqualTo(modelled);
        });
  }

  static Mst step(Gen gen, Mst tree, SortedMap<Bytes, Cid> model) {
    Cid value = Keys.value(gen);
    if (!model.isEmpty() && gen.oneIn(2)) {
      Bytes key = gen.oneOf(List.copyOf(model.keySet()));
      if (gen.oneIn(2)) {
        model.remove(key);
        return tree.delete(key);
      }
      model.put(key, value);
      return tree.update(key, value);
    }
    Bytes key = Keys.random(gen);
    if (model.put(key, value) == null) {
      return tree.insert(key, value);
    }
    return tree.update(key, value);
  }

  /**
   * MST-30, MST-36: a tree that lives long. Damage: a shape that depends on history, which a few
   * hundred operations may not reach (splits and merges over many levels, emptied subtrees).
   */
  @Test
  void hundredThousandOperations_giveTheTreeOfTheContent() {
    Gen gen = Gen.of(20);
    TreeMap<Bytes, Cid> model = new TreeMap<>(Keys.ORDER);
    List<Bytes> present = new ArrayList<>();
    Mst tree = Mst.empty();
    for (int i = 1; i <= 100_000; i++) {
      // Grows to some thousands, shrinks to nothing, and so on.
      boolean shrinks = i / 10_000 % 2 == 1;
      if (!present.isEmpty() && gen.nextInt(10) < (shrinks ? 8 : 3)) {
        int number = gen.nextInt(present.size());
        Bytes key = present.get(number);
        if (gen.oneIn(4)) {
          Cid value = Keys.value(gen);
          model.put(key, value);
          tree = tree.put(key, value);
        } else {
          present.set(number, present.getLast());
          present.removeLast();
          model.remove(key);
          tree = tree.delete(key);
        }
      } else {
        Bytes key = Keys.key("c/" + gen.nextInt(1 << 24));
        Cid value = Keys.value(gen);
        if (model.put(key, value) == null) {
          present.add(key);
        }
        tree = tree.put(key, value);
      }
      if (i % 10_000 == 0) {
        assertAgree(gen, tree, model);
      }
    }
    for (Bytes key : present) {
      tree = tree.delete(key);
    }
    assertThat(tree.root()).isEqualTo(Mst.EMPTY_ROOT);
  }

  private static void assertAgree(Gen gen, Mst tree, SortedMap<Bytes, Cid> model) {
    List<MstEntry> entries = new ArrayList<>();
    tree.forEach(entries::add);
    assertThat(entries).isEqualTo(entriesOf(model));
    assertThat(tree).containsExactlyElementsOf(entries);
    assertThat(tree.root()).isEqualTo(new BulkTree(model).root);
    Collections.shuffle(entries, new Random(gen.nextLong()));
    assertThat(Mst.of(entries).root()).isEqualTo(tree.root());
    for (int i = 0; i < 100; i++) {
      Bytes key = Keys.key("c/" + gen.nextInt(1 << 24));
      assertThat(tree.find(key)).isEqualTo(model.get(key));
      MstEntry some = gen.oneOf(entries);
      assertThat(tree.find(some.key())).isEqualTo(some.value());
    }
  }

  private static List<MstEntry> entriesOf(SortedMap<Bytes, Cid> map) {
    List<MstEntry> entries = new ArrayList<>();
    map.forEach((key, value) -> entries.add(new MstEntry(key, value)));
    return entries;
  }

  // MST-31: built at once or key by key, it is the same tree.
  @Test
  void build_givesTheTreeThatInsertsGive() {
    Gen.forAll(
        300,
        gen -> {
          SortedMap<Bytes, Cid> model = Keys.map();
          Mst inserted = Mst.empty();
          for (int i = gen.nextInt(4 * gen.size()); i > 0; i--) {
            Bytes key = Keys.random(gen);
            Cid value = Keys.value(gen);
            model.put(key, value);
            inserted = inserted.put(key, value);
          }
          List<MstEntry> entries = entriesOf(model);
          MstBuilder builder = new MstBuilder();
          for (int round = 0; round < 2; round++) { // a builder is empty again after build
            entries.forEach(entry -> builder.add(entry.key(), entry.value()));
            assertThat(builder.build().blocks()).isEqualTo(inserted.blocks());
          }
          Collections.shuffle(entries, new Random(gen.nextLong()));
          assertThat(Mst.of(entries).blocks()).isEqualTo(inserted.blocks());
        });
  }

  // MST-05: a range is what the sorted map says; a walk that is a key off loses or repeats records.
  @Test
  void range_isThatOfASortedMap() {
    Gen.forAll(
        500,
        gen -> {
          TreeMap<Bytes, Cid> model = new TreeMap<>(Keys.ORDER);
          Mst tree = Mst.empty();
          for (int i = gen.nextInt(3 * gen.size()); i > 0; i--) {
            tree = step(gen, tree, model);
          }
          Bytes one = bound(gen, model);
          Bytes two = bound(gen, model);
          Bytes from = Keys.ORDER.compare(one, two) <= 0 ? one : two;
          Bytes to = from == one ? two : one;
          assertThat(tree.range(new KeyRange(from, to)))
              .containsExactlyElementsOf(entriesOf(model.subMap(from, to)));
          assertThat(tree.range(KeyRange.from(from)))
              .containsExactlyElementsOf(entriesOf(model.tailMap(from)));
          assertThat(tree.range(KeyRange.ALL)).containsExactlyElementsOf(entriesOf(model));
          Bytes prefix = from.slice(0, gen.nextInt(from.length() + 1));
          assertThat(tree.range(KeyRange.ofPrefix(prefix)))
              .extracting(MstEntry::key)
              .containsExactlyElementsOf(
                  model.keySet().stream().filter(key -> startsWith(key, prefix)).toList());
        });
  }

  private static Bytes bound(Gen gen, SortedMap<Bytes, Cid> model) {
    return model.isEmpty() || gen.oneIn(2)
        ? Keys.random(gen)
        : gen.oneOf(List.copyOf(model.keySet()));
  }

  private static boolean startsWith(Bytes key, Bytes prefix) {
    return key.length() >= prefix.length() && key.slice(0, prefix.length()).equals(prefix);
  }

  @Test
  void load_readsWhatBlocksWrites() {
    // MST-12: the keys of nodes, put together again.
    Gen.forAll(
        200,
        gen -> {
          SortedMap<Bytes, Cid> model = Keys.map();
          Mst tree = Mst.empty();
          for (int i = gen.nextInt(3 * gen.size()); i > 0; i--) {
            tree = step(gen, tree, model);
          }
          Map<Cid, Bytes> blocks = tree.blocks();
          Mst loaded = Mst.load(tree.root(), blocks::get);
          assertThat(loaded.blocks()).isEqualTo(blocks);
          model.forEach((key, value) -> assertThat(loaded.find(key)).isEqualTo(value));
          Bytes other = Keys.random(gen);
          assertThat(loaded.find(other)).isEqualTo(model.get(other));
        });
  }

  // MST-37: with some nodes missing an operation gives the same tree, or says that it cannot.
  @Test
  void partialTree_neverGivesAnotherRoot() {
    Gen.forAll(
        500,
        gen -> {
          SortedMap<Bytes, Cid> model = Keys.map();
          Mst tree = Mst.empty();
          for (int i = 1 + gen.nextInt(2 * gen.size()); i > 0; i--) {
            tree = step(gen, tree, model);
          }
          Map<Cid, Bytes> some = new HashMap<>(tree.blocks());
          some.keySet().removeIf(cid -> gen.oneIn(4));
          Mst whole = tree;
          Mst part = Mst.load(tree.root(), some::get);
          Bytes key =
              model.isEmpty() || gen.oneIn(2)
                  ? Keys.random(gen)
                  : gen.oneOf(List.copyOf(model.keySet()));
          try {
            Mst changed = model.containsKey(key) ? part.delete(key) : part.insert(key, Keys.LEAF);
            Mst expected =
                model.containsKey(key) ? whole.delete(key) : whole.insert(key, Keys.LEAF);
            if (!changed.isStub()) {
              assertThat(changed.root()).isEqualTo(expected.root());
            }
          } catch (MstException e) {
            assertThat(e.reason()).isEqualTo(MstException.Reason.MISSING_NODE);
          }
        });
  }

  // MST-10 to MST-25: a damaged node is refused, or it is the node of another valid tree.
  @Test
  void load_acceptsOnlyWhatBlocksWrites() {
    Gen.forAll(
        5000,
        gen -> {
          SortedMap<Bytes, Cid> model = Keys.map();
          Mst tree = Mst.empty();
          for (int i = 1 + gen.nextInt(12); i > 0; i--) {
            tree = step(gen, tree, model);
          }
          Map<Cid, Bytes> blocks = new HashMap<>(tree.blocks());
          byte[] damaged = gen.oneOf(List.copyOf(blocks.values())).toByteArray();
          damaged[gen.nextInt(damaged.length)] = (byte) gen.nextInt(256);
          Bytes block = Bytes.wrap(damaged);
          Cid root = Cid.ofDagCbor(damaged);
          blocks.put(root, block);
          try {
            Mst loaded = Mst.load(root, blocks::get);
            assertThat(loaded.blocks()).containsEntry(root, block);
          } catch (MstException refused) {
            assertThat(refused.getStackTrace()).isEmpty();
          }
        });
  }
}
