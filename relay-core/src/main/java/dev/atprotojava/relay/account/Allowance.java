// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

/**
 * A token bucket for each place of a table, in eight bytes: how much of something an account may
 * do. A bucket that was never taken from is full. Owned by one lane.
 */
final class Allowance {
  private float[] tokens = {};
  private int[] seconds = {};

  /** Makes room for this many places; what was there is forgotten. */
  void resize(int capacity) {
    tokens = new float[capacity];
    seconds = new int[capacity];
  }

  /** The places as they are now, for {@link #copyFrom} after a resize. */
  Allowance copy() {
    Allowance copy = new Allowance();
    copy.tokens = tokens;
    copy.seconds = seconds;
    return copy;
  }

  void fill(int slot) {
    tokens[slot] = Float.NaN;
  }

  void move(int from, int to) {
    copyFrom(this, from, to);
  }

  void copyFrom(Allowance other, int from, int to) {
    tokens[to] = other.tokens[from];
    seconds[to] = other.seconds[from];
  }

  /** How much is left, if {@code burst} is the most and {@code perSecond} comes back. */
  float tokens(int slot, int burst, float perSecond, int nowSeconds) {
    return Float.isNaN(tokens[slot])
        ? burst
        : Math.min(burst, tokens[slot] + (nowSeconds - seconds[slot]) * perSecond);
  }

  /** Takes one, if there is one. */
  boolean take(int slot, int burst, float perSecond, int nowSeconds) {
    float left = tokens(slot, burst, perSecond, nowSeconds);
    seconds[slot] = nowSeconds;
    tokens[slot] = left >= 1 ? left - 1 : left;
    return left >= 1;
  }
}
