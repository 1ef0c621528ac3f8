// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host says in a frame, before it has a number. {@code time} is text, because a host may
 * write anything there (SC-33).
 */
public sealed interface FrameBody {
  /** A body that gets a {@code seq}. */
  sealed interface Event extends FrameBody {
    /** The account. */
    Did did();
  }

  /** {@code #commit}. On the wire the account is called {@code repo} (T-65). */
  record Commit(
      Did did,
      Cid commit,
      Tid rev,
      @Nullable Tid since,
      @Nullable Cid prevData,
      Bytes blocks,
      List<RepoOp> ops,
      boolean rebase,
      boolean tooBig,
      String time)
      implements Event {
    public Commit {
      ops = List.copyOf(ops);
    }
  }

  /** {@code #sync}. */
  record Sync(Did did, Tid rev, Bytes blocks, String time) implements Event {}

  /** {@code #identity}. */
  record Identity(Did did, @Nullable String handle, String time) implements Event {}

  /** {@code #account}. */
  record Account(Did did, boolean active, @Nullable String status, String time) implements Event {}

  /** {@code #info}, which has no number. */
  record Info(String name, @Nullable String message) implements FrameBody {}

  /** An error, the last frame of a stream. */
  record Error(String error, @Nullable String message) implements FrameBody {}
}
