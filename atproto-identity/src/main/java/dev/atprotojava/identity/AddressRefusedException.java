// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.net.UnknownHostException;

/**
 * A connection that the {@link AddressPolicy} forbids. Nothing was sent.
 *
 * <p>An {@link UnknownHostException}, because a resolver may throw nothing else, and because it is
 * true: as far as this process is concerned, the host has no address. The message names the rule
 * and never the host or address, which a stranger chose.
 */
public final class AddressRefusedException extends UnknownHostException {
  private static final long serialVersionUID = 1;

  AddressRefusedException(String message) {
    super(message);
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
