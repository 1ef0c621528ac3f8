// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostGateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final HostGate gate = new HostGate(new HostRates(10, 1_000, 10_000), 0);

  /**
   * Damage: a number that comes twice, or one that is lost because an earlier connection had it.
   */
  @Test
  void step_numbersOfOneConnection_mustRise() {
    gate.connected(7);
    assertThat(gate.step(7, 0)).isEqualTo(HostGate.Decision.REPEATS_CURSOR); // SC-42
    assertThat(gate.step(7, 0)).isEqualTo(HostGate.Decision.NOT_RISING);
    assertThat(gate.step(9, 0)).isEqualTo(HostGate.Decision.ADMIT); // gaps are fine
    assertThat(gate.step(9, 0)).isEqualTo(HostGate.Decision.NOT_RISING);
    assertThat(gate.step(8, 0)).isEqualTo(HostGate.Decision.NOT_RISING);
    gate.connected(9);
    assertThat(gate.step(3, 0)).isEqualTo(HostGate.Decision.NEW_EPOCH);
  }

  /** SC-46, RL-41. Damage: a host that excuses each thing that it leaves out when it likes. */
  @Test
  void isAtStart_untilTheFirstNumber() {
    gate.connected(5);
    gate.count(0);
    assertThat(gate.isAtStart()).isTrue();
    gate.step(6, 0);
    assertThat(gate.isAtStart()).isFalse();
    gate.connected(6);
    assertThat(gate.isAtStart()).isTrue();
  }

  /** Damage: a host that is read without limit as long as nothing that it sends is any good. */
  @Test
  void pauseNanos_afterBadMessagesAlone_isThatOfGoodOnes() {
    gate.connected(0);
    gate.step(1, 0);
    for (int i = 1; i < 10; i++) {
      assertThat(gate.pauseNanos(0)).isZero();
      if (i % 2 == 0) {
        gate.step(1, 0);
      } else {
        gate.count(0);
      }
    }
    gate.count(0);
    assertThat(gate.pauseNanos(0)).isBetween(1L, 2 * SECOND);
  }

  /**
   * Damage: bad messages that use up the rate of an hour, whose pause ends the connection; the next
   * one meets them again, as they move no cursor, and what is behind them never comes (invariant
   * 8).
   */
  @Test
  void pauseNanos_afterManyBadMessages_isShort() {
    gate.connected(0);
    gate.step(1, 0);
    long now = 0;
    for (int i = 0; i < 5_000; i++) {
      gate.count(now);
      gate.step(1, now);
      assertThat(gate.pauseNanos(now)).isLessThan(3 * SECOND);
      now += gate.pauseNanos(now);
    }
  }

  /**
   * Damage: a rate that an operator gives, and that counts from the next connection on, or never.
   */
  @Test
  void rates_countAtOnce_andWhatWasSentBefore() {
    gate.connected(0);
    for (int i = 1; i <= 20; i++) {
      gate.step(i, 0);
    }
    assertThat(gate.pauseNanos(0)).isPositive();
    gate.rates(HostRates.TRUSTED);
    assertThat(gate.pauseNanos(0)).isZero();
    gate.rates(new HostRates(1_000, 1_000, 20));
    assertThat(gate.pauseNanos(0)).isGreaterThan(3_600 * SECOND);
  }
}
