// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

/** A case did not come out as it should have; the message says how. */
public final class Mismatch extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A mismatch. */
  public Mismatch(String message) {
    super(message, null, false, false);
  }
}
