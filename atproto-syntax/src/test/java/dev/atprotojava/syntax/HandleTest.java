// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandleTest {
  // SY-03, SY-04; reserved names pass, the syntax does not know them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.cn",
        "a.co",
        "name.t--t",
        "xn--ls8h.test",
        "laptop.local",
        "handle.invalid",
        "John.Example.Com",
        "a-b.c-d.e-f",
      })
  void parse_keepsTheText(String text) {
    assertThat(Handle.parse(text)).hasToString(text);
    assertThat(Framed.of(text).decode(Handle::decode)).isEqualTo(Handle.parse(text));
    assertThat(Handle.isValid(text)).isTrue();
    assertThat(Framed.of(text).is(Handle::isValid)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "com, FEW_PARTS, 3",
    "john.test., TOO_SHORT, 10",
    ".john.test, EMPTY_PART, 0",
    "john..test, EMPTY_PART, 5",
    "john.0, CHARACTER, 5",
    "cn.8, CHARACTER, 3",
    "127.0.0.1, CHARACTER, 8",
    "-john.test, CHARACTER, 0",
    "john-.test, CHARACTER, 4",
    "john.test-, CHARACTER, 9",
    "jo_hn.test, CHARACTER, 2",
    "@john.test, CHARACTER, 0",
    "'john.test\n', CHARACTER, 9",
    "john.te\u017ft, CHARACTER, 7",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> Handle.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(Handle::decode));
    assertThat(Handle.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(Handle::isValid)).isFalse();
  }

  @Test
  void parse_limitsLabelsAndLength() {
    String label = "a".repeat(63);
    assertThat(Handle.isValid(label + "." + label)).isTrue();
    assertRefused(Rule.LONG_PART, 0, () -> Handle.parse(label + "a.com"));
    assertRefused(Rule.LONG_PART, 4, () -> Handle.parse("com." + label + "a"));
    String longest = (label + ".").repeat(3) + "a".repeat(61);
    assertThat(Handle.parse(longest).toString()).hasSize(Handle.MAX_LENGTH);
    assertRefused(Rule.TOO_LONG, 253, () -> Handle.parse(longest + "a"));
  }

  @Test
  void normalized_isLowerCase() {
    Handle handle = Handle.parse("John.Example.COM");
    assertThat(handle.isNormalized()).isFalse();
    assertThat(handle.normalized()).isEqualTo(Handle.parse("john.example.com"));
    assertThat(handle.normalized().isNormalized()).isTrue();
    assertThat(handle).isNotEqualTo(handle.normalized());
  }

  @Test
  void invalid_isAValueAndNotAnError() {
    assertThat(Handle.parse("handle.invalid")).isEqualTo(Handle.INVALID);
  }

  // SY-05: a DID that is broken must not be looked up as a handle, nor the other way round.
  @Test
  void atIdentifier_decidesByThePrefixAlone() {
    assertThat(AtIdentifier.parse("did:plc:abc")).isEqualTo(Did.parse("did:plc:abc"));
    assertThat(AtIdentifier.parse("did.example.com")).isEqualTo(Handle.parse("did.example.com"));
    assertThat(AtIdentifier.isValid("did:plc:abc")).isTrue();
    assertThat(AtIdentifier.isValid("did.example.com")).isTrue();
    assertThat(AtIdentifier.isValid("did")).isFalse();
    assertRefused(Rule.CHARACTER, 7, () -> AtIdentifier.parse("did:plc/abc"));
    assertRefused(Rule.CHARACTER, 3, () -> AtIdentifier.parse("DID:plc:abc"));
  }
}
