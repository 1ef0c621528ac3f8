// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets something happen to a DID only so often. It remembers the last {@value #MAX_DIDS} DIDs to
 * which it happened; more within one interval are for the limits of the directory to stop.
 */
final class DidLimiter {
  private static final int MAX_DIDS = 100_000;

  private final Cache<Did, Boolean> recent;

  DidLimiter(Duration interval, LongSupplier nanoClock) {
    this.recent =
        Caffeine.newBuilder()
            .expireAfterWrite(interval)
            .maximumSize(MAX_DIDS)
            .ticker(nanoClock::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  /** Whether it may happen now; if so, it has. */
  boolean tryAcquire(Did did) {
    return recent.asMap().putIfAbsent(did, Boolean.TRUE) == null;
  }

  /** It happens now, whether it may or not. */
  void use(Did did) {
    recent.put(did, Boolean.TRUE);
  }

  /** Whether it may not happen now. */
  boolean isLimited(Did did) {
    return recent.getIfPresent(did) != null;
  }
}
