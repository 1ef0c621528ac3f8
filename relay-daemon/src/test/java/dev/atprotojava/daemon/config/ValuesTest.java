// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of values: one that is read as another than the operator meant is worse than none. */
class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "72h, PT72H",
    "1h30m, PT1H30M",
    "1.5h, PT1H30M",
    "90s, PT1M30S",
    "100ms, PT0.1S",
    "1us, PT0.000001S",
    "1h0m0s, PT1H"
  })
  void goDuration_parse(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3d", "72", "h", "1 h", "-1h", "1h-1m", ".5h", "1h 1m", "999999999h"})
  void goDuration_refuses(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "123, 123",
    "123B, 123",
    "1kB, 1000",
    "1KiB, 1024",
    "64 MiB, 67108864",
    "200GB, 200000000000",
    "2TiB, 2199023255552"
  })
  void byteSize_parse(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "B", "1M", "1 G", "-1", "1.5GB", "1GBs", "99999999TiB", "1mb"})
  void byteSize_refuses(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "':2470', 0.0.0.0:2470",
    "localhost:0, localhost:0",
    "127.0.0.1:65535, 127.0.0.1:65535",
    "'[::1]:2470', '[::1]:2470'"
  })
  void listenAddress_parse(String text, String shown) {
    assertThat(ListenAddress.parse(text)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.1.2.3/15, 10.0.0.0, true",
    "10.1.2.3/15, 10.2.0.0, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::ffff:10.0.0.1, 10.0.0.1, true",
    "0.0.0.0/0, ::1, false"
  })
  void addressRange_contains(String range, String address, boolean expected) {
    assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(expected);
  }

  /** To look a name up at the start would trust whatever it says that day. */
  @Test
  void addressRange_takesNoNames() {
    assertThatThrownBy(() -> AddressRange.parse("localhost"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
