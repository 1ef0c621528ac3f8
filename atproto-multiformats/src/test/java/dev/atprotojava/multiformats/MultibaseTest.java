// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultibaseTest {
  // RFC 4648 section 10, lower case and without padding.
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "f, my",
    "fo, mzxq",
    "foo, mzxw6",
    "foob, mzxw6yq",
    "fooba, mzxw6ytb",
    "foobar, mzxw6ytboi",
  })
  void base32_rfc4648(String plain, String text) {
    byte[] bytes = plain.getBytes(StandardCharsets.US_ASCII);
    assertThat(Base32.encode(bytes)).isEqualTo(text);
    assertThat(Base32.decode(text)).isEqualTo(bytes);
  }

  // From the Bitcoin base58 tests and the multibase specification.
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "61, 2g",
    "626262, a3gV",
    "00, 1",
    "0000287fb4cd, 11233QC4",
    "516b6fcd0f, ABnLTmg",
    "10c8511e, Rt5zm",
    "00000000000000000000, 1111111111",
  })
  void base58btc_knownValues(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Base58Btc.encode(bytes)).isEqualTo(text);
    assertThat(Base58Btc.decode(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource(Multibase.class)
  void decode_undoesEncode(Multibase base) {
    Gen.forAll(
        500,
        gen -> {
          byte[] bytes = gen.bytes();
          if (gen.oneIn(4)) {
            java.util.Arrays.fill(bytes, 0, bytes.length / 2, (byte) 0);
          }
          String text = base.encode(bytes);
          assertThat(text.charAt(0)).isEqualTo(base.prefix());
          assertThat(base.decode(text)).isEqualTo(bytes);
        });
  }

  // CID-05: parse-then-print must be the identity, so every other spelling is refused.
  @Test
  void base32_acceptsOnlyWhatItPrints() {
    Gen.forAll(
        2000,
        gen -> {
          String text = gen.text("abcyz2345670189A=", gen.nextInt(6));
          try {
            assertThat(Base32.encode(Base32.decode(text))).isEqualTo(text);
          } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching(".*(character|bits).*");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MZXW6",
        "bMZXW6",
        "bmzxw6===",
        "bm",
        "bmzz",
        "bmy\u0663",
        "bmy\u0080",
        "zabc"
      })
  void base32_refuses(String text) {
    assertThatThrownBy(() -> Multibase.BASE32.decode(text))
        .isInstanceOf(MultiformatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2g", "z0", "zO", "zI", "zl", "z2g ", "b2g", "z\u00e9", "z\u0080"})
  void base58btc_refuses(String text) {
    assertThatThrownBy(() -> Multibase.BASE58BTC.decode(text))
        .isInstanceOf(MultiformatException.class);
  }

  // Quadratic time: a document with a megabyte of base58 must not cost minutes.
  @Test
  void base58btc_refusesLongInput() {
    byte[] longest = new byte[Base58Btc.MAX_LENGTH];
    assertThat(Base58Btc.decode(Base58Btc.encode(longest))).isEqualTo(longest);
    assertThatThrownBy(() -> Base58Btc.decode("2".repeat(Base58Btc.MAX_LENGTH + 1)))
        .isInstanceOf(MultiformatException.class);
    assertThatThrownBy(() -> Base58Btc.encode(new byte[Base58Btc.MAX_LENGTH + 1]))
        .isInstanceOf(MultiformatException.class);
  }
}
