// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An operator goes by it when something is slow: it must be of now, and not of all time. */
class ConsumerRateTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void perSecond_isOfTheLastTenSeconds() {
    ConsumerRate rate = new ConsumerRate(7);
    assertThat(rate.perSecond()).isZero();
    long count = 0;
    for (int second = 1; second <= 30; second++) {
      rate.sample(7 + second * SECOND, count += 100);
      assertThat(rate.perSecond()).as("second %d", second).isEqualTo(100);
    }
    for (int second = 31; second <= 35; second++) {
      rate.sample(7 + second * SECOND, count);
    }
    assertThat(rate.perSecond()).isEqualTo(50);
    for (int second = 36; second <= 40; second++) {
      rate.sample(7 + second * SECOND, count);
    }
    assertThat(rate.perSecond()).isZero();
  }

  /** A thread that was busy samples late. */
  @Test
  void perSecond_countsTheTimeThatPassed() {
    ConsumerRate rate = new ConsumerRate(0);
    rate.sample(4 * SECOND, 10);

    assertThat(rate.perSecond()).isEqualTo(3);
    rate.sample(4 * SECOND, 10);
    assertThat(rate.perSecond()).isEqualTo(3);
  }
}
