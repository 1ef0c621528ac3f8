// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RL-58. Catches a host that may send more than its rate, and one that is held up for ever. */
class RateWindowTest {
  private static final long WINDOW = 1_000_000;

  /** What the window says it is, from the times of all events. */
  private static double estimate(List<Long> times, long start, long now) {
    long begin = start + Math.floorDiv(now - start, WINDOW) * WINDOW;
    long current = times.stream().filter(time -> time >= begin).count();
    long before = times.stream().filter(time -> time >= begin - WINDOW && time < begin).count();
    return current + before * (1 - (now - begin) / (double) WINDOW);
  }

  /** Any events at any times, counted whether they are within the limit or not. */
  @Test
  void waitNanos_isTheTimeUntilThereIsRoom() {
    Gen.forAll(
        300,
        gen -> {
          long start = gen.nextLong() >> 2;
          int limit = gen.between(1, 30);
          RateWindow window = new RateWindow(limit, WINDOW, start);
          List<Long> times = new ArrayList<>();
          long now = start;
          for (int i = gen.between(1, 100); i > 0; i--) {
            now += gen.nextInt(gen.oneIn(10) ? 3 * (int) WINDOW : (int) WINDOW / limit);
            window.count(now);
            times.add(now);
            long wait = window.waitNanos(now);
            if (wait == 0) {
              assertThat(estimate(times, start, now)).isLessThanOrEqualTo(limit - 1 + 1e-6);
              continue;
            }
            assertThat(estimate(times, start, now)).isGreaterThan(limit - 1 - 1e-6);
            assertThat(wait).isBetween(1L, WINDOW);
            long soon = now + wait * 99 / 100;
            assertThat(estimate(times, start, soon)).as("not sooner").isGreaterThan(limit - 1.0);
          }
        });
  }

  /** A host that waits as it is told gets its rate, neither more nor less. */
  @Test
  void waitNanos_obeyed_givesTheRate() {
    Gen.forAll(
        50,
        gen -> {
          int limit = gen.between(1, 50);
          RateWindow window = new RateWindow(limit, WINDOW, 0);
          long now = 0;
          List<Long> times = new ArrayList<>();
          long end = 20 * WINDOW;
          while (now < end) {
            int asked = 0;
            for (long wait = window.waitNanos(now); wait > 0; wait = window.waitNanos(now)) {
              now += wait;
              assertThat(++asked).as("times it must ask").isLessThan(10);
            }
            window.count(now);
            times.add(now);
          }
          for (int i = 0; i < 20; i++) {
            long from = i * WINDOW;
            assertThat(times.stream().filter(t -> t >= from && t < from + WINDOW).count())
                .isLessThanOrEqualTo(limit);
          }
          assertThat(times).hasSizeGreaterThanOrEqualTo(limit * 9);
        });
  }

  /** After a silence everything is as in the beginning. */
  @Test
  void waitNanos_afterTwoWindows_isThatOfANewOne() {
    RateWindow window = new RateWindow(3, WINDOW, 0);
    for (int i = 0; i < 100; i++) {
      window.count(0);
    }
    assertThat(window.waitNanos(0)).isEqualTo(WINDOW);
    assertThat(window.waitNanos(2 * WINDOW)).isZero();
    window.count(2 * WINDOW);
    window.count(2 * WINDOW);
    assertThat(window.waitNanos(2 * WINDOW)).isZero();
    window.count(2 * WINDOW);
    assertThat(window.waitNanos(2 * WINDOW)).isEqualTo(WINDOW);
  }
}
