// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostLimitsTest {
  private long now;

  @Test
  void enter_letsSoManyIn() { // SC-75
    HostLimits hosts = new HostLimits(2, () -> now);
    assertThat(hosts.enter("a.example")).isZero();
    assertThat(hosts.enter("a.example")).isZero();
    assertThat(hosts.enter("a.example")).isPositive();
    assertThat(hosts.enter("b.example")).isZero();
    hosts.leave("a.example");
    assertThat(hosts.enter("a.example")).isZero();
  }

  // Damage: a host that asks to be left alone, and is asked on; or one that is never asked again.
  @Test
  void pause_holdsForAWhile() { // SC-59, SC-75
    HostLimits hosts = new HostLimits(2, () -> now);
    hosts.pause("a.example", Duration.ofSeconds(7)); // though nobody is in
    assertThat(hosts.enter("a.example")).isEqualTo(Duration.ofSeconds(7));
    assertThat(hosts.pausedFor("a.example")).isEqualTo(Duration.ofSeconds(7));
    assertThat(hosts.pausedFor("b.example")).isZero();
    hosts.pause("a.example", Duration.ofSeconds(2)); // the longer one holds
    assertThat(hosts.pausedFor("a.example")).isEqualTo(Duration.ofSeconds(7));
    now += Duration.ofSeconds(7).toNanos();
    assertThat(hosts.pausedFor("a.example")).isZero();
    assertThat(hosts.enter("a.example")).isZero();
  }

  // Damage: redirects to ever other names, each remembered.
  @Test
  void pause_remembersOnlySoMany() {
    HostLimits hosts = new HostLimits(2, () -> now);
    for (int i = 0; i < 3 * HostLimits.MOST_PAUSES; i++) {
      hosts.pause("a" + i + ".example", Duration.ofSeconds(7));
    }
    assertThat(hosts.remembered()).isEqualTo(HostLimits.MOST_PAUSES);
    now += Duration.ofSeconds(7).toNanos();
    hosts.pause("b.example", Duration.ofSeconds(7)); // the others are over
    assertThat(hosts.pausedFor("b.example")).isPositive();
    assertThat(hosts.remembered()).isEqualTo(1);
  }
}
