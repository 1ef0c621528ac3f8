// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import java.util.concurrent.TimeUnit;

/**
 * How many events a second one consumer took lately: over the last {@value #SAMPLES} seconds, or
 * since it came. Sampled by the session's thread, read by any.
 */
final class ConsumerRate {
  private static final int SAMPLES = 10;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long[] times = new long[SAMPLES];
  private final long[] counts = new long[SAMPLES];
  private int taken = 1; // the beginning, when there was nothing
  private volatile long perSecond;

  /**
   * A rate of nothing yet.
   *
   * @param now in nanoseconds
   */
  ConsumerRate(long now) {
    times[0] = now;
  }

  /**
   * Takes a sample; to be called about once a second.
   *
   * @param now in nanoseconds
   * @param count of all events
   */
  void sample(long now, long count) {
    int oldest = taken < SAMPLES ? 0 : taken % SAMPLES;
    long passed = now - times[oldest];
    if (passed > 0) {
      perSecond = Math.round((count - counts[oldest]) * (double) SECOND / passed);
    }
    times[taken % SAMPLES] = now;
    counts[taken % SAMPLES] = count;
    taken++;
  }

  /** Events a second, rounded. */
  long perSecond() {
    return perSecond;
  }
}
