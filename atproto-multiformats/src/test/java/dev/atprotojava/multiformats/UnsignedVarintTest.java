// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.testing.Gen;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnsignedVarintTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f",
  })
  void encode_knownValues(long value, String hex) {
    assertThat(UnsignedVarint.encode(value)).isEqualTo(HexFormat.of().parseHex(hex));
    assertThat(UnsignedVarint.length(value)).isEqualTo(hex.length() / 2);
  }

  @Test
  void decode_undoesEncode() {
    Gen.forAll(
        500,
        gen -> {
          long value = gen.anyMagnitude() & Long.MAX_VALUE;
          byte[] padded = new byte[20];
          int end = UnsignedVarint.encode(value, padded, 3);
          assertThat(UnsignedVarint.decode(padded, 3, end)).isEqualTo(value);
          assertThat(end - 3).isEqualTo(UnsignedVarint.length(value));
        });
  }

  // CAR-02, T-12: a second form of a number would let one block have two encodings.
  @ParameterizedTest
  @CsvSource({
    "8000, shortest",
    "ff8000, shortest",
    "'', cut off",
    "80, cut off",
    "8080808080808080808001, longer than 9",
    "ffffffffffffffffff01, longer than 9",
  })
  void decode_refuses(String hex, String reason) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> UnsignedVarint.decode(bytes, 0, bytes.length))
        .isInstanceOf(MultiformatException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void encode_refusesNegative() {
    assertThatThrownBy(() -> UnsignedVarint.encode(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UnsignedVarint.encode(-1, new byte[20], 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UnsignedVarint.length(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
