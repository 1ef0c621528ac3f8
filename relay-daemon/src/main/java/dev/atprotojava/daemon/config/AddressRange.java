// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.net.InetAddress;

/**
 * A range of addresses: {@code 10.0.0.0/8}, or one address. An IPv4 address that is written as IPv6
 * is taken for the IPv4 address.
 *
 * @param network any address of the range
 * @param prefix how many of its bits all have in common
 */
public record AddressRange(InetAddress network, int prefix) {
  public AddressRange {
    if (prefix < 0 || prefix > network.getAddress().length * 8) {
      throw new IllegalArgumentException("not a range of addresses");
    }
  }

  /**
   * Reads a range. Names are not looked up.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    int all = network.getAddress().length * 8;
    return new AddressRange(network, slash < 0 ? all : Integer.parseInt(text.substring(slash + 1)));
  }

  /** True if the address is of the range. */
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit += 8) {
      int differing = (mine[bit / 8] ^ other[bit / 8]) & 0xff;
      if (differing >>> Math.max(0, 8 - (prefix - bit)) != 0) {
        return false;
      }
    }
    return true;
  }
}
