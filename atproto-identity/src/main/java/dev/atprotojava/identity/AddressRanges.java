// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Which addresses are servers on the public Internet, by the registries of special-purpose
 * addresses (ID-61).
 *
 * <p>IPv4 is all but the listed blocks. IPv6 is the other way round: nothing but global unicast,
 * less the blocks in it that are no places for a server. An IPv6 address that carries an IPv4 one
 * to which packets would go is judged by that. IPv4-mapped addresses are turned into IPv4 by the
 * JDK; one that is made in a way that keeps it is no global unicast.
 */
final class AddressRanges {
  private static final Block[] SPECIAL_V4 =
      blocks(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local, and the metadata services of clouds
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.31.196.0/24", // AS112, which answers for private addresses, often inside
          "192.52.193.0/24", // multicast tunnels
          "192.88.99.0/24", // 6to4 anycast
          "192.168.0.0/16", // private
          "192.175.48.0/24", // AS112
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, broadcast

  private static final Block GLOBAL_UNICAST = Block.parse("2000::/3");

  private static final Block[] SPECIAL_V6 =
      blocks(
          "2001::/23", // protocol assignments: Teredo, ORCHID, benchmarks, anycast services
          "2001:db8::/32", // documentation
          "2620:4f:8000::/48", // AS112
          "3fff::/20"); // documentation

  private static final Block SIX_TO_FOUR = Block.parse("2002::/16");

  // The well-known prefix alone. 64:ff9b:1::/48 is for translators of a network of one's own, to
  // whatever is behind them, and is not global unicast (RFC 8215).
  private static final Block NAT64 = Block.parse("64:ff9b::/96");

  private AddressRanges() {}

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? isPublicV4(bytes) : isPublicV6(bytes);
  }

  private static boolean isPublicV4(byte[] address) {
    return !isInAny(SPECIAL_V4, address);
  }

  private static boolean isPublicV6(byte[] address) {
    if (NAT64.contains(address)) {
      return isPublicV4(Arrays.copyOfRange(address, 12, 16));
    }
    if (SIX_TO_FOUR.contains(address)) {
      return isPublicV4(Arrays.copyOfRange(address, 2, 6));
    }
    return GLOBAL_UNICAST.contains(address) && !isInAny(SPECIAL_V6, address);
  }

  private static boolean isInAny(Block[] blocks, byte[] address) {
    for (Block block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static Block[] blocks(String... texts) {
    return Stream.of(texts).map(Block::parse).toArray(Block[]::new);
  }

  /** The addresses that begin with the first {@link #bits} of a prefix. */
  private static final class Block {
    private final byte[] prefix;
    private final int bits;

    private Block(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    static Block parse(String text) {
      int slash = text.indexOf('/');
      try {
        // An address, so nothing is looked up.
        byte[] prefix = InetAddress.getByName(text.substring(0, slash)).getAddress();
        return new Block(prefix, Integer.parseInt(text.substring(slash + 1)));
      } catch (UnknownHostException notAnAddress) {
        throw new IllegalArgumentException(text, notAnAddress);
      }
    }

    boolean contains(byte[] address) {
      int whole = bits / 8;
      int rest = bits % 8;
      return address.length == prefix.length
          && Arrays.equals(address, 0, whole, prefix, 0, whole)
          && (rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >>> (8 - rest) == 0);
    }
  }
}
