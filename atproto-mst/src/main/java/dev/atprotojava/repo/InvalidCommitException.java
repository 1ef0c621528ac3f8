// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

/**
 * A block that is no commit of version 3.
 *
 * <p>Has no stack trace: blocks come from peers.
 */
public final class InvalidCommitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** Not one map of canonical DAG-CBOR, a field missing or of another type (MST-70, MST-73). */
    NOT_A_COMMIT,
    /** A version other than 3 (MST-74). */
    VERSION,
    /** A {@code did} that is none. */
    DID,
    /** A {@code rev} that is no TID. */
    REV,
    /** A {@code data} or {@code prev} that is no CID of DAG-CBOR (CID-06). */
    LINK,
  }

  private final Reason reason;

  InvalidCommitException(Reason reason) {
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
