// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class MstPropertyTest {
  // MST-30: whatever the order of operations, the tree is that of its content.
  @Test
  void operations_giveTheTreeOfTheContent() {
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

  @Test
  void load_readsWhatBlocksWrites() {
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
