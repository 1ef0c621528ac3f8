// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import java.util.EnumSet;
import java.util.Set;

/** What is wrong with a {@code #commit} or {@code #sync}, by the rules of the protocol. */
public enum CommitFault {
  /** More bytes of blocks than allowed (SC-31). */
  BLOCKS_TOO_LARGE,
  /** The revision is not above the last one (SC-55, RL-33). */
  STALE_REV,
  /** A {@code #sync} of the last revision with another commit (RL-36, T-67). */
  SYNC_CONFLICT,
  /** {@code tooBig} is set: the message does not have all of it (SC-32). */
  TOO_BIG,
  /** {@code rebase} is set. */
  REBASE,
  /** A {@code time} that is no datetime (SC-33). */
  BAD_TIME,
  /** Blocks that are no CAR, or a CAR without a root (CAR-05). */
  CAR_INVALID,
  /** A block that does not hash to its CID, or has one of another kind than all blocks (CAR-08). */
  BLOCK_HASH_MISMATCH,
  /** The commit's own block is not there (MST-41). */
  COMMIT_MISSING,
  /** The root is no commit of version 3, or its CID not one of DAG-CBOR (MST-70, CID-02). */
  COMMIT_INVALID,
  /** The message's account is not the commit's (SC-56). */
  DID_MISMATCH,
  /** The message's revision is not the commit's (SC-56). */
  REV_MISMATCH,
  /** The message's {@code commit} is not the root (SC-56, T-35). */
  COMMIT_CID_MISMATCH,
  /** A revision more than five minutes ahead of the clock (SC-57). */
  FUTURE_REV,
  /** Not signed by the account's key, or not in the one form of a signature (CR-13, SC-54). */
  BAD_SIGNATURE,
  /** An operation whose fields do not fit, a bad path, or a path twice (MST-50, MST-51). */
  OP_INVALID,
  /** The block of a created or updated record is not there (MST-43). */
  RECORD_MISSING,
  /** A record above the limit (SC-31). */
  RECORD_TOO_LARGE,
  /** A tree node that is not valid (MST-10 to MST-25). */
  NODE_INVALID,
  /** A tree node that undoing the operations needs is not there (MST-45). */
  NODE_MISSING,
  /** An update or delete without {@code prev}: it cannot be undone (MST-50). */
  PREV_MISSING,
  /** No {@code prevData}, though it is not the first commit (SC-60). */
  PREV_DATA_MISSING,
  /** The operations are not what leads from {@code prevData} to this tree (MST-52 to MST-57). */
  INVERSION_FAILED;

  private static final Set<CommitFault> WAIVABLE =
      Set.copyOf(
          EnumSet.of(
              TOO_BIG,
              REBASE,
              BAD_TIME,
              NODE_MISSING,
              PREV_MISSING,
              PREV_DATA_MISSING,
              INVERSION_FAILED));

  /** True if a lenient relay may pass an event over in spite of it (RL-42). */
  public boolean waivable() {
    return WAIVABLE.contains(this);
  }
}
