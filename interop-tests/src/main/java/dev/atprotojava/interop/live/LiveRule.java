// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.FrameFault;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the sender of a stream has to keep to, in the order in which it is looked at. An event that
 * breaks a rule after which nothing can be said is not counted for those behind it.
 */
enum LiveRule {
  BINARY("SC-20", "messages are binary"),
  MESSAGE_SIZE("SC-08", "a message has at most 5,000,000 bytes"),
  TWO_MAPS("SC-20", "a message is two maps of DAG-CBOR, a header and a body"),
  HEADER("SC-21", "the header has op, and t where there must be one"),
  FIELDS("SC-36", "required fields are there, of their types, null only where it may be"),
  CANONICAL("CB-10", "header and body are in the one form of DAG-CBOR"),
  SEQ_RANGE("SC-40", "seq is between 1 and 2^53 - 1"),
  SEQ_RISES("SC-43", "seq rises"),
  DID("SY-01", "the account is a DID, in lower case if it is did:plc or did:web"),
  TIDS("SY-09", "rev and since are TIDs"),
  OPS("SC-31", "a commit has at most 200 operations"),
  DEPRECATED("SC-30", "rebase, tooBig and blobs are there; the first two are false"),
  TIME("SC-33", "time is a datetime"),
  HANDLE("SC-34", "the handle of #identity is a handle"),
  STATUS("SC-80", "the status of #account fits its active"),
  INACTIVE("SC-53", "no content of an account after it was said not to be active"),
  STALE("SC-55", "rev rises"),
  IDENTITY("SC-51", "the account has a signing key and a PDS"),
  HOST("SC-52", "the account names this host as its PDS"),
  BLOCKS_SIZE("SC-31", "blocks have at most 2,000,000 bytes, those of #sync 10,000"),
  CAR("CAR-01", "blocks are a CAR, with a root"),
  HASHES("CAR-08", "every block is what its CID says"),
  COMMIT_BLOCK("MST-41", "the commit is among the blocks"),
  COMMIT("MST-70", "the commit is one of version 3"),
  EQUAL("SC-56", "message and commit say the same account, revision and CID"),
  CLOCK("SC-57", "rev is at most 5 minutes ahead"),
  SIGNATURE("SC-54", "the commit is signed with the account's key"),
  OP_FORM(
      "MST-50", "the fields of an operation fit its action, its path is one, and is there once"),
  RECORDS("MST-43", "the records of created and updated paths are among the blocks"),
  RECORD_SIZE("SC-31", "a record has at most 1,048,576 bytes"),
  RECORD_FORM("SC-58", "a record is a map of DAG-CBOR"),
  PREV_DATA("SC-60", "prevData is there, but in the first commit"),
  NODES("MST-10", "nodes are parts of a valid tree"),
  ENOUGH_NODES("MST-45", "the nodes that undoing needs are among the blocks"),
  INVERSION("MST-55", "undoing the operations gives prevData"),
  CHAIN("SC-60", "since and prevData are those of the last commit of the account");

  /** What {@code CommitVerifier} looks at, in its order, that holds for a #commit only. */
  static final Set<LiveRule> OF_COMMITS =
      EnumSet.of(OP_FORM, RECORDS, RECORD_SIZE, PREV_DATA, NODES, ENOUGH_NODES, INVERSION);

  /** What {@code CommitVerifier} looks at, in its order. */
  static final Set<LiveRule> VERIFIED = EnumSet.range(BLOCKS_SIZE, INVERSION);

  static {
    VERIFIED.remove(RECORD_FORM); // not its business (SC-58)
  }

  private final String number;
  private final String sentence;

  LiveRule(String number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  String number() {
    return number;
  }

  String sentence() {
    return sentence;
  }

  /** The rule that a message without an event breaks. */
  static LiveRule of(FrameFault fault) {
    return switch (fault) {
      case NOT_CBOR, NOT_TWO_MAPS -> TWO_MAPS;
      case HEADER -> HEADER;
      case MISSING_FIELD, FIELD_TYPE -> FIELDS;
      case SEQ_RANGE -> SEQ_RANGE;
      case BAD_DID -> DID;
      case BAD_REV -> TIDS;
      case TOO_MANY_OPS -> OPS;
    };
  }

  /** The rule that a #commit or #sync breaks. */
  static LiveRule of(CommitFault fault) {
    return switch (fault) {
      case BLOCKS_TOO_LARGE -> BLOCKS_SIZE;
      case STALE_REV, SYNC_CONFLICT -> STALE;
      case TOO_BIG, REBASE -> DEPRECATED;
      case BAD_TIME -> TIME;
      case CAR_INVALID -> CAR;
      case BLOCK_HASH_MISMATCH -> HASHES;
      case COMMIT_MISSING -> COMMIT_BLOCK;
      case COMMIT_INVALID -> COMMIT;
      case DID_MISMATCH, REV_MISMATCH, COMMIT_CID_MISMATCH -> EQUAL;
      case FUTURE_REV -> CLOCK;
      case BAD_SIGNATURE -> SIGNATURE;
      case OP_INVALID, PREV_MISSING -> OP_FORM;
      case RECORD_MISSING -> RECORDS;
      case RECORD_TOO_LARGE -> RECORD_SIZE;
      case NODE_INVALID -> NODES;
      case NODE_MISSING -> ENOUGH_NODES;
      case PREV_DATA_MISSING -> PREV_DATA;
      case INVERSION_FAILED -> INVERSION;
    };
  }
}
