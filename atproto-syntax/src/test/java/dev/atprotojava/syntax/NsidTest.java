// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NsidTest {
  // SY-06, SY-07
  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.bsky.feed.post",
        "a.b.c",
        "cn.8.lex.stuff",
        "a-0.b-1.c",
        "one.2.three",
        "com.example.fooBarV2",
        "One.Two.Three",
      })
  void parse_keepsTheText(String text) {
    assertThat(Nsid.parse(text)).hasToString(text);
    assertThat(Framed.of(text).decode(Nsid::decode)).isEqualTo(Nsid.parse(text));
    assertThat(Nsid.isValid(text)).isTrue();
    assertThat(Framed.of(text).is(Nsid::isValid)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "com.example, FEW_PARTS, 11",
    "com.example., TOO_SHORT, 12",
    "com..foo, EMPTY_PART, 4",
    "com.example.3, CHARACTER, 12",
    "com.example.foo-bar, CHARACTER, 15",
    "com.example.foo-, CHARACTER, 15",
    "com.example-.foo, CHARACTER, 11",
    "com.-example.foo, CHARACTER, 4",
    "1com.example.foo, CHARACTER, 0",
    "com.example.foo_bar, CHARACTER, 15",
    "com.example.*, CHARACTER, 12",
    "com.example.foo/, CHARACTER, 15",
    "com.exa\ud83d\udca9ple.thing, CHARACTER, 7",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> Nsid.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(Nsid::decode));
    assertThat(Nsid.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(Nsid::isValid)).isFalse();
  }

  // Two collections that are taken for one would mix their records.
  @Test
  void equals_isThatOfTheText() {
    Nsid nsid = Nsid.parse("com.example.foo");
    assertThat(nsid)
        .isEqualTo(Nsid.parse("com.example.foo"))
        .hasSameHashCodeAs(Nsid.parse("com.example.foo"))
        .isNotEqualTo(Nsid.parse("com.example.fop"))
        .isNotEqualTo("com.example.foo");
  }

  // SY-06: limits that the grammar alone does not have.
  @Test
  void parse_limitsNameAuthorityAndLength() {
    String label = "a".repeat(63);
    String authority = (label + ".").repeat(3) + "a".repeat(61);
    assertThat(Nsid.parse(authority + "." + label).toString()).hasSize(Nsid.MAX_LENGTH);
    assertRefused(Rule.TOO_LONG, 317, () -> Nsid.parse(authority + "." + label + "a"));
    assertRefused(Rule.TOO_LONG, 253, () -> Nsid.parse(authority + "a.name"));
    assertRefused(Rule.LONG_PART, 4, () -> Nsid.parse("a.b." + label + "a"));
    assertRefused(Rule.LONG_PART, 2, () -> Nsid.parse("a." + label + "a.b"));
  }

  @Test
  void parts_areAuthorityAndName() {
    assertThat(Nsid.parse("app.bsky.feed.post").authority()).isEqualTo("app.bsky.feed");
    assertThat(Nsid.parse("app.bsky.feed.post").name()).isEqualTo("post");
  }

  // SY-07: lowering the name too would make one Lexicon of two.
  @Test
  void normalized_leavesTheName() {
    Nsid nsid = Nsid.parse("Com.Example.fooBar");
    assertThat(nsid.isNormalized()).isFalse();
    assertThat(nsid.normalized()).isEqualTo(Nsid.parse("com.example.fooBar"));
    assertThat(nsid.normalized().isNormalized()).isTrue();
  }
}
