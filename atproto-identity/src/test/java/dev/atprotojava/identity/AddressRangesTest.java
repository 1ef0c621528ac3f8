// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ID-61. One address that slips through is a request into somebody's network. */
class AddressRangesTest {

  /** Each special block: its first and last address, and the neighbours on both sides. */
  @ParameterizedTest
  @CsvSource({
    // first,      last,              before,            after; "-" where that is special, too
    "0.0.0.0,      0.255.255.255,     -,                 1.0.0.0",
    "10.0.0.0,     10.255.255.255,    9.255.255.255,     11.0.0.0",
    "100.64.0.0,   100.127.255.255,   100.63.255.255,    100.128.0.0",
    "127.0.0.0,    127.255.255.255,   126.255.255.255,   128.0.0.0",
    "169.254.0.0,  169.254.255.255,   169.253.255.255,   169.255.0.0",
    "172.16.0.0,   172.31.255.255,    172.15.255.255,    172.32.0.0",
    "192.0.0.0,    192.0.0.255,       191.255.255.255,   192.0.1.0",
    "192.0.2.0,    192.0.2.255,       192.0.1.255,       192.0.3.0",
    "192.31.196.0, 192.31.196.255,    192.31.195.255,    192.31.197.0",
    "192.52.193.0, 192.52.193.255,    192.52.192.255,    192.52.194.0",
    "192.175.48.0, 192.175.48.255,    192.175.47.255,    192.175.49.0",
    "192.88.99.0,  192.88.99.255,     192.88.98.255,     192.88.100.0",
    "192.168.0.0,  192.168.255.255,   192.167.255.255,   192.169.0.0",
    "198.18.0.0,   198.19.255.255,    198.17.255.255,    198.20.0.0",
    "198.51.100.0, 198.51.100.255,    198.51.99.255,     198.51.101.0",
    "203.0.113.0,  203.0.113.255,     203.0.112.255,     203.0.114.0",
    "224.0.0.0,    239.255.255.255,   223.255.255.255,   -",
    "240.0.0.0,    255.255.255.255,   -,                 -",
    "2001::,       2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, 2000:ffff::, 2001:200::",
    "2001:db8::,   2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db7::,  2001:db9::",
    "2620:4f:8000::, 2620:4f:8000:ffff:ffff:ffff:ffff:ffff, 2620:4f:7fff::, 2620:4f:8001::",
    "3fff::,       3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff, 3ffe:ffff::, 3fff:1000::",
    "4000::,       ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff:ffff::, -",
    "::,           64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff,  -,           -",
    "64:ff9b:0:0:0:1::, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, -,     2000::"
  })
  void isPublic_endsWithTheBlock(String first, String last, String before, String after)
      throws UnknownHostException {
    assertThat(isPublic(first)).as(first).isFalse();
    assertThat(isPublic(last)).as(last).isFalse();
    assertThat(before.equals("-") || isPublic(before)).as(before).isTrue();
    assertThat(after.equals("-") || isPublic(after)).as(after).isTrue();
  }

