// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Handle;

/**
 * Asks a handle which DID it means. That is one of two directions: a handle is an account's only if
 * the account's document claims it as well, which {@link HandleDirectory} checks (ID-40).
 *
 * <p>Threads may share one.
 */
@FunctionalInterface
public interface HandleResolver {

  /**
   * Asks. Blocks, for a time that the resolver must bound. The case of the handle does not matter
   * (ID-45).
   */
  HandleResolution resolve(Handle handle);
}
