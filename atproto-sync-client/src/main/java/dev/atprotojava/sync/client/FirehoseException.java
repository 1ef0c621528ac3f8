// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

/** A stream that cannot go on without a decision of its user. */
public final class FirehoseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /**
     * The server says that the cursor is in its future: it lost or replaced its history (SC-45). To
     * go on means to choose where, and to expect repeats or gaps.
     */
    FUTURE_CURSOR,
    /** The server has no such stream: HTTP 404, 405 or 501. */
    NO_STREAM,
  }

  private final Reason reason;

  FirehoseException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
