// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/**
 * Bytes that are no message. Has no stack trace: bytes come from peers.
 *
 * <p>SC-20 asks a client to drop the connection over it; a relay skips the message instead, because
 * one bad frame must not cost a host its good ones.
 */
public final class FrameException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final FrameFault fault;

  FrameException(FrameFault fault, String detail) {
    super(detail.isEmpty() ? fault.toString() : fault + ": " + detail);
    this.fault = fault;
  }

  /** What is wrong. */
  public FrameFault fault() {
    return fault;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
