// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.store.HostRule;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A rule as the trail of decisions has it, for people. */
final class HostRuleText {
  private HostRuleText() {}

  /** What was decided, and nothing about the rest. */
  static String of(HostRule rule) {
    StringJoiner text = new StringJoiner(", ");
    text.setEmptyValue("as others");
    add(text, "banned", rule.bannedAt());
    add(text, "trusted", rule.trusted());
    add(text, "accounts", rule.accountLimit());
    add(text, "per second", rule.rates().perSecond());
    add(text, "per hour", rule.rates().perHour());
    add(text, "per day", rule.rates().perDay());
    if (rule.posture() != null) {
      add(text, "posture", rule.posture().name().toLowerCase(Locale.ROOT));
    }
    add(text, "until", rule.postureUntil());
    if (rule.alertsSilenced()) {
      text.add("alerts silenced");
    }
    return text.toString();
  }

  private static void add(StringJoiner text, String name, @Nullable Object value) {
    if (value != null) {
      text.add(name + " " + value);
    }
  }
}
