// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the document of a DID, once, over the network. Remembers nothing and limits nothing;
 * that is what a {@link CachingDirectory} adds.
 *
 * <p>Threads may share one.
 */
@FunctionalInterface
public interface DidResolver {

  /**
   * Asks. Blocks, for a time that the resolver must bound.
   *
   * <p>What the network does is a value; an exception is a fault of the resolver.
   */
  DidResolution resolve(Did did);

  /** What can be said without asking, or null: a DID that can never be resolved (ID-10, ID-20). */
  default DidResolution.@Nullable Unresolvable refusal(Did did) {
    return null;
  }
}
