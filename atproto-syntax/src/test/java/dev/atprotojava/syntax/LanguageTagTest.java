// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link LexiconFormatTest} has what is a tag; here is what one says. */
class LanguageTagTest {
  // SY-22: kept as it is; two spellings are two tags.
  @ParameterizedTest
  @CsvSource({"ja, ja", "pt-BR, pt", "zh-Hant-TW, zh", "i-klingon, i", "X-fr-CH, X", "ban, ban"})
  void parse_keepsTheTag(String text, String primary) {
    LanguageTag tag = LanguageTag.parse(text);
    assertThat(tag).hasToString(text).isEqualTo(LanguageTag.parse(text));
    assertThat(tag).hasSameHashCodeAs(LanguageTag.parse(text));
    assertThat(tag).isNotEqualTo(LanguageTag.parse("de"));
    assertThat(tag.primary()).isEqualTo(primary);
    assertThat(LanguageTag.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', EMPTY_PART, 0",
    "JA, CHARACTER, 0",
    "ja-, EMPTY_PART, 3",
    "en_GB, CHARACTER, 0",
    "en-GB-GB, CHARACTER, 6",
    "en-a, TOO_SHORT, 4",
    "x, TOO_SHORT, 1",
    "zh-aaa-bbb-ccc-ddd, CHARACTER, 15",
    "de-DE-1901-1901, VALUE, 11",
    "en-a-foo-A-bar, VALUE, 9",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> LanguageTag.parse(text));
    assertThat(LanguageTag.isValid(text)).isFalse();
  }

  @Test
  void parse_limitsTheLength() {
    String longest = "x" + "-abcdefgh".repeat(13) + "-abcdefg-a";
    assertThat(LanguageTag.parse(longest).toString()).hasSize(LanguageTag.MAX_LENGTH);
    assertRefused(Rule.TOO_LONG, 128, () -> LanguageTag.parse(longest + "b"));
  }
}
