// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.Posture;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the operator decided about one host. Apart from how the relay stands to it, which the host's
 * thread writes: neither can undo the other.
 *
 * @param bannedAt since when it is refused; null if it is not
 * @param trusted whether it is trusted, whatever the patterns say; null if they count
 * @param accountLimit how many accounts it may have; null for as many as others of its kind
 * @param rates how much it may send, where that is not as for others of its kind
 * @param posture how its checks count; null for the relay's default
 * @param postureUntil when {@link Posture#OBSERVE} ends; null for never
 * @param alertsSilenced true if nobody is to be told that it comes near its limit of accounts
 */
public record HostRule(
    @Nullable Instant bannedAt,
    @Nullable Boolean trusted,
    @Nullable Long accountLimit,
    Rates rates,
    @Nullable Posture posture,
    @Nullable Instant postureUntil,
    boolean alertsSilenced) {
  /** Of a host about which nothing was decided. */
  public static final HostRule NONE =
      new HostRule(null, null, null, new Rates(null, null, null), null, null, false);

  /**
   * How many events a host may send; null for as many as others of its kind.
   *
   * @param perSecond in any second
   * @param perHour in any hour
   * @param perDay in any day
   */
  public record Rates(@Nullable Long perSecond, @Nullable Long perHour, @Nullable Long perDay) {}

  /** This with a ban, or without. */
  public HostRule withBan(@Nullable Instant at) {
    return new HostRule(at, trusted, accountLimit, rates, posture, postureUntil, alertsSilenced);
  }

  /** This with another word on trust. */
  public HostRule withTrust(@Nullable Boolean trust) {
    return new HostRule(
        bannedAt, trust, accountLimit, rates, posture, postureUntil, alertsSilenced);
  }

  /** This with another limit of accounts. */
  public HostRule withAccountLimit(@Nullable Long limit) {
    return new HostRule(bannedAt, trusted, limit, rates, posture, postureUntil, alertsSilenced);
  }

  /** This with other rates. */
  public HostRule withRates(Rates other) {
    return new HostRule(
        bannedAt, trusted, accountLimit, other, posture, postureUntil, alertsSilenced);
  }

  /** This with another posture. */
  public HostRule withPosture(@Nullable Posture other, @Nullable Instant until) {
    return new HostRule(bannedAt, trusted, accountLimit, rates, other, until, alertsSilenced);
  }

  /** This with alerts silenced, or not. */
  public HostRule withAlertsSilenced(boolean silenced) {
    return new HostRule(bannedAt, trusted, accountLimit, rates, posture, postureUntil, silenced);
  }
}
