// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

/**
 * How long things took: counts in buckets that are each a sixteenth wider than the one before, from
 * a microsecond to a day. A percentile is right to 6 %. Thread-safe.
 */
final class LatencyHistogram {
  private static final int STEPS = 16; // buckets for each doubling
  private static final int MAX_DOUBLINGS = 37;

  private final long[] counts = new long[STEPS * MAX_DOUBLINGS];
  private long total;
  private long maxNanos;

  synchronized void add(long nanos) {
    counts[bucket(Math.max(0, nanos) / 1000)]++;
    total++;
    maxNanos = Math.max(maxNanos, nanos);
  }

  private static int bucket(long micros) {
    if (micros < STEPS) {
      return (int) micros;
    }
    int doublings = 63 - Long.numberOfLeadingZeros(micros / STEPS); // micros >> doublings: 16 to 31
    int bucket = (doublings + 1) * STEPS + (int) (micros >> doublings) - STEPS;
    return Math.min(bucket, STEPS * MAX_DOUBLINGS - 1);
  }

  private static long micros(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int doublings = bucket / STEPS - 1;
    return (long) (bucket % STEPS + STEPS) << doublings;
  }

  synchronized long count() {
    return total;
  }

  /** The longest time, in milliseconds. */
  synchronized double maxMillis() {
    return maxNanos / 1e6;
  }

  /** The time in milliseconds that a share of the times did not exceed, 0 if there are none. */
  synchronized double millis(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= rank && seen > 0) {
        return Math.min(micros(bucket + 1) / 1e3, maxNanos / 1e6);
      }
    }
    return 0;
  }
}
