// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.repo.OpInversion;
import dev.atprotojava.repo.RecordOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What must travel with a commit so that it can be undone (IV-01). */
final class CommitProofVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          VectorClaim.objects(
              "firehose/commit-proof-fixtures.json",
              "comment",
              CommitProofVectors::proofIsEnoughAndNeverMisleads));

  private CommitProofVectors() {}

  private static Verdict proofIsEnoughAndNeverMisleads(Fields fixture) {
    Cid leaf = Cid.parse(fixture.text("leafValue"));
    Cid before = Cid.parse(fixture.text("rootBeforeCommit"));
    Cid after = Cid.parse(fixture.text("rootAfterCommit"));

    Mst tree = Mst.empty();
    for (String text : fixture.texts("keys")) {
      tree = tree.insert(Bytes.ofUtf8(text), leaf);
    }
    Expect.same("the root before", tree.root(), before);
    List<RecordOp> ops = new ArrayList<>();
    for (String text : fixture.texts("adds")) {
      tree = tree.insert(Bytes.ofUtf8(text), leaf);
      ops.add(new RecordOp.Create(Bytes.ofUtf8(text), leaf));
    }
    for (String text : fixture.texts("dels")) {
      tree = tree.delete(Bytes.ofUtf8(text));
      ops.add(new RecordOp.Delete(Bytes.ofUtf8(text), leaf));
    }
    Expect.same("the root after", tree.root(), after);

    Map<Cid, Bytes> proof = tree.proofBlocks(ops.stream().map(RecordOp::path).toList());
    Expect.same(
        "the proof",
        new HashSet<>(proof.keySet().stream().map(Cid::toString).toList()),
        new HashSet<>(fixture.texts("blocksInProof")));

    List<List<RecordOp>> orders = permutations(ops);
    for (List<RecordOp> order : orders) {
      Expect.same("what is undone", undo(Mst.load(after, proof::get), order).root(), before);
    }
    Expect.same(
        "what is undone at once",
        OpInversion.invert(Mst.load(after, proof::get), ops).root(),
        before);
    for (Map<Cid, Bytes> part : subsets(proof)) {
      Set<Cid> outcomes = new HashSet<>();
      for (List<RecordOp> order : orders) {
        try {
          Mst undone = undo(Mst.load(after, part::get), order);
          // A node that is missing may have had to go too; then nothing is claimed (MST-37).
          if (!undone.isStub()) {
            outcomes.add(undone.root());
          }
        } catch (MstException e) {
          Expect.same("the reason", e.reason(), MstException.Reason.MISSING_NODE);
        }
      }
      outcomes.remove(before);
      Expect.that(outcomes.isEmpty(), "a part of the proof leads to another tree");
    }
    return Verdict.PASSED;
  }

  /** The tree before, with the operations undone in exactly this order. */
  private static Mst undo(Mst after, List<RecordOp> order) {
    Mst tree = after;
    for (RecordOp op : order) {
      tree = OpInversion.invert(tree, List.of(op));
    }
    return tree;
  }

  private static List<List<RecordOp>> permutations(List<RecordOp> ops) {
    if (ops.isEmpty()) {
      return List.of(List.of());
    }
    List<List<RecordOp>> all = new ArrayList<>();
    for (RecordOp first : ops) {
      List<RecordOp> rest = ops.stream().filter(op -> !op.equals(first)).toList();
      for (List<RecordOp> tail : permutations(rest)) {
        all.add(Stream.concat(Stream.of(first), tail.stream()).toList());
      }
    }
    return all;
  }

  private static List<Map<Cid, Bytes>> subsets(Map<Cid, Bytes> blocks) {
    List<Cid> cids = List.copyOf(blocks.keySet());
    List<Map<Cid, Bytes>> all = new ArrayList<>();
    for (int chosen = 0; chosen < 1 << cids.size(); chosen++) {
      Map<Cid, Bytes> subset = new HashMap<>();
      for (int i = 0; i < cids.size(); i++) {
        if ((chosen >> i & 1) == 1) {
          subset.put(cids.get(i), blocks.getOrDefault(cids.get(i), Bytes.EMPTY));
        }
      }
      all.add(subset);
    }
    return all;
  }
}
