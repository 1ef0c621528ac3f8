// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.mst.MstChange;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.repo.OpInversion;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoOp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The steps of verifying a {@code #commit}, each of which does what the one before it does, and
 * more. For one thread.
 */
final class CommitSteps {
  private final FrameCodec codec = new FrameCodec();
  private final CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(3));
  private final CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(4));

  /** A typed event of the message. */
  RepoEvent.CommitEvent decode(Bytes message) {
    if (codec.decode(message) instanceof Frame.Message(RepoEvent.CommitEvent commit)) {
      return commit;
    }
    throw new IllegalStateException("no commit");
  }

  /** The CAR is read, and every block checked against its CID. */
  Cid blocks(Bytes message) {
    return load(decode(message));
  }

  private Cid load(RepoEvent.CommitEvent event) {
    slice.load(event.blocks());
    if (slice.uncheckedBlocks() > 0) {
      throw new IllegalStateException("a block of another hash");
    }
    return requireNonNull(slice.root());
  }

  /** The operations are undone, and the root compared. */
  Cid inversion(Bytes message) {
    RepoEvent.CommitEvent event = decode(message);
    var _ = load(event);
    Cid data = requireNonNull(slice.commit()).data();
    Cid before = OpInversion.invert(slice.tree(data), ops(event)).root();
    if (!before.equals(event.prevData())) {
      throw new IllegalStateException("the operations do not lead back");
    }
    return before;
  }

  private static List<RecordOp> ops(RepoEvent.CommitEvent event) {
    List<RecordOp> ops = new ArrayList<>(event.ops().size());
    for (RepoOp op : event.ops()) {
      ops.add(RecordOp.of(new MstChange(op.path(), op.prev(), op.cid())));
    }
    return ops;
  }

  /** All that a relay checks, with a parsed key. */
  CommitVerdict verify(Bytes message, PublicKey key, Instant now) {
    CommitVerdict verdict = verifier.verify(decode(message), key, null, now);
    if (verdict instanceof CommitVerdict.Reject(var fault)) {
      throw new IllegalStateException(fault.toString());
    }
    return verdict;
  }
}
