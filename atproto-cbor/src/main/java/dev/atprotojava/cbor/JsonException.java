// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

/**
 * Text that is not JSON, or JSON that says nothing the data model has; or a value that JSON cannot
 * say.
 *
 * <p>Has no stack trace: text comes from peers.
 */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. The comment names the rule. */
  public enum Reason {
    /** Not one JSON text, or not in UTF-8. */
    NOT_JSON,
    /** A name that occurs twice in its object (JSON-04). */
    DUPLICATE_KEY,
    /** Text with half a surrogate pair, which UTF-8 has no form for (CB-08). */
    SURROGATE,
    /** A number that is not whole (JSON-04, CB-05). */
    FRACTION,
    /** A whole number outside 64 signed bits (JSON-04, CB-03). */
    INTEGER_RANGE,
    /**
     * A {@code $link} with other names beside it, or with anything but the text of a CID (JSON-02).
     */
    LINK,
    /**
     * A {@code $bytes} with other names beside it, or with anything but base64 (JSON-02, JSON-03).
     */
    BYTES,
    /** A {@code $type} that is not text, empty, or ends in {@code #main} (JSON-05, JSON-06). */
    TYPE,
    /** A {@code $type} of {@code blob} on what is none (JSON-08). */
    BLOB,
    /** A record that is not an object (JSON-10). */
    NOT_AN_OBJECT,
    /** Nested deeper than the limit (CB-19). */
    TOO_DEEP,
    /** More input, elements, bytes of a key or digits of a number than the limit (CB-20). */
    TOO_LARGE,
    /** A map with a key {@code $link} or {@code $bytes}, which JSON reads as something else. */
    RESERVED_KEY,
  }

  private final Reason reason;
  private final long offset;

  JsonException(Reason reason, long offset) {
    super(offset < 0 ? reason.toString() : reason + " at character " + offset);
    this.reason = reason;
    this.offset = offset;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** Where, in characters from the beginning of the text; -1 if there is no text. */
  public long offset() {
    return offset;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
