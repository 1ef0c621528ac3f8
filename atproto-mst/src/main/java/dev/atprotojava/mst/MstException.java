// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

/**
 * A tree that is not valid, or an operation that a tree cannot do.
 *
 * <p>Has no stack trace: trees come from peers.
 */
public final class MstException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** A node that the operation must see is not among the blocks (MST-37). */
    MISSING_NODE,
    /** A block that is no canonical DAG-CBOR node with exactly its fields (MST-10, MST-11). */
    NOT_A_NODE,
    /** A link to a subtree that is no CID of DAG-CBOR (MST-21). */
    LINK,
    /** A key stored with another than the longest possible prefix, or none of its own (MST-14). */
    KEY_PREFIX,
    /** Keys out of order, inside a node or between a node and its subtrees (MST-17). */
    KEY_ORDER,
    /** A key on a level where its hash does not put it (MST-18). */
    KEY_HEIGHT,
    /** A key that is empty or longer than 1,024 bytes (MST-04). */
    KEY_LENGTH,
    /** A node at the bottom that has subtrees (MST-18). */
    TOO_LOW,
    /** A node with neither keys nor a subtree, or a root without keys (MST-19, MST-20). */
    EMPTY_NODE,
    /** A node that occurs twice (MST-25). */
    REPEATED_NODE,
    /** More entries in a node than the limit (MST-24). */
    TOO_MANY_ENTRIES,
    /** An insert of a key that is there (MST-35). */
    KEY_EXISTS,
    /** An update or delete of a key that is not there (MST-35). */
    KEY_ABSENT,
  }

  private final Reason reason;

  MstException(Reason reason) {
    super(reason.toString());
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
