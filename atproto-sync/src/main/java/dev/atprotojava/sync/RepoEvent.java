// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of the stream, typed. */
public sealed interface RepoEvent {
  /** A message about an account, with a number. All but {@code #info} are. */
  sealed interface Sequenced extends RepoEvent {
    /** The number that the sender gave it, 1 to 2^53 - 1. */
    long seq();

    /** The account; the field {@code repo} of a {@code #commit}, {@code did} elsewhere (T-65). */
    Did did();

    /** The sender's {@code time}, which says nothing reliable (SC-33); unchecked UTF-8. */
    Bytes time();

    /** The message as bytes. */
    EncodedFrame source();

    /** Everything that the message says, in the protocol's words; see {@link EncodedFrame}. */
    default MapValue fields() {
      return source().fields();
    }
  }

  /**
   * A change of records.
   *
   * @param commit the CID that the message claims for the commit
   * @param since the revision before, null for the first commit
   * @param prevData the root of the tree before; not signed (MST-55)
   * @param blocks the {@link dev.atprotojava.repo.CommitSlice}
   */
  record CommitEvent(
      EncodedFrame source,
      long seq,
      Did did,
      Cid commit,
      Tid rev,
      @Nullable Tid since,
      @Nullable Cid prevData,
      Bytes blocks,
      List<RepoOp> ops,
      boolean rebase,
      boolean tooBig,
      Bytes time)
      implements Sequenced {
    public CommitEvent {
      ops = List.copyOf(ops);
    }
  }

  /**
   * A statement of where a repository is, whatever was said before.
   *
   * @param blocks a CAR with the commit alone
   */
  record SyncEvent(EncodedFrame source, long seq, Did did, Tid rev, Bytes blocks, Bytes time)
      implements Sequenced {}

  /**
   * A hint that the identity may have changed.
   *
   * @param handle what the sender believes to be the handle, never to be trusted (SC-34)
   */
  record IdentityEvent(EncodedFrame source, long seq, Did did, @Nullable String handle, Bytes time)
      implements Sequenced {}

  /**
   * The status of an account on the sending host.
   *
   * @param active whether content may be shown; this decides (SC-80)
   * @param status why not, any text
   */
  record AccountEvent(
      EncodedFrame source, long seq, Did did, boolean active, @Nullable String status, Bytes time)
      implements Sequenced {}

  /**
   * A word about the stream itself.
   *
   * @param name {@code OutdatedCursor} is the one known
   */
  record InfoEvent(String name, @Nullable String message) implements RepoEvent {}
}
