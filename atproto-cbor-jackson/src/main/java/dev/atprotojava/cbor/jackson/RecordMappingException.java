// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

/**
 * A record that a class has no place for, or an object that the data model has no form for.
 *
 * <p>Bytes that are no DAG-CBOR at all are a {@link dev.atprotojava.cbor.CborException}; a class
 * that Jackson cannot handle is an {@link IllegalArgumentException}, for it is never the record's
 * fault. Has no stack trace, and its message does not quote the record: records come from peers.
 * Only where an object could not be written it has a cause, which says more, and may quote the
 * object.
 */
public final class RecordMappingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** A record that is no map (JSON-10). */
    NOT_AN_OBJECT,
    /** A value that is not of the type that the class has there, or is missing. */
    MISMATCH,
    /** A field that the class does not have, where that was asked for. */
    UNKNOWN_PROPERTY,
    /** A number that is not whole (CB-05). */
    FRACTION,
    /** A whole number outside 64 signed bits (CB-03). */
    INTEGER_RANGE,
    /** Text with half a surrogate pair (CB-08). */
    SURROGATE,
    /** A key that an object has twice, by two of its properties (CB-09). */
    DUPLICATE_KEY,
    /** An object whose record is larger or deeper than the limits (CB-19, CB-20, REC-01). */
    TOO_LARGE,
    /** An object that is nothing the data model has, such as a tagged value. */
    NO_FORM,
  }

  private final Reason reason;
  private final String path;

  /** Of reading: without a cause, since Jackson's messages quote what was read. */
  RecordMappingException(Reason reason, String path) {
    super(reason.toString());
    this.reason = reason;
    this.path = path;
  }

  /** Of writing: what was wrong with an object of the caller's own. */
  RecordMappingException(Reason reason, String path, Throwable cause) {
    super(reason.toString(), cause);
    this.reason = reason;
    this.path = path;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /**
   * Where, as a JSON pointer: {@code /embed/images/0}; empty for the record itself, and where it is
   * not known. Its names may be those of the record, and so anybody's.
   */
  public String path() {
    return path;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
