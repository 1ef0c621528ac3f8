// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.store.HostRules.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How many hosts strangers may have added within 24 hours (RL-54): in all, below one registered
 * domain, and from one address. Owned by whoever holds the lock of admissions.
 */
final class CrawlBudget {
  static final Duration WINDOW = Duration.ofDays(1);

  /** One domain or one address may take no more than this part of the whole. */
  private static final int PART = 5;

  private final Deque<Admission> added = new ArrayDeque<>();

  /** What was taken before, oldest first. */
  CrawlBudget(List<Admission> before) {
    added.addAll(before);
  }

  /**
   * Whether one more is within the budget.
   *
   * @param perDay how many in all
   * @param domainCounts false if the host is one of a domain that may have any number
   * @return what it is above; null if it is within
   */
  @Nullable CrawlAnswer check(Admission next, int perDay, boolean domainCounts) {
    forget(next.at());
    if (added.size() >= perDay) {
      return CrawlAnswer.TOO_MANY_NEW;
    }
    int part = part(perDay);
    if (domainCounts && count(each -> each.domain().equals(next.domain())) >= part) {
      return CrawlAnswer.TOO_MANY_OF_DOMAIN;
    }
    boolean addressCounts = !next.address().isEmpty();
    if (addressCounts && count(each -> each.address().equals(next.address())) >= part) {
      return CrawlAnswer.TOO_MANY_FROM_ADDRESS;
    }
    return null;
  }

  static int part(int perDay) {
    return Math.max(1, perDay / PART);
  }

  /** Takes one. */
  void take(Admission admission) {
    added.addLast(admission);
  }

  /** How many were taken. */
  int taken(Instant now) {
    forget(now);
    return added.size();
  }

  private long count(Predicate<Admission> which) {
    return added.stream().filter(which).count();
  }

  private void forget(Instant now) {
    while (!added.isEmpty() && added.getFirst().at().isBefore(now.minus(WINDOW))) {
      added.removeFirst();
    }
  }
}
