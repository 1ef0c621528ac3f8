// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtDatetimeTest {
  // SY-17 to SY-19: the text stays, whatever its precision and zone; the moment is right.
  @ParameterizedTest
  @CsvSource({
    "1985-04-12T23:20:50.123Z, 1985-04-12T23:20:50.123Z",
    "1985-04-12T23:20:50Z, 1985-04-12T23:20:50Z",
    "1985-04-12T23:20:50.1Z, 1985-04-12T23:20:50.100Z",
    "1985-04-12T23:20:50.123456789012Z, 1985-04-12T23:20:50.123456789Z",
    "1985-04-12T23:20:50.0000000000000000000000000000000000000000000Z, 1985-04-12T23:20:50Z",
    "1985-04-12T23:20:50.123-07:00, 1985-04-13T06:20:50.123Z",
    "1985-04-12T23:20:50.123+01:45, 1985-04-12T21:35:50.123Z",
    "1985-04-12T23:20:50+00:00, 1985-04-12T23:20:50Z",
    // java.time knows no zone beyond 18 hours
    "1985-04-12T23:20:50+23:59, 1985-04-11T23:21:50Z",
    "1985-04-12T23:20:50-23:59, 1985-04-13T23:19:50Z",
    "0000-01-01T00:00:00.000Z, 0000-01-01T00:00:00Z",
    "0000-01-01T00:00:00-01:00, 0000-01-01T01:00:00Z",
    "0000-01-01T01:00:00+01:00, 0000-01-01T00:00:00Z",
    "0000-01-02T00:00:00+01:00, 0000-01-01T23:00:00Z",
    "0000-02-01T00:00:00+01:00, 0000-01-31T23:00:00Z",
    "0000-02-29T00:00:00Z, 0000-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    // SY-18: a leap second is kept in the text, and shown as the second before it
    "2016-12-31T23:59:60.5Z, 2016-12-31T23:59:59.500Z",
    "9999-12-31T23:59:59-23:59, +10000-01-01T23:58:59Z",
  })
  void parse_keepsTheTextAndKnowsTheMoment(String text, Instant moment) {
    assertThat(AtDatetime.parse(text)).hasToString(text);
    assertThat(AtDatetime.parse(text).instant()).isEqualTo(moment);
    assertThat(Framed.of(text).decode(AtDatetime::decode)).isEqualTo(AtDatetime.parse(text));
    assertThat(AtDatetime.isValid(text)).isTrue();
    assertThat(Framed.of(text).is(AtDatetime::isValid)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "1985-04-12, TOO_SHORT, 10",
    "1985-04-12T23:20:50, TOO_SHORT, 19",
    "1985-04-12T23:20:50., TOO_SHORT, 20",
    "1985-04-12T23:20:50.1, TOO_SHORT, 21",
    "1985-04-12T23:20:50.Z, CHARACTER, 20",
    "1985-04-12t23:20:50Z, CHARACTER, 10",
    "1985-04-12 23:20:50Z, CHARACTER, 10",
    "1985-04-12T23:20:50z, CHARACTER, 19",
    "1985-04-12T23:20:50x1Z, CHARACTER, 19",
    "1985-04-12T23:20:50ZZ, CHARACTER, 20",
    "'1985-04-12T23:20:50Z\n', CHARACTER, 20",
    "1985-04-12T23:20Z, CHARACTER, 16",
    "-985-04-12T23:20:50Z, CHARACTER, 0",
    "198\u0665-04-12T23:20:50Z, CHARACTER, 3",
    "1985-04-12T23:20:50+, TOO_SHORT, 20",
    "1985-04-12T23:20:50+00, TOO_SHORT, 22",
    "1985-04-12T23:20:50+0000, CHARACTER, 22",
    "1985-04-12T23:20:50+00:000, CHARACTER, 25",
    "1985-04-12T23:20:50+24:00, VALUE, 20",
    "1985-04-12T23:20:50+00:60, VALUE, 23",
    "1985-04-12T23:20:50-00:00, VALUE, 19",
    "1985-00-12T23:20:50Z, VALUE, 5",
    "1985-13-12T23:20:50Z, VALUE, 5",
    "1985-04-00T23:20:50Z, VALUE, 8",
    "1985-04-31T23:20:50Z, VALUE, 8",
    "1985-02-29T23:20:50Z, VALUE, 8",
    "1900-02-29T23:20:50Z, VALUE, 8",
    "1985-04-12T24:00:00Z, VALUE, 11",
    "1985-04-12T23:60:50Z, VALUE, 14",
    "1985-04-12T23:20:61Z, VALUE, 17",
    // SY-18: before the year 0
    "0000-01-01T00:00:00+01:00, VALUE, 19",
    "0000-01-01T00:59:59.9+01:00, VALUE, 21",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> AtDatetime.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(AtDatetime::decode));
    assertThat(AtDatetime.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(AtDatetime::isValid)).isFalse();
  }

  @Test
  void parse_limitsTheLength() {
    String longest = "1985-04-12T23:20:50." + "1".repeat(43) + "Z";
    assertThat(AtDatetime.parse(longest).toString()).hasSize(64);
    assertRefused(Rule.TOO_LONG, 64, () -> AtDatetime.parse(longest.replace("Z", "1Z")));
  }

  // SY-20: consumers of other languages parse our time fields by this exact shape.
  @ParameterizedTest
  @CsvSource({
    "2024-01-02T03:04:05.006Z, 2024-01-02T03:04:05.006Z",
    "2024-01-02T03:04:05Z, 2024-01-02T03:04:05.000Z",
    "2024-01-02T03:04:05.006999999Z, 2024-01-02T03:04:05.006Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999Z",
  })
  void format_isCanonical(Instant moment, String text) {
    assertThat(AtDatetime.format(moment)).isEqualTo(text);
    assertThat(AtDatetime.of(moment)).isEqualTo(AtDatetime.parse(text));
  }

  @Test
  void format_refusesYearsOfOtherLengths() {
    assertThatThrownBy(() -> AtDatetime.format(Instant.parse("+10000-01-01T00:00:00Z")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AtDatetime.format(Instant.parse("-0001-12-31T23:59:59.999Z")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // SY-19: one moment, two records.
  @Test
  void equals_isThatOfTheText() {
    assertThat(AtDatetime.parse("2024-01-02T03:04:05Z"))
        .isEqualTo(AtDatetime.parse("2024-01-02T03:04:05Z"))
        .hasSameHashCodeAs(AtDatetime.parse("2024-01-02T03:04:05Z"))
        .isNotEqualTo(AtDatetime.parse("2024-01-02T03:04:05.0Z"));
  }
}
