// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

/**
 * Bytes that are not DAG-CBOR, or not the DAG-CBOR that the reader's caller asked for.
 *
 * <p>Has no stack trace: bytes come from peers, who can cause as many of these as they like, and
 * where they went wrong is {@link #offset}, not a line of ours.
 */
public final class CborException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong with the bytes. The comment names the rule. */
  public enum Reason {
    /** The input ends inside an item, or an item claims more than is left (CB-16). */
    TRUNCATED,
    /** Something follows the item that should fill the input (CB-15). */
    TRAILING_BYTES,
    /** A number, length or tag is not in its shortest form (CB-02). */
    NOT_SHORTEST,
    /** An integer outside 64 signed bits (CB-03). */
    INTEGER_RANGE,
    /** A floating-point number (CB-05). */
    FLOAT,
    /** Undefined, another simple value, or a break (CB-06). */
    SIMPLE_VALUE,
    /** An indefinite length or a reserved head (CB-07). */
    INDEFINITE_LENGTH,
    /** Text that is not UTF-8 (CB-08). */
    NOT_UTF8,
    /** A map key that is not text (CB-09). */
    KEY_NOT_TEXT,
    /** A key that occurs twice in its map (CB-09). */
    DUPLICATE_KEY,
    /** Keys out of order (CB-10). */
    KEY_ORDER,
    /** A tag other than 42, or tag 42 on something that is no link (CB-13, CB-14). */
    TAG,
    /** A link that is no CID (CB-13, CID-04). */
    INVALID_CID,
    /** Nested deeper than the limit (CB-19). */
    TOO_DEEP,
    /** More input, elements or key bytes than the limit (CB-20). */
    TOO_LARGE,
    /** Well-formed, but not of the type that belongs here. */
    UNEXPECTED_TYPE,
  }

  private final Reason reason;
  private final int offset;

  public CborException(Reason reason, int offset) {
    super(reason + " at byte " + offset);
    this.reason = reason;
    this.offset = offset;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** Where, in bytes from the beginning of the reader's input. */
  public int offset() {
    return offset;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
