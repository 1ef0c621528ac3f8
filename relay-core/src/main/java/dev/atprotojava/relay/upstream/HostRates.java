// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/**
 * How many events a host may send (RL-58).
 *
 * @param perSecond in any second
 * @param perHour in any hour
 * @param perDay in any day
 */
public record HostRates(long perSecond, long perHour, long perDay) {
  /** For hosts that the operator trusts. */
  public static final HostRates TRUSTED = new HostRates(5_000, 50_000_000, 500_000_000);

  /** For a host that may have this many accounts. */
  public static HostRates forAccounts(long limit) {
    return new HostRates(50 + limit / 1000, 2_500 + limit, 20_000 + 10 * limit);
  }
}
