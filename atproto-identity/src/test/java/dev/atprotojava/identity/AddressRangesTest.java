// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.net.Inet4Address;
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
    "192.88.99.0,  192.88.99.255,     192.88.98.255,     192.88.100.0",
    "192.168.0.0,  192.168.255.255,   192.167.255.255,   192.169.0.0",
    "198.18.0.0,   198.19.255.255,    198.17.255.255,    198.20.0.0",
    "198.51.100.0, 198.51.100.255,    198.51.99.255,     198.51.101.0",
    "203.0.113.0,  203.0.113.255,     203.0.112.255,     203.0.114.0",
    "224.0.0.0,    239.255.255.255,   223.255.255.255,   -",
    "240.0.0.0,    255.255.255.255,   -,                 -",
    "2001::,       2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, 2000:ffff::, 2001:200::",
    "2001:db8::,   2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db7::,  2001:db9::",
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
