// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarException;
import dev.atprotojava.mst.MstException;

/**
 * A repository that cannot be read: it is not valid, not whole, not whose it should be, or above a
 * limit. What was wrong with the CAR, the commit or a node is the cause.
 *
 * <p>Has no stack trace: repositories come from peers.
 */
public final class InvalidRepoException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** No CAR, cut off, or with a block that is not what its CID says; see {@link CarException}. */
    CAR,
    /** A CAR without a root (CAR-05). */
    NO_ROOT,
    /** A root that is no commit; see {@link InvalidCommitException}. */
    COMMIT,
    /** The commit of another account (SC-91). */
    DID,
    /** A commit that was not signed with the key (SC-91). */
    SIGNATURE,
    /** A node that is not part of a valid tree; see {@link MstException}. */
    TREE,
    /** A key of the tree that is no path of a record (SC-92). */
    PATH,
    /** The commit, a node or a record that is not in the CAR (SC-92). */
    MISSING_BLOCK,
    /** More blocks in another order than may be kept. */
    TOO_MANY_BLOCKS,
    /** More bytes in another order than memory may take, and nowhere to put them. */
    NO_SPILL,
  }

  private final Reason reason;

  InvalidRepoException(Reason reason) {
    super(reason.toString());
    this.reason = reason;
  }

  InvalidRepoException(Reason reason, RuntimeException cause) {
    super(reason + ": " + cause.getMessage(), cause);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
