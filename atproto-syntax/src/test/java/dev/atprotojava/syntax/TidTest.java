// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import dev.atprotojava.testing.Gen;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TidTest {
  // SY-11
  @Test
  void parse_goldenValues() {
    Tid tid = Tid.parse("3jzfcijpj2z2a");
    assertThat(tid.value()).isEqualTo(1728652679052295174L);
    assertThat(tid.instant()).isEqualTo(Instant.parse("2023-06-30T15:03:01.887007Z"));
    assertThat(tid.clockId()).isEqualTo(6);
    assertThat(tid).hasToString("3jzfcijpj2z2a").isEqualTo(Tid.of(1728652679052295174L));
    assertThat(tid).isEqualTo(Tid.ofMicros(tid.micros(), 6)).hasSameHashCodeAs(Tid.of(tid.value()));
    assertThat(Tid.parse("2222222222222").value()).isZero();
    assertThat(Tid.parse("2222222222223").value()).isOne();
    assertThat(Tid.parse("222222d7n7i22").micros())
        .isEqualTo(Tid.parse("222222d7n7i22").value() >> 10);
  }

  // SY-10: legal syntax, and as a rev too far ahead for SC-57, never a small negative number.
  @Test
  void parse_readsBit63AsUnsigned() {
    assertThat(Tid.parse("c222222222222").value()).isEqualTo(Long.MIN_VALUE);
    assertThat(Tid.parse("jzzzzzzzzzzzz").value()).isEqualTo(-1);
    assertThat(Tid.parse("jzzzzzzzzzzzz").micros()).isEqualTo((1L << 54) - 1);
    assertThat(Tid.parse("jzzzzzzzzzzzz").clockId()).isEqualTo(1023);
    Instant limit = Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofMinutes(5));
    assertThat(Tid.parse("c222222222222").instant()).isAfter(limit);
    assertThat(Tid.parse("c222222222222")).isGreaterThan(Tid.parse("bzzzzzzzzzzzz"));
    byte[] utf8 = "c222222222222".getBytes(US_ASCII);
    assertThat(Tid.isValid(utf8, 0, 13)).isTrue();
    assertThat(Tid.decode(utf8, 0)).isEqualTo(Long.MIN_VALUE);
  }

  // SY-09: the last first character, with nothing behind it that could make up for a wrong bound.
  @Test
  void parse_takesTheWholeFirstDigit() {
    byte[] utf8 = "j222222222222".getBytes(US_ASCII);
    assertThat(Tid.isValid("j222222222222")).isTrue();
    assertThat(Tid.decode(utf8, 0)).isEqualTo(15L << 60);
    assertThat(Tid.parse("j222222222222")).isNotEqualTo(Tid.parse("j222222222223"));
  }

  // SY-09
  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "3jzfcijpj2z2, TOO_SHORT, 12",
    "3jzfcijpj2z2aa, TOO_LONG, 13",
    "3jzf-cij-pj2z-2a, TOO_LONG, 13",
    "3jzfcijpj2z21, CHARACTER, 12",
    "0000000000000, CHARACTER, 0",
    "kjzfcijpj2z2a, CHARACTER, 0",
    "zzzzzzzzzzzzz, CHARACTER, 0",
    "3Jzfcijpj2z2a, CHARACTER, 1",
    "3jzfcijpj2z2\u00e1, CHARACTER, 12",
    "'3jzfcijpj2z2\n', CHARACTER, 12",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> Tid.parse(text));
    assertThat(Tid.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(Tid::isValid)).isFalse();
    if (text.length() == 13) {
      assertRefused(rule, index, () -> Tid.decode(text.getBytes(US_ASCII), 0));
    }
  }

  @Test
  void decode_refusesSlicesOutsideTheArray() {
    assertThatThrownBy(() -> Tid.decode(new byte[12], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Tid.isValid(new byte[12], 0, 13))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void ofMicros_refusesWhatDoesNotFit() {
    assertThat(Tid.ofMicros((1L << 53) - 1, 1023)).isEqualTo(Tid.of(Long.MAX_VALUE));
    assertThatThrownBy(() -> Tid.ofMicros(1L << 53, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tid.ofMicros(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tid.ofMicros(0, 1024)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tid.ofMicros(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  // SY-11: relays compare revs as numbers, others compare the text; they must agree.
  @Test
  void order_isThatOfTheText() {
    Gen.forAll(
        2000,
        gen -> {
          Tid left = Tid.of(gen.anyMagnitude());
          Tid right =
              gen.oneIn(3) ? Tid.of(left.value() + gen.between(-2, 2)) : Tid.of(gen.nextLong());
          assertThat(Integer.signum(left.compareTo(right)))
              .isEqualTo(Integer.signum(left.toString().compareTo(right.toString())));
          assertThat(Tid.parse(left.toString())).isEqualTo(left);
          byte[] frame = gen.bytes(Tid.LENGTH + 4);
          Tid.encode(left.value(), frame, 2);
          assertThat(Tid.isValid(frame, 2, Tid.LENGTH)).isTrue();
          assertThat(Tid.decode(frame, 2)).isEqualTo(left.value());
        });
  }
}
