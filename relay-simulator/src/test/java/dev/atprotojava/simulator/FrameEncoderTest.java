// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.repo.CommitSliceWriter;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final String TIME = "2023-06-30T15:03:01.887Z";

  /**
   * Damage: a field out of order, left out, or of another form than other implementations write.
   */
  @Test
  void encode_commit_isTheGoldenFrameOfTheSpecification() throws Exception {
    Bytes record =
        Bytes.fromHex("a2647465787462686965247479706572636f6d2e6578616d706c652e7265636f7264");
    Cid cid = Cid.ofDagCbor(record.toByteArray());
    Bytes path = Bytes.wrap("com.example.record/3jqfcqzm3fo2j".getBytes(StandardCharsets.US_ASCII));
    Mst tree = Mst.empty().insert(path, cid);
    Bytes sig =
        Bytes.fromHex(
            "e83b4ea9c8ce8e8011762da3d494ff8353c7c57cf1d22944380fd9b7cf82109e"
                + "671c5967acd0e441037493dc9e28233479ce9139b0c0557e90b5a5862d5d21cb");
    RepoCommit commit = RepoCommit.of(DID, Tid.parse("3jzfcijpj2z2b"), tree.root(), null, sig);
    List<RecordOp> ops = List.of(new RecordOp.Create(path, cid));
    Bytes blocks = CommitSliceWriter.write(commit, tree, ops, List.of(new CarBlock(cid, record)));

    EncodedFrame frame =
        FrameEncoder.encode(
            new FrameBody.Commit(
                DID,
                commit.cid(),
                commit.rev(),
                Tid.parse("3jzfcijpj2z2a"),
                Mst.EMPTY_ROOT,
                blocks,
                ops.stream().map(SimulatedCommit::wire).toList(),
                false,
                false,
                TIME),
            1);

    assertThat(frame.bytes().length()).isEqualTo(851);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(frame.bytes().toByteArray());
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("af65ec8908191a5e0cc12597a1e6f57d5fae6dda662ba00cbb805df18acb0944");
  }

  /** Damage: a frame that only we can read, or a seq offset that points elsewhere. */
  @Test
  void encode_everyKind_isReadBackFromCanonicalBytes() {
    FrameBody.Event[] bodies = {
      new FrameBody.Sync(DID, Tid.parse("3jzfcijpj2z2b"), Bytes.fromHex("01"), TIME),
      new FrameBody.Identity(DID, null, TIME),
      new FrameBody.Identity(DID, "a.example.com", TIME),
      new FrameBody.Account(DID, true, null, TIME),
      new FrameBody.Account(DID, false, "deactivated", TIME),
    };
    for (FrameBody.Event body : bodies) {
      for (long seq : new long[] {1, 23, 24, 1L << 32, (1L << 53) - 1}) {
        EncodedFrame frame = FrameEncoder.encode(body, seq);
        RepoEvent.Sequenced event = event(frame.bytes());
        assertThat(event.seq()).isEqualTo(seq);
        assertThat(event.did()).isEqualTo(DID);
        assertThat(event.source()).isEqualTo(frame);
        assertThat(event.time().toByteArray()).asString().isEqualTo(TIME);
      }
    }
  }

  /** Damage: a status or handle that is lost, or a null that is written as null. */
  @Test
  void encode_optionalFields_arriveOrAreAbsent() {
    assertThat(event(frame(new FrameBody.Account(DID, false, "deactivated", TIME))))
        .isInstanceOfSatisfying(
            RepoEvent.AccountEvent.class,
            account -> {
              assertThat(account.active()).isFalse();
              assertThat(account.status()).isEqualTo("deactivated");
            });
    Bytes withoutHandle = frame(new FrameBody.Identity(DID, null, TIME));
    assertThat(new String(withoutHandle.toByteArray(), StandardCharsets.ISO_8859_1))
        .doesNotContain("handle");
    assertThat(notice(FrameEncoder.encode(new FrameBody.Info("OutdatedCursor", null))))
        .isEqualTo(new Frame.Message(new RepoEvent.InfoEvent("OutdatedCursor", null)));
    assertThat(notice(FrameEncoder.encode(new FrameBody.Error("FutureCursor", "too far"))))
        .isEqualTo(new Frame.Error("FutureCursor", "too far"));
  }

  private static Bytes frame(FrameBody.Event body) {
    return FrameEncoder.encode(body, 7).bytes();
  }

  private static @Nullable Frame notice(Bytes frame) {
    return new FrameCodec().decode(frame);
  }

  private static RepoEvent.Sequenced event(Bytes frame) {
    return (RepoEvent.Sequenced) ((Frame.Message) new FrameCodec().decode(frame)).event();
  }
}