  /**
   * Every row of the two registries of special-purpose addresses, IPv4 and IPv6, and the multicast
   * and retired blocks that are in none of them. The exceptions are the two that stand for a public
   * IPv4 address: the well-known NAT64 prefix and 6to4, in {@link
   * #isPublic_ofAnEmbeddedAddressIsThatOfTheAddress}.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/8",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.0.0/29",
        "192.0.0.8/32",
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.0.0.170/32",
        "192.0.0.171/32",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.88.99.2/32",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "255.255.255.255/32",
        "::1/128",
        "::/128",
        "::ffff:0:0/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:30::/28",
        "2001:db8::/32",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8"
      })
  void isPublic_isFalseForEveryRowOfTheRegistries(String block) {
    int slash = block.indexOf('/');
    Gen.forAll(
        100,
        gen -> {
          try {
            InetAddress address = InetAddress.getByName(block.substring(0, slash));
            byte[] bytes = address.getAddress();
            boolean mapped = block.startsWith("::ffff:0:0/"); // the JDK reads it as 0.0.0.0
            int bits = mapped ? 0 : Integer.parseInt(block.substring(slash + 1));
            byte[] any = gen.bytes(bytes.length);
            for (int i = 0; i < 8 * bytes.length; i++) {
              int bit = 0x80 >>> (i % 8);
              int from = i < bits ? bytes[i / 8] : any[i / 8];
              bytes[i / 8] = (byte) ((bytes[i / 8] & ~bit) | (from & bit));
            }
            InetAddress inBlock = mapped ? mapped(bytes) : InetAddress.getByAddress(bytes);
            assertThat(AddressRanges.isPublic(inBlock)).as("%s of %s", inBlock, block).isFalse();
          } catch (UnknownHostException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** An IPv4-mapped address in the one way in which the JDK lets it be, in sixteen bytes. */
  private static InetAddress mapped(byte[] v4) throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    System.arraycopy(v4, 0, bytes, 12, 4);
    InetAddress address = Inet6Address.getByAddress(null, bytes, -1);
    assertThat(address.getAddress()).hasSize(16);
    return address;
  }

  // A form that carries an address must not be a way around what is said of the address.
  @Test
  void isPublic_ofAnEmbeddedAddressIsThatOfTheAddress() {
    Gen.forAll(
        5_000,
        gen -> {
          InetAddress address = anyAddress(gen);
          if (!(address instanceof Inet4Address)) {
            return;
          }
          boolean isPublic = AddressRanges.isPublic(address);
          byte[] v4 = address.getAddress();
          assertThat(isPublicEmbedded(v4, 12, 0x00, 0x64, 0xff, 0x9b)).isEqualTo(isPublic); // NAT64
          assertThat(isPublicEmbedded(v4, 2, 0x20, 0x02)).isEqualTo(isPublic); // 6to4
          // Translators of one's own, Teredo (server, and client upside down), IPv4-compatible.
          assertThat(isPublicEmbedded(v4, 12, 0x00, 0x64, 0xff, 0x9b, 0, 1)).isFalse();
          assertThat(isPublicEmbedded(v4, 4, 0x20, 0x01, 0, 0)).isFalse();
          byte[] inverted = {(byte) ~v4[0], (byte) ~v4[1], (byte) ~v4[2], (byte) ~v4[3]};
          assertThat(isPublicEmbedded(inverted, 12, 0x20, 0x01, 0, 0)).isFalse();
          assertThat(isPublicEmbedded(v4, 12)).isFalse();
        });
  }

  private static boolean isPublicEmbedded(byte[] v4, int at, int... prefix) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < prefix.length; i++) {
      bytes[i] = (byte) prefix[i];
    }
    System.arraycopy(v4, 0, bytes, at, 4);
    try {
      return AddressRanges.isPublic(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "169.254.169.254", // metadata of clouds
        "100.100.100.200", // the same, elsewhere
        "192.0.0.192", // the same, elsewhere
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1", // IPv4-compatible
        "::ffff:127.0.0.1", // IPv4-mapped
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1", // translated
        "64:ff9b::10.0.0.1", // NAT64
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::8.8.8.8", // NAT64 of a local network
        "100::1", // discard
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
        "2001:20::1", // ORCHID
        "2002:7f00:1::", // 6to4 of 127.0.0.1
        "2002:a00:1::1", // of 10.0.0.1
        "2002:a9fe:a9fe::", // of 169.254.169.254
        "5f00::1", // segment routing
        "fc00::1", // unique local
        "fd00:ec2::254", // metadata again
        "fe80::1", // link-local
        "fec0::1", // site-local
        "ff02::1" // multicast
      })
  void isPublic_isFalseForPlacesInside(String address) throws UnknownHostException {
    assertThat(isPublic(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "::ffff:8.8.8.8",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2400:cb00::1",
        "64:ff9b::8.8.8.8", // how a network without IPv4 reaches a public server
        "2002:808:808::1"
      })
  void isPublic_isTrueForServers(String address) throws UnknownHostException {
    assertThat(isPublic(address)).isTrue();
  }

  // The JDK knows some of the ranges on its own; where it says no, we may not say yes.
  @Test
  void isPublic_agreesWithTheJdk() {
    Gen.forAll(
        20_000,
        gen -> {
          InetAddress address = anyAddress(gen);
          boolean special =
              address.isAnyLocalAddress()
                  || address.isLoopbackAddress()
                  || address.isLinkLocalAddress()
                  || address.isSiteLocalAddress()
                  || address.isMulticastAddress();
          assertThat(special && AddressRanges.isPublic(address)).as(address.toString()).isFalse();
        });
  }

  private static InetAddress anyAddress(Gen gen) {
    byte[] bytes = gen.bytes(gen.oneIn(2) ? 4 : 16);
    if (gen.oneIn(2)) {
      bytes[0] = (byte) (int) gen.oneOf(0, 10, 127, 169, 172, 192, 224, 0xfe, 0xff, 0x20);
      bytes[1] = (byte) (int) gen.oneOf(0, 16, 31, 168, 254, 0x80, 0xc0);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  // What the class comment relies on.
  @Test
  void mappedAddresses_areIpv4ToTheJdk() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[12] = 127;
    mapped[15] = 1;

    assertThat(InetAddress.getByAddress(mapped)).isInstanceOf(Inet4Address.class);
    assertThat(InetAddress.getByName("::ffff:127.0.0.1")).isInstanceOf(Inet4Address.class);
  }

  private static boolean isPublic(String address) throws UnknownHostException {
    return AddressRanges.isPublic(InetAddress.getByName(address));
  }
}
