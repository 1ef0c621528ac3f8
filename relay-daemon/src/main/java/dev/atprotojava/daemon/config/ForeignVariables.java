// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Variables of the environment that begin like ours and are no {@link Setting}.
 *
 * <p>One that asks for something that this relay does not do stops the start: to go on without it
 * would be another relay than the operator wants. All others are a typing error or of no use here,
 * and warned of.
 */
public final class ForeignVariables {
  private static final String PREFIX = "RELAY_";

  /** Of the launcher, and of {@code relay admin}. */
  private static final Set<String> OTHERS =
      Set.of("RELAY_JAVA_OPTS", "RELAY_LAUNCHER", "RELAY_ADMIN_URL");

  private static final String TLS =
      "this relay does not do TLS itself. Put a proxy that does in front of it, and unset it.";
  private static final String SIBLINGS =
      "this relay does not forward to siblings. Tell each relay itself, and unset it.";
  private static final String ALERTS =
      "this relay does not send alerts. Make them from its metrics, and unset it.";
  private static final String INSECURE =
      "insecure hosts are allowed by --dev (RELAY_DEV=true) alone, for development. Unset it.";

  private static final Map<String, String> REFUSED =
      Map.of(
          "RELAY_TLS_CERT", TLS,
          "RELAY_TLS_KEY", TLS,
          "RELAY_SIBLING_RELAYS", SIBLINGS,
          "RELAY_SLACK_ALERT_CHANNEL", ALERTS,
          "RELAY_ALERT_SLACK_CHANNEL", ALERTS,
          "RELAY_SLACK_ALERT_TOKEN", ALERTS,
          "RELAY_ALERT_SLACK_TOKEN", ALERTS,
          "RELAY_ALLOW_INSECURE_HOSTS", INSECURE);

  private ForeignVariables() {}

  /**
   * Refuses what stops the start, and names what is unknown.
   *
   * @return a sentence for each unknown variable
   */
  public static List<String> check(Map<String, String> environment) {
    for (Map.Entry<String, String> refused : new TreeMap<>(REFUSED).entrySet()) {
      String value = environment.getOrDefault(refused.getKey(), "");
      if (!value.isBlank() && !value.equalsIgnoreCase("false") && !value.equals("0")) {
        throw new BadSettingException(refused.getKey() + " is set, but " + refused.getValue());
      }
    }
    Set<String> known =
        Arrays.stream(Setting.values())
            .flatMap(setting -> setting.variables().stream())
            .collect(Collectors.toSet());
    return environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX))
        .filter(name -> !known.contains(name) && !OTHERS.contains(name))
        .filter(name -> !REFUSED.containsKey(name))
        .sorted()
        .map(name -> name + " is unknown to this relay and has no effect")
        .toList();
  }
}
