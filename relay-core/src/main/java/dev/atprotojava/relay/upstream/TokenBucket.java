// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/**
 * A rate with a burst: so many at once, then so many a second. A value over time that its owner
 * gives it; not thread-safe.
 */
public final class TokenBucket {
  private final double burst;
  private final double perNano;
  private double tokens;
  private long at;

  /** A full bucket. */
  public TokenBucket(double burst, double perSecond, long nowNanos) {
    this.burst = burst;
    this.perNano = perSecond / 1e9;
    this.tokens = burst;
    this.at = nowNanos;
  }

  /** Takes one if there is one. */
  public boolean take(long nowNanos) {
    tokens = Math.min(burst, tokens + (nowNanos - at) * perNano);
    at = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
