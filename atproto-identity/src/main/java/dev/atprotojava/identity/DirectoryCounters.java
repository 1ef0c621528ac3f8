// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import java.util.List;
import java.util.Map;

/**
 * What a {@link CachingDirectory} has done since it was made, for whatever measures.
 *
 * @param entries DIDs in memory, now
 * @param hits lookups that were answered from memory
 * @param misses lookups that were not
 * @param coalesced misses that joined another lookup of the same DID
 * @param loaded misses that the store answered
 * @param requests requests that were sent to directories and hosts
 * @param found of these, how many found an identity
 * @param absent of these, how many found that there is none, or a tombstone
 * @param failures the others, by reason; and lookups that were refused before a request was sent,
 *     as {@code DIRECTORY_DOWN}, {@code TOO_MANY_REQUESTS} or {@code CLOSED}
 * @param staleServed lookups that were answered with what was known, because asking failed
 * @param refreshesLimited forced refreshes that came too early, and were answered like a lookup
 * @param waitersTimedOut times that the callers who waited for a lookup were sent away
 * @param storeFailures calls of the store that failed, or were given up
 * @param queued lookups that wait for their turn, now
 * @param endpoints the PLC directories, each for itself, in order of preference
 */
public record DirectoryCounters(
    long entries,
    long hits,
    long misses,
    long coalesced,
    long loaded,
    long requests,
    long found,
    long absent,
    Map<Reason, Long> failures,
    long staleServed,
    long refreshesLimited,
    long waitersTimedOut,
    long storeFailures,
    int queued,
    List<EndpointCounters> endpoints) {

  /** Keeps copies. */
  public DirectoryCounters {
    failures = Map.copyOf(failures);
    endpoints = List.copyOf(endpoints);
  }

  /** The state of each PLC directory, in order of preference, now. */
  public List<DirectoryState> directories() {
    return endpoints.stream().map(EndpointCounters::state).toList();
  }

  /** How many failed or were refused for a reason. */
  public long failed(Reason reason) {
    return failures.getOrDefault(reason, 0L);
  }
}
