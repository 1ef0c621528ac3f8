// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SY-23: a name that slips through here is dialled. */
class HostnameTest {
  @Test
  void parse_turnsToLowerCase() {
    Hostname host = Hostname.parse("PDS.Example.COM");
    assertThat(host).hasToString("pds.example.com").isEqualTo(Hostname.parse("pds.example.com"));
    assertThat(host.name()).isEqualTo("pds.example.com");
    assertThat(host.port()).isEmpty();
    assertThat(host.isLocalhost()).isFalse();
    assertThat(Hostname.isValid("xn--bcher-kva.example.com")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "example.alt, 8",
    "1.0.0.127.in-addr.arpa, 18",
    "pds.example, 4",
    "metadata.google.internal, 16",
    "handle.invalid, 7",
    "printer.local, 8",
    "a.localhost, 2",
    "abc.onion, 4",
    "PDS.LOCAL, 4",
  })
  void parse_refusesReservedNamesEverywhere(String text, int index) {
    assertRefused(Rule.RESERVED, index, () -> Hostname.parse(text));
    assertRefused(Rule.RESERVED, index, () -> Hostname.parseLocal(text));
    assertThat(Hostname.isValid(text)).isFalse();
    assertThat(Hostname.isValidLocal(text)).isFalse();
  }

  // An operator reads why a host was refused.
  @ParameterizedTest
  @CsvSource({"com, FEW_PARTS, 3", "example.com/, CHARACTER, 11", "a..com, EMPTY_PART, 2"})
  void parse_saysWhatIsWrongWithAName(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> Hostname.parse(text));
    assertRefused(rule, index, () -> Hostname.parseLocal(text));
  }

  // RL-52
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "com",
        "127.0.0.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.0x1",
        "[::1]",
        "::1",
        "example.com:443",
        "https://example.com",
        "example.com/",
        "user@example.com",
        "example.com.",
        "b\u00fccher.example.com",
        "exa\u212ample.com",
        " example.com",
        "example.com\n",
        "localhost:0",
        "localhost:080",
        "localhost:65536",
        "localhost:999999",
        "localhost:4294967297",
        "localhost:",
        "localhost:80x",
        "localhost:+80",
        "localhost:\u0668\u0660",
        "localhost/80",
        ",ocalhost",
        "localhosts",
        "localhost.",
        "localho\u017ft",
        "localho\u017ft:80",
        "127.0.0.1:80",
      })
  void parse_refusesWhatIsNoName(String text) {
    assertThat(Hostname.isValid(text)).isFalse();
    assertThat(Hostname.isValidLocal(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:2583", "localhost:1", "localhost:65535", "pds.test"})
  void parse_refusesLocalNamesUnlessAllowed(String text) {
    assertThat(Hostname.isValid(text)).isFalse();
    assertThat(Hostname.isValidLocal(text)).isTrue();
  }

  @Test
  void parseLocal_knowsThePort() {
    Hostname host = Hostname.parseLocal("LocalHost:2583");
    assertThat(host).hasToString("localhost:2583");
    assertThat(host.name()).isEqualTo("localhost");
    assertThat(host.port()).hasValue(2583);
    assertThat(host.isLocalhost()).isTrue();
    assertThat(Hostname.parseLocal("localhost").port()).isEmpty();
    assertThat(Hostname.parseLocal("localhost")).isNotEqualTo(host);
    assertThat(Hostname.parseLocal("pds.example.com")).isEqualTo(Hostname.parse("pds.example.com"));
  }
}
