// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import org.jspecify.annotations.Nullable;

/**
 * One thing that can be wrong with a message, and nothing else is. Of each a relay must say why it
 * did not pass it on, in the words of {@link #dropReason}.
 */
public enum Fault {
  /** A bit of the signature is another one. */
  WRONG_SIGNATURE("BAD_SIGNATURE"),
  /** Signed by somebody else. */
  ANOTHER_ACCOUNTS_KEY("BAD_SIGNATURE"),
  /** The other of the two signatures that the same nonce gives, which is not allowed (CR-13). */
  HIGH_S("BAD_SIGNATURE"),
  /** A {@code #sync} with a wrong signature. */
  SYNC_WRONG_SIGNATURE("BAD_SIGNATURE"),

  /** {@code prevData} is some CID. */
  WRONG_PREV_DATA("INVERSION_FAILED"),
  /** Two records are created and one is told of. */
  HIDDEN_OPERATION("INVERSION_FAILED"),
  /** The operation names a record that is among the blocks but not in the tree. */
  OPERATION_OF_ANOTHER_RECORD("INVERSION_FAILED"),
  /** No {@code prevData}, though it is not the first commit. */
  MISSING_PREV_DATA("PREV_DATA_MISSING"),
  /** A delete without {@code prev}. */
  MISSING_PREV("PREV_MISSING"),
  /** One path twice (MST-51). */
  DUPLICATE_PATH("OP_INVALID"),
  /** A path that is none (MST-02). */
  BAD_PATH("OP_INVALID"),
  /** 201 operations, each of them true. */
  TOO_MANY_OPERATIONS("TOO_MANY_OPS"),

  /** The created record is not among the blocks. */
  MISSING_RECORD("RECORD_MISSING"),
  /** The root of the tree is not among the blocks. */
  MISSING_NODE("NODE_MISSING"),
  /** The commit is not among the blocks. */
  MISSING_COMMIT("COMMIT_MISSING"),
  /** A record that does not hash to its CID. */
  CHANGED_RECORD("BLOCK_HASH_MISMATCH"),
  /** A node that does not hash to its CID. */
  CHANGED_NODE("BLOCK_HASH_MISMATCH"),
  /** A CAR whose last block claims to have a terabyte. */
  HUGE_BLOCK("CAR_INVALID"),
  /** A CAR that ends in the middle of a block. */
  TRUNCATED_CAR("CAR_INVALID"),
  /** A CAR without a root. */
  NO_ROOT("CAR_INVALID"),
  /** More than 2,000,000 bytes of blocks. */
  OVERSIZED_BLOCKS("BLOCKS_TOO_LARGE"),
  /** A {@code #sync} with more than 10,000 bytes of blocks. */
  OVERSIZED_SYNC("BLOCKS_TOO_LARGE"),
  /** A record of more than a binary megabyte. */
  OVERSIZED_RECORD("RECORD_TOO_LARGE"),

  /** The fields of the commit in another order. */
  NON_CANONICAL_COMMIT("COMMIT_INVALID"),
  /** A commit with ten thousand arrays in each other. */
  NESTED_COMMIT("COMMIT_INVALID"),
  /** A commit of version 2. */
  OLD_COMMIT_VERSION("COMMIT_INVALID"),
  /** The fields of the root node in another order, and the commit signs it like that. */
  NON_CANONICAL_NODE("NODE_INVALID"),
  /** The message's account is not the commit's. */
  REPO_OF_ANOTHER_ACCOUNT("DID_MISMATCH"),
  /** The message's revision is not the commit's. */
  REV_OF_ANOTHER_COMMIT("REV_MISMATCH"),
  /** The message's commit is not the root of its blocks. */
  CID_OF_ANOTHER_COMMIT("COMMIT_CID_MISMATCH"),
  /** A revision of next year. */
  FUTURE_REV("FUTURE_REV"),
  /** The revision of the last commit again. */
  STALE_REV("STALE_REV"),
  /** A {@code #sync} of an earlier revision. */
  SYNC_STALE_REV("STALE_REV"),
  /** A {@code #sync} of the last revision with another commit. */
  SYNC_FORK("SYNC_CONFLICT"),
  /** {@code tooBig} is set. */
  TOO_BIG("TOO_BIG"),
  /** {@code rebase} is set. */
  REBASE("REBASE"),
  /** A {@code time} that is no datetime. */
  BAD_TIME("BAD_TIME"),

  /** A true commit of an account that lives on another host. */
  ACCOUNT_OF_ANOTHER_HOST("WRONG_HOST"),
  /** A status of an account that lives on another host. */
  STATUS_FROM_ANOTHER_HOST("WRONG_HOST"),
  /** A commit of an account that the directory does not know. */
  UNREGISTERED_ACCOUNT("IDENTITY_NOT_FOUND"),
  /** A did:plc in upper case. */
  UPPER_CASE_DID("BAD_DID"),

  /** Half of a frame. */
  TRUNCATED_FRAME("FRAME_UNDECODABLE"),
  /** Noise. */
  GARBAGE("FRAME_UNDECODABLE"),
  /** A frame with ten thousand arrays in each other. */
  NESTED_FRAME("FRAME_UNDECODABLE"),
  /** A true frame in a text message. */
  TEXT_MESSAGE("TEXT_MESSAGE"),
  /** A true frame of more than 5,000,000 bytes. */
  OVERSIZED_FRAME("FRAME_TOO_LARGE"),
  /** A true frame under the number of the message before. */
  REPEATED_SEQ("SEQ_NOT_RISING"),
  /** A type that nobody knows: ignored without a reason (SC-22). */
  UNKNOWN_TYPE(null),
  /** An {@code op} that nobody knows: ignored without a reason (SC-22). */
  UNKNOWN_OP(null);

  private final @Nullable String dropReason;

  Fault(@Nullable String dropReason) {
    this.dropReason = dropReason;
  }

  /** The name of the relay's {@code DropReason}; null for what is ignored and not counted. */
  public @Nullable String dropReason() {
    return dropReason;
  }
}
