// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

/**
 * Text or bytes that are no CID, or not one of the kind asked for.
 *
 * <p>Has no stack trace: the input comes from peers.
 */
public final class InvalidCidException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public InvalidCidException(String message) {
    super(message);
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
