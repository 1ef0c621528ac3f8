// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Hostile authors: what they sign is signed, what they hash has its hash, and none of it is what it
 * should be. The damage that {@link BitFlipTest} does never gets that far.
 */
class CommitVerifierPropertyTest {
  private final CommitVerifier strict = CommitVerifier.strict(new SplittableRandom(1));
  private final CommitVerifier lenient = CommitVerifier.lenient(new SplittableRandom(2));
  private final CommitDraft good;
  private final RepoState known;

  CommitVerifierPropertyTest() {
    SampleRepo repo = new SampleRepo();
    for (int i = 0; i < 40; i++) {
      repo.put("com.example.record/" + i, "record " + i);
    }
    repo.commit();
    known = repo.state();
    good =
        repo.put("com.example.record/a", "new")
            .put("com.example.record/1", "other")
            .delete("com.example.record/2")
            .commit();
  }

  private CommitVerdict judge(CommitVerifier verifier, CommitDraft draft) {
    return verifier.verify(draft.commitEvent(), SampleRepo.KEY.publicKey(), known, SampleRepo.NOW);
  }

  // Invariant 8 behind the signature: a node of any bytes is refused as a node, or leads elsewhere.
  @Test
  void verify_ofAnotherRootNodeRefuses() {
    Bytes root = good.blocks.getOrDefault(Messages.link(good.signed, "data"), Bytes.EMPTY);
    Gen.forAll(
        1000,
        gen -> {
          byte[] node = root.toByteArray();
          for (int i = gen.between(1, 3); i > 0; i--) {
            node[gen.nextInt(node.length)] = (byte) gen.nextInt(256);
          }
          Bytes damaged = gen.oneIn(5) ? RandomValues.value(gen, 3).encode() : Bytes.wrap(node);
          if (!damaged.equals(root)) {
            CommitDraft draft = good.copy().withRootNode(damaged);
            assertThat(judge(strict, draft)).isInstanceOf(Reject.class);
            CommitVerdict verdict = judge(lenient, draft);
            if (verdict instanceof Accept accept) {
              assertThat(accept.waived()).isNotEmpty();
            }
          }
        });
  }

  // The same where the node is one further down.
  @Test
  void verify_withAnotherNodeInTheTreeRefuses() {
    List<Cid> nodes = new ArrayList<>(good.blocks.keySet());
    Gen.forAll(
        1000,
        gen -> {
          Cid cid = gen.oneOf(nodes);
          CommitDraft draft = good.copy();
          Bytes other = RandomValues.map(gen, 3).encode();
          draft.blocks.remove(cid);
          draft.blocks.put(Cid.ofDagCbor(other.toByteArray()), other);
          CommitVerdict verdict = judge(strict, draft);
          if (verdict instanceof Accept) { // a node that was not needed (MST-46)
            CommitDraft without = good.copy();
            without.blocks.remove(cid);
            assertThat(judge(strict, without)).isEqualTo(verdict);
          }
        });
  }

  // Whatever a message says beside the signed commit, it says the truth or is refused.
  @Test
  void verify_ofOtherFieldsRefuses() {
    CommitVerdict expected = judge(strict, good);
    assertThat(expected).isInstanceOf(Accept.class);
    Gen.forAll(
        2000,
        gen -> {
          CommitDraft draft = good.copy();
          switch (gen.nextInt(4)) {
            case 0 -> draft.with("prevData", new LinkValue(RandomValues.link(gen)));
            case 1 -> draft.with("commit", new LinkValue(RandomValues.link(gen)));
            case 2 -> {
              Bytes slice = draft.slice();
              int from = gen.nextInt(slice.length());
              draft.with(
                  "blocks", new BytesValue(slice.slice(from, gen.nextInt(slice.length() - from))));
            }
            default -> {
              Map<String, CborValue> op = new TreeMap<>(draft.op(gen.nextInt(3)));
              Map<String, CborValue> from = draft.op(gen.nextInt(3));
              String field = gen.oneOf("action", "path", "cid");
              op.put(field, Messages.field(from, field));
              if (gen.oneIn(3)) {
                op.put("path", Messages.text("com.example.record/" + gen.text("0123456789ab", 1)));
              }
              List<CborValue> ops = new ArrayList<>(draft.ops());
              int place = gen.nextInt(3);
              ops.set(place, new MapValue(op));
              if (ops.equals(draft.ops())) {
                return;
              }
              draft.with("ops", new CborValue.ArrayValue(ops));
            }
          }
          CommitVerdict verdict = judge(strict, draft);
          if (verdict instanceof Accept) {
            assertThat(draft.commitEvent().ops())
                .containsExactlyInAnyOrderElementsOf(good.commitEvent().ops());
            assertThat(verdict).isEqualTo(expected);
          }
          CommitVerdict waived = judge(lenient, draft);
          if (waived instanceof Accept accept && verdict instanceof Reject) {
            assertThat(accept.waived()).isNotEmpty();
            assertThat(accept.next()).isEqualTo(good.state());
          }
        });
  }
}
