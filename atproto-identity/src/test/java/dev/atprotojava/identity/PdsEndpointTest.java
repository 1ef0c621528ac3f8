// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.atprotojava.identity.IdentityException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A relay compares the endpoint with the host that sends. Two spellings that are not the same value
 * drop an account's commits; two hosts that are let anyone speak for it (T-45).
 */
class PdsEndpointTest {
  @ParameterizedTest
  @CsvSource({
    "https://pds.example.com,         https://pds.example.com,      pds.example.com, 443,  true",
    "https://PDS.Example.com:443/,    https://pds.example.com,      pds.example.com, 443,  true",
    "https://pds.example.com:8443,    https://pds.example.com:8443, pds.example.com, 8443, true",
    "https://pds.example.com:80,      https://pds.example.com:80,   pds.example.com, 80,   true",
    "http://localhost:2583,           http://localhost:2583,        localhost,       2583, false",
    "http://localhost:80/,            http://localhost,             localhost,       80,   false",
    "http://localhost:443,            http://localhost:443,         localhost,       443,  false",
    "http://[::1]:2583/,              http://[::1]:2583,            [::1],           2583, false",
    "http://[::1],                    http://[::1],                 [::1],           80,   false",
    "http://10.0.0.1:1,               http://10.0.0.1:1,            10.0.0.1,        1,    false"
  })
  void parse_normalises(String text, String origin, String host, int port, boolean secure) {
    PdsEndpoint endpoint = PdsEndpoint.parse(text, AddressPolicy.dev());

    assertThat(endpoint).hasToString(origin);
    assertThat(endpoint.uri()).hasToString(origin);
    assertThat(endpoint.host()).isEqualTo(host);
    assertThat(endpoint.port()).isEqualTo(port);
    assertThat(endpoint.isSecure()).isEqualTo(secure);
    assertThat(endpoint.authority()).isEqualTo(origin.substring(origin.indexOf("//") + 2));
    assertThat(PdsEndpoint.parse(origin, AddressPolicy.dev())).isEqualTo(endpoint);
  }

  @Test
  void hasAuthority_isEqualityAndNotAPrefix() {
    PdsEndpoint endpoint = PdsEndpoint.parse("http://localhost:2583", AddressPolicy.dev());

    assertThat(endpoint.hasAuthority("localhost:2583")).isTrue();
    assertThat(endpoint.hasAuthority("localhost:258")).isFalse();
    assertThat(endpoint.hasAuthority("localhost:25831")).isFalse();
    assertThat(endpoint.hasAuthority("localhost")).isFalse();
    assertThat(endpoint.hasAuthority("ocalhost:2583")).isFalse();
    assertThat(endpoint.hasAuthority("LOCALHOST:2583")).isFalse();
  }

  @Test
  void equals_tellsSchemeHostAndPortApart() {
    assertThat(dev("https://a.com"))
        .isEqualTo(dev("https://A.com/"))
        .hasSameHashCodeAs(dev("https://A.com/"))
        .isNotEqualTo(dev("http://a.com"))
        .isNotEqualTo(dev("https://b.com"))
        .isNotEqualTo(dev("https://a.com:444"));
  }

  private static PdsEndpoint dev(String text) {
    return PdsEndpoint.parse(text, AddressPolicy.dev());
  }

  @ParameterizedTest
  @CsvSource({
    "http://[::1",
    "http://::1",
    "http://[::1]x",
    "http://[::1]:",
    "http://[]",
    "http://a b",
    "http://a]",
    "http://[a]:80:80"
  })
  void parse_refusesWhatIsNoHostEvenInDevelopment(String text) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PdsEndpoint.parse(text, AddressPolicy.dev()))
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.ENDPOINT));
  }

  @Test
  void parse_refusesWhatIsTooLong() {
    String host = "a.".repeat(120) + "com";

    assertThat(PdsEndpoint.find("https://" + host, AddressPolicy.publicOnly())).isNotNull();
    assertThat(PdsEndpoint.find("https://" + host + "a".repeat(300), AddressPolicy.dev())).isNull();
  }

  /** Valid by its letters, but it decodes to nothing, and nobody could connect to it. */
  @Test
  void parse_refusesAHostWithoutAUrl() {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(
            () -> PdsEndpoint.parse("https://xn--0.example.com", AddressPolicy.publicOnly()));
    assertThat(PdsEndpoint.parse("https://xn--bcher-kva.example.com", AddressPolicy.publicOnly()))
        .hasToString("https://xn--bcher-kva.example.com");
  }
}
