// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstDiff;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OpInversionTest {
  private record Change(Mst before, Mst after, List<RecordOp> ops) {}

  private static Cid value(Gen gen) {
    return Cid.ofDagCbor(gen.bytes(5));
  }

  private static Bytes key(Gen gen) {
    String text = "app.bsky.feed.post/" + gen.text("234567", 1 + gen.nextInt(4));
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Change change(Gen gen) {
    TreeMap<Bytes, Cid> content =
        new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.toByteArray(), b.toByteArray()));
    Mst before = Mst.empty();
    for (int i = gen.nextInt(3 * gen.size()); i > 0; i--) {
      Bytes key = key(gen);
      Cid value = value(gen);
      before =
          content.put(key, value) == null ? before.insert(key, value) : before.update(key, value);
    }
    Mst after = before;
    List<RecordOp> ops = new ArrayList<>();
    Set<Bytes> touched = new HashSet<>();
    for (int i = gen.between(1, 10); i > 0; i--) {
      Bytes key =
          content.isEmpty() || gen.oneIn(2) ? key(gen) : gen.oneOf(List.copyOf(content.keySet()));
      if (!touched.add(key)) {
        continue;
      }
      Cid prev = content.get(key);
      Cid value = value(gen);
      if (prev == null) {
        ops.add(new RecordOp.Create(key, value));
        after = after.insert(key, value);
      } else if (gen.oneIn(2)) {
        ops.add(new RecordOp.Delete(key, prev));
        after = after.delete(key);
      } else {
        ops.add(new RecordOp.Update(key, value, prev));
        after = after.update(key, value);
      }
    }
    return new Change(before, after, ops);
  }

  @Test
  void invert_givesTheTreeBefore() {
    // MST-53.
    Gen.forAll(
        500,
        gen -> {
          Change change = change(gen);
          assertThat(OpInversion.invert(change.after, change.ops).root())
              .isEqualTo(change.before.root());
        });
  }

  @Test
  void of_makesOperationsOfADifference() {
    Gen.forAll(
        200,
        gen -> {
          Change change = change(gen);
          List<RecordOp> ops =
              MstDiff.between(change.before, change.after).changes().stream()
                  .map(RecordOp::of)
                  .toList();
          assertThat(ops).containsExactlyInAnyOrderElementsOf(change.ops);
          assertThat(OpInversion.invert(change.after, ops).root()).isEqualTo(change.before.root());
        });
  }

  // MST-45, MST-46: what we send along is enough for everybody, in whatever order they undo.
  @Test
  void proofBlocks_areEnoughInAnyOrder() {
    // MST-47, MST-54.
    Gen.forAll(
        500,
        gen -> {
          Change change = change(gen);
          Map<Cid, Bytes> blocks =
              change.after.proofBlocks(change.ops.stream().map(RecordOp::path).toList());
          Mst part = Mst.load(change.after.root(), blocks::get);
          assertThat(OpInversion.invert(part, change.ops).root()).isEqualTo(change.before.root());
          List<RecordOp> shuffled = new ArrayList<>(change.ops);
          Collections.shuffle(shuffled, new Random(gen.nextLong()));
          Mst tree = part;
          for (RecordOp op : shuffled) {
            tree = OpInversion.invert(tree, List.of(op));
          }
          assertThat(tree.root()).isEqualTo(change.before.root());
        });
  }

  // MST-42: every node that is new is sent, though nobody needs it for the inversion.
  @Test
  void proofBlocks_haveAllNewNodes() {
    Gen.forAll(
        300,
        gen -> {
          Change change = change(gen);
          Set<Cid> fresh = new HashSet<>(change.after.blocks().keySet());
          fresh.removeAll(change.before.blocks().keySet());
          assertThat(change.after.proofBlocks(change.ops.stream().map(RecordOp::path).toList()))
              .containsKeys(fresh.toArray(new Cid[0]));
        });
  }

  // Whichever blocks somebody leaves out, the outcome is the true root or a refusal (IV-01).
  @Test
  void invert_withoutSomeBlocksNeverGivesAnotherRoot() {
    Gen.forAll(
        500,
        gen -> {
          Change change = change(gen);
          Map<Cid, Bytes> blocks =
              new HashMap<>(
                  change.after.proofBlocks(change.ops.stream().map(RecordOp::path).toList()));
          blocks.keySet().removeIf(cid -> gen.oneIn(3));
          try {
            Mst part = Mst.load(change.after.root(), blocks::get);
            assertThat(OpInversion.invert(part, change.ops).root()).isEqualTo(change.before.root());
          } catch (MstException e) {
            assertThat(e.reason()).isEqualTo(MstException.Reason.MISSING_NODE);
          }
        });
  }

  // A commit that hides an operation, or makes one up, does not lead back to the tree before.
  @Test
  void invert_ofOtherOperationsGivesAnotherRoot() {
    Gen.forAll(
        500,
        gen -> {
          Change change = change(gen);
          List<RecordOp> ops = new ArrayList<>(change.ops);
          RecordOp first = ops.removeFirst();
          if (gen.oneIn(2)) {
            Cid other = value(gen);
            ops.add(
                switch (first) {
                  case RecordOp.Create create ->
                      new RecordOp.Update(create.path(), create.cid(), other);
                  case RecordOp.Update update ->
                      new RecordOp.Update(update.path(), update.cid(), other);
                  case RecordOp.Delete delete -> new RecordOp.Delete(delete.path(), other);
                });
          }
          try {
            assertThat(OpInversion.invert(change.after, ops).root())
                .isNotEqualTo(change.before.root());
          } catch (MstException e) {
            assertThat(e.reason())
                .isIn(MstException.Reason.KEY_EXISTS, MstException.Reason.KEY_ABSENT);
          }
        });
  }
}
