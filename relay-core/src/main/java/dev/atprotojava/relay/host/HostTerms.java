// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.Posture;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.relay.upstream.HostRates;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a host may do: what the operator decided about it, and for the rest what the policy says of
 * its kind. Worked out at each use, so that a change of either counts at once (RL-57, RL-58).
 *
 * @param postureUntil when the posture ends by itself; null for never
 */
record HostTerms(
    boolean trusted,
    long accountLimit,
    HostRates rates,
    Posture posture,
    @Nullable Instant postureUntil) {
  private static final long TRUSTED_ACCOUNTS = 10_000_000; // RL-57

  static HostTerms of(Hosts.Policy policy, String hostname, HostRule rule, Instant now) {
    boolean trusted = rule.trusted() == null ? policy.trusted().contains(hostname) : rule.trusted();
    Long ownLimit = rule.accountLimit();
    long limit = ownLimit != null ? ownLimit : trusted ? TRUSTED_ACCOUNTS : policy.accountLimit();
    HostRates ofKind = trusted ? HostRates.TRUSTED : HostRates.forAccounts(limit);
    HostRates rates =
        new HostRates(
            orElse(rule.rates().perSecond(), ofKind.perSecond()),
            orElse(rule.rates().perHour(), ofKind.perHour()),
            orElse(rule.rates().perDay(), ofKind.perDay()));
    Posture own = rule.posture();
    Instant until = rule.postureUntil();
    if (own == null) {
      Posture byDefault = policy.observe() ? Posture.OBSERVE : Posture.ENFORCE;
      return new HostTerms(trusted, limit, rates, byDefault, null);
    }
    boolean over = until != null && !now.isBefore(until);
    return over
        ? new HostTerms(trusted, limit, rates, Posture.ENFORCE, null)
        : new HostTerms(trusted, limit, rates, own, until);
  }

  private static long orElse(@Nullable Long own, long ofKind) {
    return own == null ? ofKind : own;
  }
}
