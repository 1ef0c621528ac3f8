// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * A source of TIDs, each above all it gave before: two in one microsecond and a clock that steps
 * back borrow microseconds from the future, and pay them back when the clock has passed (SY-12).
 *
 * <p>The clock id is drawn once, so that two sources are unlikely to give the same TID. A source
 * that continues a repository is seeded with its last {@code rev}.
 *
 * <p>Thread-safe; never blocks.
 */
public final class TidClock {
  private final InstantSource time;
  private final int clockId;
  private final AtomicLong lastMicros;

  /** A source with nothing before it. */
  public TidClock(InstantSource time, RandomGenerator random) {
    this(time, random, -1);
  }

  /** A source whose TIDs are all above {@code last}. */
  public TidClock(InstantSource time, RandomGenerator random, Tid last) {
    this(time, random, last.micros());
  }

  private TidClock(InstantSource time, RandomGenerator random, long lastMicros) {
    this.time = time;
    this.clockId = random.nextInt(Tid.MAX_CLOCK_ID + 1);
    this.lastMicros = new AtomicLong(lastMicros);
  }

  /**
   * The next TID.
   *
   * @throws IllegalStateException if none is left: the clock or the seed is beyond the year 2255
   */
  public Tid next() {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, time.instant());
    long micros = lastMicros.updateAndGet(last -> Math.max(last + 1, now));
    if (micros > Tid.MAX_MICROS) {
      throw new IllegalStateException("TID: no microseconds left, limit " + Tid.MAX_MICROS);
    }
    return Tid.ofMicros(micros, clockId);
  }
}
