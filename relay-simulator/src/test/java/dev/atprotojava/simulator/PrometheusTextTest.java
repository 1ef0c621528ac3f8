// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  /** Damage: a view without numbers for a comment, a timestamp or another dialect in the page. */
  @Test
  void parse_aPage_takesWhatItUnderstands() {
    PrometheusText page =
        PrometheusText.parse(
            """
            # HELP relay_drops_total What was dropped
            # TYPE relay_drops_total counter
            relay_drops_total{reason="BAD_SIGNATURE",} 3.0
            relay_drops_total{host="a}b",reason="BAD_SIGNATURE"} 2 1700000000000
            relay_drops_total{reason="STALE_REV"} 1e1
            relay_drops_total{reason="TOO_BIG"} 0.0
            relay_consumers 4.0
            relay_strange{reason="x} what is this
            !!!
            jvm_memory_used_bytes{area="heap"} 1.2345678E7
            """);
    assertThat(page.by("relay_drops_total", "reason"))
        .isEqualTo(Map.of("BAD_SIGNATURE", 5L, "STALE_REV", 10L));
    assertThat(page.sum("relay_drops_total")).isEqualTo(15);
    assertThat(page.sum("relay_consumers")).isEqualTo(4);
    assertThat(page.sum("jvm_memory_used_bytes")).isEqualTo(12_345_678);
    assertThat(page.has("relay_hosts")).isFalse();
    assertThat(page.sum("relay_hosts")).isZero();
    assertThat(page.by("relay_consumers", "reason")).isEmpty();
  }

  /** Damage: an empty answer, or a web page for people, that ends the program. */
  @Test
  void parse_nonsense_isNothing() {
    assertThat(PrometheusText.parse("").samples()).isEmpty();
    assertThat(PrometheusText.parse("<html> <body>\u0000\n{} 1").samples()).isEmpty();
  }
}
