// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a directory counts; {@link DirectoryCounters} is how others see it. */
final class Counters {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder coalesced = new LongAdder();
  final LongAdder loaded = new LongAdder();
  final LongAdder requests = new LongAdder();
  final LongAdder found = new LongAdder();
  final LongAdder absent = new LongAdder();
  final LongAdder staleServed = new LongAdder();
  final LongAdder refreshesLimited = new LongAdder();
  final LongAdder waitersTimedOut = new LongAdder();
  final LongAdder storeFailures = new LongAdder();
  private final Map<Reason, LongAdder> failures = new EnumMap<>(Reason.class);

  Counters() {
    for (Reason reason : Reason.values()) {
      failures.put(reason, new LongAdder());
    }
  }

  void failed(Reason reason) {
    failures.getOrDefault(reason, requests).increment();
  }

  DirectoryCounters snapshot(long entries, List<Upstream> directories, int queued) {
    Map<Reason, Long> failed = new EnumMap<>(Reason.class);
    failures.forEach((reason, count) -> failed.put(reason, count.sum()));
    return new DirectoryCounters(
        entries,
        hits.sum(),
        misses.sum(),
        coalesced.sum(),
        loaded.sum(),
        requests.sum(),
        found.sum(),
        absent.sum(),
        failed,
        staleServed.sum(),
        refreshesLimited.sum(),
        waitersTimedOut.sum(),
        storeFailures.sum(),
        queued,
        directories.stream().map(Upstream::counters).toList());
  }
}
