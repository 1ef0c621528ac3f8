// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.testing.Gen;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** SY-12: a TID given twice, or one below another, breaks the chain of a repository for good. */
class TidClockTest {
  private static final Instant NOW = Instant.parse("2024-01-02T03:04:05.006007Z");

  private Instant now = NOW;
  private final InstantSource time = () -> now;

  @Test
  void next_isTheTime() {
    TidClock clock = new TidClock(time, new SplittableRandom(1));
    Tid first = clock.next();
    assertThat(first.instant()).isEqualTo(NOW);
    now = NOW.plusMillis(20);
    assertThat(clock.next()).isEqualTo(Tid.ofMicros(first.micros() + 20_000, first.clockId()));
  }

  @Test
  void next_risesWithinOneMicrosecond() {
    TidClock clock = new TidClock(time, new SplittableRandom(1));
    Tid first = clock.next();
    now = NOW.plusNanos(999);
    assertThat(clock.next().micros()).isEqualTo(first.micros() + 1);
    assertThat(clock.next().micros()).isEqualTo(first.micros() + 2);
  }

  @Test
  void next_returnsToTheTimeWhenItHasPassed() {
    TidClock clock = new TidClock(time, new SplittableRandom(1));
    Tid first = clock.next();
    now = NOW.minusSeconds(3600);
    assertThat(clock.next().micros()).isEqualTo(first.micros() + 1);
    now = NOW.plusSeconds(1);
    assertThat(clock.next().instant()).isEqualTo(now);
  }

  @Test
  void next_risesWhateverTheClockDoes() {
    Gen.forAll(
        200,
        gen -> {
          TidClock clock = new TidClock(time, new SplittableRandom(gen.nextLong()));
          Tid last = clock.next();
          for (int i = 0; i < gen.size(); i++) {
            now = now.plusNanos(gen.between(-5_000, 5_000));
            Tid next = clock.next();
            assertThat(next).isGreaterThan(last);
            last = next;
          }
        });
  }

  // A restart on a machine whose clock is behind must not fall back behind the last rev.
  @Test
  void next_continuesAboveTheSeed() {
    Gen.forAll(
        200,
        gen -> {
          Tid last = Tid.of(gen.anyMagnitude() & Long.MAX_VALUE >> 1);
          TidClock clock = new TidClock(time, new SplittableRandom(gen.nextLong()), last);
          assertThat(clock.next()).isGreaterThan(last);
        });
  }

  // Wrapping around would give numbers below the last one, or with bit 63 set.
  @Test
  void next_endsRatherThanWraps() {
    Tid last = Tid.of(Long.MAX_VALUE);
    TidClock ended = new TidClock(time, new SplittableRandom(1), last);
    assertThatThrownBy(ended::next).isInstanceOf(IllegalStateException.class);
    TidClock beyond = new TidClock(time, new SplittableRandom(1), Tid.of(-1));
    assertThatThrownBy(beyond::next).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void next_worksBefore1970() {
    now = Instant.parse("1969-12-31T23:59:59Z");
    TidClock clock = new TidClock(time, new SplittableRandom(1));
    assertThat(clock.next().micros()).isZero();
    assertThat(clock.next().micros()).isOne();
  }

  // REF-TS draws from 32 clock ids only; two sources in one microsecond must be told apart.
  @Test
  void clockId_isDrawnFromAll() {
    Set<Integer> ids = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      ids.add(new TidClock(time, random).next().clockId());
    }
    assertThat(ids).hasSize(1024);
  }

  // The last TID that there is, and none behind it: not one of a year before 1970.
  @Test
  void next_endsWithTheLastMicrosecond() {
    Tid last = Tid.ofMicros((1L << 53) - 2, 0);
    TidClock clock = new TidClock(time, new SplittableRandom(1), last);
    assertThat(clock.next().micros()).isEqualTo((1L << 53) - 1);
    assertThatThrownBy(clock::next).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void next_isUniqueAcrossThreads() throws Exception {
    TidClock clock = new TidClock(time, new SplittableRandom(1));
    int each = 5_000;
    List<Future<List<Tid>>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        runs.add(threads.submit(() -> draw(clock, each)));
      }
    }
    Set<Tid> all = new HashSet<>();
    for (Future<List<Tid>> run : runs) {
      assertThat(run.get()).isSorted();
      all.addAll(run.get());
    }
    assertThat(all).hasSize(4 * each);
  }

  private static List<Tid> draw(TidClock clock, int count) {
    List<Tid> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(clock.next());
    }
    return drawn;
  }
}
