// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

/**
 * What a network is made of. Two networks of one shape have the same DIDs, handles and keys.
 *
 * @param seed decides everything that chance would
 * @param hosts the number of PDS hosts; account {@code n} begins on host {@code n % hosts}
 * @param accounts the number of accounts, which cost nothing until they are used
 * @param p256Share the share of accounts with a key on P-256 instead of K-256, 0 to 1
 */
public record NetworkShape(long seed, int hosts, int accounts, double p256Share) {
  public NetworkShape {
    if (hosts < 1 || accounts < 1 || !(p256Share >= 0 && p256Share <= 1)) {
      throw new IllegalArgumentException("a network needs a host, an account, a share of 0 to 1");
    }
  }

  /** A shape with a fifth of the keys on P-256. */
  public static NetworkShape of(long seed, int hosts, int accounts) {
    return new NetworkShape(seed, hosts, accounts, 0.2);
  }
}
