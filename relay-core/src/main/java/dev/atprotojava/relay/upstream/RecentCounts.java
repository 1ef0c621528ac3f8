// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How often something happened within the last hour, to the minute, and within the last day, to the
 * hour: two rings of counters, 400 bytes, whatever happens. Thread-safe.
 */
final class RecentCounts {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Ring minutes;
  private final Ring hours;

  RecentCounts(long nowNanos) {
    minutes = new Ring(60, MINUTE, nowNanos);
    hours = new Ring(24, HOUR, nowNanos);
  }

  /** It happened. */
  void count(long nowNanos) {
    lock.lock();
    try {
      minutes.count(nowNanos);
      hours.count(nowNanos);
    } finally {
      lock.unlock();
    }
  }

  /** How often within the last sixty minutes, of which the present one has just begun. */
  long lastHour(long nowNanos) {
    lock.lock();
    try {
      return minutes.sum(nowNanos);
    } finally {
      lock.unlock();
    }
  }

  /** How often within the last twenty-four hours, of which the present one has just begun. */
  long lastDay(long nowNanos) {
    lock.lock();
    try {
      return hours.sum(nowNanos);
    } finally {
      lock.unlock();
    }
  }

  private static final class Ring {
    private final int[] counts;
    private final long bucketNanos;
    private long bucket;

    Ring(int buckets, long bucketNanos, long nowNanos) {
      this.counts = new int[buckets];
      this.bucketNanos = bucketNanos;
      this.bucket = Math.floorDiv(nowNanos, bucketNanos);
    }

    void count(long nowNanos) {
      slide(nowNanos);
      counts[Math.floorMod(bucket, counts.length)]++;
    }

    long sum(long nowNanos) {
      slide(nowNanos);
      return Arrays.stream(counts).asLongStream().sum();
    }

    private void slide(long nowNanos) {
      long now = Math.floorDiv(nowNanos, bucketNanos);
      if (now - bucket >= counts.length) {
        Arrays.fill(counts, 0);
        bucket = now;
      }
      while (bucket < now) {
        bucket++;
        counts[Math.floorMod(bucket, counts.length)] = 0;
      }
    }
  }
}
