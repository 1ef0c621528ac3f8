// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Damage: an operator who sees drops that are long over, or none of those of a minute ago. */
class RecentCountsTest {
  @Test
  void counts_slideOutOfTheHourAndOfTheDay_whereverTheClockBegins() {
    for (long begin : new long[] {0, 12_345, -TimeUnit.DAYS.toNanos(3)}) {
      RecentCounts counts = new RecentCounts(begin);
      counts.count(begin);
      counts.count(begin);
      assertThat(counts.lastHour(begin + TimeUnit.MINUTES.toNanos(58))).isEqualTo(2);
      counts.count(begin + TimeUnit.MINUTES.toNanos(58));
      assertThat(counts.lastHour(begin + TimeUnit.MINUTES.toNanos(61))).isEqualTo(1);
      assertThat(counts.lastDay(begin + TimeUnit.HOURS.toNanos(22))).isEqualTo(3);
      assertThat(counts.lastHour(begin + TimeUnit.HOURS.toNanos(22))).isZero();
      assertThat(counts.lastDay(begin + TimeUnit.HOURS.toNanos(25))).isZero();
      assertThat(counts.lastDay(begin + TimeUnit.DAYS.toNanos(400))).isZero();
      counts.count(begin + TimeUnit.DAYS.toNanos(400));
      assertThat(counts.lastDay(begin + TimeUnit.DAYS.toNanos(400))).isEqualTo(1);
    }
  }
}
