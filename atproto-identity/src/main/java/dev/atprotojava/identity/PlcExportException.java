// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable;

/**
 * A page of a {@link PlcExport} that could not be had, after all attempts. Nothing is lost: whoever
 * asks again goes on where the reading stopped.
 */
public final class PlcExportException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Unavailable.Reason reason;

  PlcExportException(Unavailable.Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why the last attempt failed. */
  public Unavailable.Reason reason() {
    return reason;
  }
}
