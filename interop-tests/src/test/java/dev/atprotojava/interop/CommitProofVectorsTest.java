// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.stream.StreamSupport;

/** What must travel with a commit so that it can be undone (IV-01). */
class CommitProofVectorsTest {
  private static Bytes key(String text) {
    return Bytes.wrap(text.getBytes(UTF_8));
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
  }

  @VectorFile("firehose/commit-proof-fixtures.json")
  void proof_isEnoughAndNeverMisleads(JsonNode fixture) {
    Cid leaf = Cid.parse(fixture.get("leafValue").textValue());
    Cid before = Cid.parse(fixture.get("rootBeforeCommit").textValue());
    Cid after = Cid.parse(fixture.get("rootAfterCommit").textValue());

    Mst tree = Mst.empty();
    for (String text : texts(fixture.get("keys"))) {
      tree = tree.insert(key(text), leaf);
    }
    assertThat(tree.root()).isEqualTo(before);
    List<RecordOp> ops = new ArrayList<>();
    for (String text : texts(fixture.get("adds"))) {
      tree = tree.insert(key(text), leaf);
      ops.add(new RecordOp.Create(key(text), leaf));
    }
    for (String text : texts(fixture.get("dels"))) {
      tree = tree.delete(key(text));
      ops.add(new RecordOp.Delete(key(text), leaf));
    }
    assertThat(tree.root()).isEqualTo(after);

    Map<Cid, Bytes> proof = tree.proofBlocks(ops.stream().map(RecordOp::path).toList());
    assertThat(proof.keySet())
        .extracting(Cid::toString)
        .containsExactlyInAnyOrderElementsOf(texts(fixture.get("blocksInProof")));

    List<List<RecordOp>> orders = permutations(ops);
    for (List<RecordOp> order : orders) {
      assertThat(undo(Mst.load(after, proof::get), order).root()).isEqualTo(before);
    }
    assertThat(OpInversion.invert(Mst.load(after, proof::get), ops).root()).isEqualTo(before);
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
          assertThat(e.reason()).isEqualTo(MstException.Reason.MISSING_NODE);
        }
      }
      assertThat(outcomes).isSubsetOf(before);
    }
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
