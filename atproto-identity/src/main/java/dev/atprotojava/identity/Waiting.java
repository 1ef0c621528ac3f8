// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The blocking form of a future that ends by itself. */
final class Waiting {
  private Waiting() {}

  static IdentityLookup await(CompletableFuture<IdentityLookup> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unavailable(Unavailable.Reason.INTERRUPTED, Instant.EPOCH);
    } catch (ExecutionException fault) {
      // Of a resolver, a store or ourselves; the network only causes values.
      if (fault.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (fault.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(fault.getCause());
    }
  }
}
