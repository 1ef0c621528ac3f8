// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexiconFormatTest {
  // Lexicons are JSON: a wrong word would leave a format unchecked.
  @Test
  void key_isTheWordOfTheLexicon() {
    assertThat(Arrays.stream(LexiconFormat.values()).map(LexiconFormat::key))
        .containsExactly(
            "at-identifier",
            "at-uri",
            "cid",
            "datetime",
            "did",
            "handle",
            "language",
            "nsid",
            "record-key",
            "tid",
            "uri");
  }

  @ParameterizedTest
  @CsvSource({
    "AT_IDENTIFIER, user.example.com, at://user.example.com",
    "AT_URI, at://user.example.com, user.example.com",
    "CID, bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm, bafyrei-",
    // SY-16, CID-10: far looser than the CIDs of a repository, but version 0 is out
    "CID, mBcDxtdWx0aWhhc2g+, QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
    "CID, 12345678, 1234567",
    "DATETIME, 2024-01-02T03:04:05Z, 2024-02-30T03:04:05Z",
    "DID, did:m:v, did:M:v",
    "HANDLE, user.example.com, user",
    "LANGUAGE, en-GB, EN-gb",
    "NSID, com.example.foo, com.example.*",
    "RECORD_KEY, pre:fix, pre/fix",
    "TID, 3jzfcijpj2z2a, 3jzfcijpj2z21",
    // SY-21: the reference expression takes no upper case, RFC 3986 does
    "URI, HTTPS://example.com?q, 'https://example.com/a b'",
    "URI, dns:example.com, dns:",
    "URI, a+b-c.d:x, 1a:x",
    "URI, a:?, :a",
    "URI, a:b, 'a:b\n'",
    "URI, 'x-y:~!', 'x_y:~!'",
    "URI, a:b, a:\u00e9",
    "URI, a:b, \u00e9:b",
  })
  void isValid_checksTheFormat(LexiconFormat format, String valid, String invalid) {
    assertThat(format.isValid(valid)).isTrue();
    assertThat(format.isValid(invalid)).isFalse();
  }

  @Test
  void isValid_limitsTheLength() {
    assertThat(LexiconFormat.URI.isValid("a:" + "x".repeat(8190))).isTrue();
    assertThat(LexiconFormat.URI.isValid("a:" + "x".repeat(8191))).isFalse();
    assertThat(LexiconFormat.CID.isValid("b".repeat(256))).isTrue();
    assertThat(LexiconFormat.CID.isValid("b".repeat(257))).isFalse();
    assertThat(LexiconFormat.LANGUAGE.isValid("x" + "-abcdefgh".repeat(14))).isTrue();
    assertThat(LexiconFormat.LANGUAGE.isValid("x" + "-abcdefgh".repeat(15))).isFalse();
  }

  // SY-22
  @ParameterizedTest
  @CsvSource({
    "ja, true",
    "ban, true",
    "zh-cmn-Hans-CN, true",
    "zh-a12-b34, false",
    "hy-Latn-IT-arevela, true",
    "es-419, true",
    "de-CH-1901, true",
    "de-DE-1901-1901, false",
    "en-rozaj-ROZAJ, false",
    "en-a-foo-b-bar, true",
    "en-a-foo-A-bar, false",
    "en-a, false",
    "en-a-x-foo, false",
    "de-X-foo, true",
    "X-fr-CH, true",
    "x, false",
    "x-, false",
    "x-abcdefghi, false",
    "i-default, true",
    "I-default, false",
    "i-other, false",
    "sgn-BE-NL, true",
    "zh-min, true",
    "jaja, false",
    "JA, false",
    "ja-, false",
    "-ja, false",
    "'', false",
    "ja-\u00e9\u00e9, false",
    "en_GB, false",
  })
  void language_isWellFormedAndRepeatsNothing(String tag, boolean valid) {
    assertThat(LexiconFormat.LANGUAGE.isValid(tag)).isEqualTo(valid);
  }

  // RFC 5646 keeps these although its grammar does not make them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux",
        "i-mingo", "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL",
        "sgn-CH-DE"
      })
  void language_knowsTheIrregularTags(String tag) {
    assertThat(LexiconFormat.LANGUAGE.isValid(tag)).isTrue();
    assertThat(LexiconFormat.LANGUAGE.isValid(tag + "-x-y")).isFalse();
  }
}
