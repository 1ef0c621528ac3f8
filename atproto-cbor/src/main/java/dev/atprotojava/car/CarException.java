// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

/**
 * Bytes that are no CAR, or a CAR with a block that is not what its CID says.
 *
 * <p>Has no stack trace: the bytes come from peers.
 */
public final class CarException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** The file ends inside a header, a length or a block (CAR-07). */
    TRUNCATED,
    /** A length that is no shortest varint (CAR-02). */
    VARINT,
    /** A header that is no DAG-CBOR map with a version and roots (CAR-03). */
    HEADER,
    /** A version other than 1 (T-13). */
    VERSION,
    /** A header, a number of roots, a block or a file above the limit (CAR-12). */
    TOO_LARGE,
    /** A block without a CID of version 1 in front (CAR-07). */
    INVALID_CID,
    /** A block that does not hash to its CID (CAR-08). */
    HASH_MISMATCH,
  }

  private final Reason reason;
  private final long offset;

  public CarException(Reason reason, long offset) {
    super(reason + " at byte " + offset);
    this.reason = reason;
    this.offset = offset;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** Where, in bytes from the beginning of the file. */
  public long offset() {
    return offset;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
