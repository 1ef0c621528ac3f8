// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a stream is opened again (SC-49): twice as long after each failure, up to
 * a limit, less a random part of up to half, so that many clients of one server do not come back at
 * the same moment. Progress begins anew.
 *
 * @param first after the first failure
 * @param longest at most
 */
public record ReconnectPolicy(Duration first, Duration longest) {
  private static final int MAX_DOUBLINGS = 30;

  public ReconnectPolicy {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("first " + first + ", longest " + longest);
    }
  }

  /** One second, doubled up to 64. */
  public static ReconnectPolicy defaults() {
    return new ReconnectPolicy(Duration.ofSeconds(1), Duration.ofSeconds(64));
  }

  /**
   * The wait after a number of failures in a row.
   *
   * @param failures 1 or more
   */
  public Duration waitAfter(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    boolean limited = first.toNanos() > longest.toNanos() >> doublings;
    long nanos = limited ? longest.toNanos() : first.toNanos() << doublings;
    return Duration.ofNanos(nanos - random.nextLong(nanos / 2 + 1));
  }
}
