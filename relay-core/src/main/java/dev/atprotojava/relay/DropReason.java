// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.FrameFault;

/**
 * Why an event of a host was not passed on. Every drop has one; it is a metric label, a field of
 * the log, and what an operator of a host is told.
 */
public enum DropReason {
  /** Not two maps of CBOR with the fields that belong there. */
  FRAME_UNDECODABLE,
  /** Longer than 5,000,000 bytes. */
  FRAME_TOO_LARGE,
  /** A text message; the protocol has binary ones only. */
  TEXT_MESSAGE,
  /** A {@code seq} that is not above the one before it on the same connection. */
  SEQ_NOT_RISING,
  /** A DID that is none, or not in lower case. */
  BAD_DID,
  /** A {@code rev} or {@code since} that is no TID. */
  BAD_REV,
  /** An account that nobody has heard of and whose PDS is another host. */
  UNKNOWN_ACCOUNT,
  /** The account's PDS is another host. */
  WRONG_HOST,
  /** The DID does not exist, is tombstoned, or has no usable key or PDS. */
  IDENTITY_NOT_FOUND,
  /** The DID could not be resolved in time. */
  IDENTITY_UNAVAILABLE,
  /** Content of an account that is not active on its host. */
  ACCOUNT_INACTIVE,
  /** Content of an account that the operator took down. */
  ACCOUNT_TAKENDOWN,
  /** Content of an account above its host's limit. */
  ACCOUNT_THROTTLED,
  /** A revision not above the last one. */
  STALE_REV,
  /** A revision more than five minutes ahead. */
  FUTURE_REV,
  /** The message's revision is not its commit's. */
  REV_MISMATCH,
  /** The message's account is not its commit's. */
  DID_MISMATCH,
  /** The message's commit is not the root of its blocks. */
  COMMIT_CID_MISMATCH,
  /** More than 2,000,000 bytes of blocks, or 10,000 on a {@code #sync}. */
  BLOCKS_TOO_LARGE,
  /** A record of more than a megabyte. */
  RECORD_TOO_LARGE,
  /** More than 200 operations. */
  TOO_MANY_OPS,
  /** {@code tooBig} is set. */
  TOO_BIG,
  /** {@code rebase} is set. */
  REBASE,
  /** A {@code time} that is no datetime. */
  BAD_TIME,
  /** Blocks that are no CAR. */
  CAR_INVALID,
  /** A block that does not hash to its CID. */
  BLOCK_HASH_MISMATCH,
  /** The commit's block is not among the blocks. */
  COMMIT_MISSING,
  /** The root is no commit. */
  COMMIT_INVALID,
  /** Not signed with the account's key. */
  BAD_SIGNATURE,
  /** A tree node that is not valid. */
  NODE_INVALID,
  /** A tree node that undoing the operations needs is not there. */
  NODE_MISSING,
  /** The block of a created or updated record is not there. */
  RECORD_MISSING,
  /** An operation whose fields do not fit, a bad path, or a path twice. */
  OP_INVALID,
  /** An update or delete without {@code prev}. */
  PREV_MISSING,
  /** A commit without {@code prevData}. */
  PREV_DATA_MISSING,
  /** The operations do not lead from {@code prevData} to the tree. */
  INVERSION_FAILED,
  /** A {@code #sync} of the last revision with another commit. */
  SYNC_CONFLICT,
  /** A repeat that changes nothing, above the rate for repeats. */
  REPEAT_LIMITED,
  /**
   * An event that was emitted before a restart, sent again; or a status or identity told again by a
   * host that began its numbers anew, which is asked about afterwards.
   */
  REPLAYED,
  /** The host is banned. */
  HOST_BANNED,
  /** The frame would leave with more than 5,000,000 bytes. */
  OUTGOING_TOO_LARGE,
  /** The relay failed on it, which is a mistake in the relay and in its log. */
  RELAY_FAULT;

  /** The reason for a fault of a {@code #commit} or {@code #sync}. */
  public static DropReason of(CommitFault fault) {
    return switch (fault) {
      case BLOCKS_TOO_LARGE -> BLOCKS_TOO_LARGE;
      case STALE_REV -> STALE_REV;
      case SYNC_CONFLICT -> SYNC_CONFLICT;
      case TOO_BIG -> TOO_BIG;
      case REBASE -> REBASE;
      case BAD_TIME -> BAD_TIME;
      case CAR_INVALID -> CAR_INVALID;
      case BLOCK_HASH_MISMATCH -> BLOCK_HASH_MISMATCH;
      case COMMIT_MISSING -> COMMIT_MISSING;
      case COMMIT_INVALID -> COMMIT_INVALID;
      case DID_MISMATCH -> DID_MISMATCH;
      case REV_MISMATCH -> REV_MISMATCH;
      case COMMIT_CID_MISMATCH -> COMMIT_CID_MISMATCH;
      case FUTURE_REV -> FUTURE_REV;
      case BAD_SIGNATURE -> BAD_SIGNATURE;
      case OP_INVALID -> OP_INVALID;
      case RECORD_MISSING -> RECORD_MISSING;
      case RECORD_TOO_LARGE -> RECORD_TOO_LARGE;
      case NODE_INVALID -> NODE_INVALID;
      case NODE_MISSING -> NODE_MISSING;
      case PREV_MISSING -> PREV_MISSING;
      case PREV_DATA_MISSING -> PREV_DATA_MISSING;
      case INVERSION_FAILED -> INVERSION_FAILED;
    };
  }

  /** The reason for a message that gives no event. */
  public static DropReason of(FrameFault fault) {
    return switch (fault) {
      case NOT_CBOR, NOT_TWO_MAPS, HEADER, MISSING_FIELD, FIELD_TYPE, SEQ_RANGE ->
          FRAME_UNDECODABLE;
      case BAD_DID -> BAD_DID;
      case BAD_REV -> BAD_REV;
      case TOO_MANY_OPS -> TOO_MANY_OPS;
    };
  }
}
