// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/**
 * A sliding count of events: those of the current fixed window, and those of the one before by the
 * part of it that still overlaps. A value over time; not thread-safe.
 */
final class RateWindow {
  private long limit;
  private final long windowNanos;
  private long windowStart;
  private long current;
  private long before;

  RateWindow(long limit, long windowNanos, long nowNanos) {
    this.limit = limit;
    this.windowNanos = windowNanos;
    this.windowStart = nowNanos;
  }

  /** Counts go on under another limit. */
  void limit(long newLimit) {
    limit = newLimit;
  }

  /** Counts an event. */
  void count(long nowNanos) {
    slide(nowNanos);
    current++;
  }

  /** How long to wait before the next event is within the limit; 0 if it is now. */
  long waitNanos(long nowNanos) {
    slide(nowNanos);
    long elapsed = nowNanos - windowStart;
    if (estimate(elapsed) + 1 <= limit) {
      return 0;
    }
    if (current + 1 > limit || before == 0) {
      return windowNanos - elapsed;
    }
    // The share of the window before shrinks until there is room for one more.
    double share = (limit - current - 1) / (double) before;
    return Math.max(1, (long) ((1 - share) * windowNanos) - elapsed);
  }

  private double estimate(long elapsed) {
    return current + before * (1 - elapsed / (double) windowNanos);
  }

  private void slide(long nowNanos) {
    long passed = (nowNanos - windowStart) / windowNanos;
    if (passed > 0) {
      before = passed == 1 ? current : 0;
      current = 0;
      windowStart += passed * windowNanos;
    }
  }
}
