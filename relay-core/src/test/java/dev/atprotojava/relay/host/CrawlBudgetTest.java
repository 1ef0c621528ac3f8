// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.store.HostRules.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RL-54. Damage: one stranger who fills the day's budget, so that nobody else can come. */
class CrawlBudgetTest {
  private static final Instant NOW = Instant.parse("2024-01-02T03:04:05Z");

  private static Admission admission(int second, String domain, String address) {
    return new Admission(NOW.plusSeconds(second), domain, address);
  }

  @Test
  void check_inAll_untilADayIsOver() {
    CrawlBudget budget = new CrawlBudget(List.of(admission(0, "a.com", "1")));
    budget.take(admission(60, "b.com", "2"));
    Admission next = admission(61, "c.com", "3");
    assertThat(budget.check(next, 3, true)).isNull();
    assertThat(budget.check(next, 2, true)).isEqualTo(CrawlAnswer.TOO_MANY_NEW);
    assertThat(budget.check(next, 0, true)).isEqualTo(CrawlAnswer.TOO_MANY_NEW);
    int later = (int) Duration.ofDays(1).toSeconds() + 1;
    assertThat(budget.check(admission(later, "c.com", "3"), 2, true)).isNull();
  }

  @Test
  void check_ofADomain_unlessItIsTrusted() {
    CrawlBudget budget = new CrawlBudget(List.of());
    for (int i = 0; i < 10; i++) {
      assertThat(budget.check(admission(i, "a.com", "" + i), 50, true)).isNull();
      budget.take(admission(i, "a.com", "" + i));
    }
    assertThat(budget.check(admission(10, "a.com", "x"), 50, true))
        .isEqualTo(CrawlAnswer.TOO_MANY_OF_DOMAIN);
    assertThat(budget.check(admission(10, "a.com", "x"), 50, false)).isNull();
    assertThat(budget.check(admission(10, "b.com", "x"), 50, true)).isNull();
  }

  @Test
  void check_fromAnAddress_unlessItTellsNothing() {
    CrawlBudget budget = new CrawlBudget(List.of());
    for (int i = 0; i < 10; i++) {
      budget.take(admission(i, i + ".com", "1"));
    }
    assertThat(budget.check(admission(10, "z.com", "1"), 50, true))
        .isEqualTo(CrawlAnswer.TOO_MANY_FROM_ADDRESS);
    assertThat(budget.check(admission(10, "z.com", ""), 50, true)).isNull();
  }

  @Test
  void registeredDomain_withoutAList_isTwoLabels() {
    HostProbe probe = (hostname, secure) -> {};
    assertThat(probe.registeredDomain("a.b.example.com")).isEqualTo("example.com");
    assertThat(probe.registeredDomain("example.com")).isEqualTo("example.com");
    assertThat(probe.registeredDomain("localhost:80")).isEqualTo("localhost:80");
  }
}
