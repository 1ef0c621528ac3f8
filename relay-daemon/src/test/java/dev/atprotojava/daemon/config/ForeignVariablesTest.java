// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignVariablesTest {
  /** A typing error in a name would otherwise silently leave the default. */
  @Test
  void check_namesWhatIsUnknown() {
    Map<String, String> environment =
        Map.of("RELAY_REPLAY_WINDOV", "72h", "RELAY_HOST_CONCURRENCY", "40", "HOME", "/root");

    assertThat(ForeignVariables.check(environment))
        .containsExactly(
            "RELAY_HOST_CONCURRENCY is unknown to this relay and has no effect",
            "RELAY_REPLAY_WINDOV is unknown to this relay and has no effect");
  }

  @Test
  void check_saysNothingOfWhatIsKnown() {
    Map<String, String> environment = new TreeMap<>(Map.of("RELAY_JAVA_OPTS", "-Xmx1g"));
    Arrays.stream(Setting.values())
        .flatMap(setting -> setting.variables().stream())
        .forEach(variable -> environment.put(variable, "x"));

    assertThat(ForeignVariables.check(environment)).isEmpty();
  }

  /** Without TLS a relay that was told to have it would serve in the clear. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RELAY_TLS_CERT",
        "RELAY_TLS_KEY",
        "RELAY_SIBLING_RELAYS",
        "RELAY_SLACK_ALERT_TOKEN",
        "RELAY_ALLOW_INSECURE_HOSTS"
      })
  void check_refusesWhatCannotBeDone(String variable) {
    assertThatThrownBy(() -> ForeignVariables.check(Map.of(variable, "true")))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(variable + " is set, but ");
    assertThat(ForeignVariables.check(Map.of(variable, ""))).isEmpty();
  }

  @Test
  void check_letsSwitchesBeThatAreOff() {
    assertThat(ForeignVariables.check(Map.of("RELAY_ALLOW_INSECURE_HOSTS", "false"))).isEmpty();
  }
}
