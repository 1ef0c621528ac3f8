// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.Posture;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.relay.upstream.HostRates;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host may do (RL-57, RL-58). Damage: an operator's word that counts for nothing. */
class HostTermsTest {
  private static final Instant NOW = Instant.parse("2024-01-02T03:04:05Z");
  private static final Hosts.Policy POLICY =
      new Hosts.Policy(false, new TrustedDomains(List.of("*.trusted.net")), 50, 100, false);

  private static HostTerms terms(String hostname, HostRule rule) {
    return HostTerms.of(POLICY, hostname, rule, NOW);
  }

  @Test
  void of_nothingDecided_isAsOthersOfItsKind() {
    assertThat(terms("pds.example.com", HostRule.NONE))
        .isEqualTo(
            new HostTerms(false, 100, new HostRates(50, 2_600, 21_000), Posture.ENFORCE, null));
    assertThat(terms("a.trusted.net", HostRule.NONE))
        .isEqualTo(new HostTerms(true, 10_000_000, HostRates.TRUSTED, Posture.ENFORCE, null));
  }

  @Test
  void of_trustDecided_whateverThePatternsSay() {
    assertThat(terms("pds.example.com", HostRule.NONE.withTrust(true)).rates())
        .isEqualTo(HostRates.TRUSTED);
    assertThat(terms("a.trusted.net", HostRule.NONE.withTrust(false)).accountLimit())
        .isEqualTo(100);
  }

  @Test
  void of_limitDecided_setsTheRatesThatAreNot() {
    HostRule rule =
        HostRule.NONE.withAccountLimit(5_000L).withRates(new HostRule.Rates(null, 7L, null));
    assertThat(terms("pds.example.com", rule).rates()).isEqualTo(new HostRates(55, 7, 70_000));
    assertThat(terms("a.trusted.net", rule).accountLimit()).isEqualTo(5_000);
  }

  @Test
  void of_observedUntil_endsThen() {
    HostRule rule = HostRule.NONE.withPosture(Posture.OBSERVE, NOW.plusSeconds(1));
    assertThat(terms("pds.example.com", rule).posture()).isEqualTo(Posture.OBSERVE);
    HostTerms after = HostTerms.of(POLICY, "pds.example.com", rule, NOW.plusSeconds(1));
    assertThat(after.posture()).isEqualTo(Posture.ENFORCE);
    assertThat(after.postureUntil()).isNull();
  }
}
