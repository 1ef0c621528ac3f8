// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.Duration;

/**
 * For how long a {@link CachingDirectory} believes what (ID-51).
 *
 * <pre>
 *   fetched        soft               hard                        onError
 *   |  told        |  told, and       |  asked again; told only   |  forgotten
 *   |              |  asked again     |  if that fails            |
 *   +--------------+------------------+---------------------------+----------&gt; age
 * </pre>
 *
 * @param soft age from which an identity is told and asked for again behind the caller's back
 * @param hard age from which it is asked for again first
 * @param onError age up to which it is told where asking fails (ID-04)
 * @param negative for how long a DID that was not found, or tombstoned, is not asked for again
 * @param retryFirst how long a DID is left alone after a failed lookup, a fifth more or less
 * @param retryLongest the same after many: the time doubles with each
 * @param refreshInterval shortest time between two forced refreshes of a DID (ID-53)
 * @param recheckInterval shortest time between two lookups that {@link IdentityDirectory#markStale}
 *     causes for a DID
 */
public record Lifetimes(
    Duration soft,
    Duration hard,
    Duration onError,
    Duration negative,
    Duration retryFirst,
    Duration retryLongest,
    Duration refreshInterval,
    Duration recheckInterval) {

  /** Refuses ages that are out of order. */
  public Lifetimes {
    requireOrder(Duration.ZERO, soft, "soft");
    requireOrder(soft, hard, "hard");
    requireOrder(hard, onError, "onError");
    requireOrder(Duration.ZERO, negative, "negative");
    requireOrder(Duration.ZERO, retryFirst, "retryFirst");
    requireOrder(retryFirst, retryLongest, "retryLongest");
    requireOrder(Duration.ZERO, refreshInterval, "refreshInterval");
    requireOrder(Duration.ZERO, recheckInterval, "recheckInterval");
  }

  private static void requireOrder(Duration low, Duration high, String name) {
    if (high.compareTo(low) < 0) {
      throw new IllegalArgumentException(name + " is " + high + ", must be at least " + low);
    }
  }

  /**
   * One hour, a day, a week; 5 minutes; one minute, then two; one refresh a minute, one recheck in
   * 10 seconds.
   */
  public static Lifetimes defaults() {
    return new Lifetimes(
        Duration.ofHours(1),
        Duration.ofHours(24),
        Duration.ofDays(7),
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10));
  }

  /**
   * The same with another soft and hard lifetime. Whoever hears of every change, as a relay does,
   * can set both to a day.
   */
  public Lifetimes withLifetime(Duration newSoft, Duration newHard) {
    return new Lifetimes(
        newSoft,
        newHard,
        onError.compareTo(newHard) < 0 ? newHard : onError,
        negative,
        retryFirst,
        retryLongest,
        refreshInterval,
        recheckInterval);
  }
}
