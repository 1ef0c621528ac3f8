// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import dev.atprotojava.testing.Gen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FullAtUriTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");

  @Test
  void parse_takesItApart() {
    FullAtUri uri = FullAtUri.parse("at://" + DID + "/com.example.note/1?a=b?c#/text/0");
    assertThat(uri.authority()).isEqualTo(DID);
    assertThat(uri.path()).isEqualTo("/com.example.note/1");
    assertThat(uri.query()).isEqualTo("a=b?c");
    assertThat(uri.fragment()).isEqualTo("/text/0");
    assertThat(uri.target()).isEqualTo(AtUri.parse("at://" + DID + "/com.example.note/1"));
    assertThat(uri.restricted()).isNull();
  }

  // Damage: an empty part that is lost, a question mark in a fragment that begins a query.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "at://did:plc:abc",
        "at://did:plc:abc/",
        "at://did:plc:abc?",
        "at://did:plc:abc#",
        "at://did:plc:abc?#",
        "at://did:plc:abc?a/b?c#d/e?f",
        "at://did:plc:abc#/a?b",
        "at://Bob.example.com/a/b/c/d//e",
        "at://bob.example.com/%e2%82%AC?%20",
        "at://bob.example.com/a@b!$&'()*+,;=:~",
      })
  void toString_undoesParse(String text) {
    FullAtUri uri = FullAtUri.parse(text);
    assertThat(uri).hasToString(text);
    assertThat(new FullAtUri(uri.authority(), uri.path(), uri.query(), uri.fragment()))
        .isEqualTo(uri);
    assertThat(FullAtUri.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', PREFIX, 0",
    "AT://did:plc:abc, PREFIX, 0",
    "at:/did:plc:abc, PREFIX, 4",
    "at://, TOO_SHORT, 5",
    "at:///a, TOO_SHORT, 5",
    "at://user@a.b, CHARACTER, 9",
    "at://a.b:80, CHARACTER, 8",
    "at://did:plc:abc/a b, CHARACTER, 18",
    "at://did:plc:abc/%4, CHARACTER, 17",
    "at://did:plc:abc/%4g, CHARACTER, 17",
    "at://did:plc:abc/[, CHARACTER, 17",
    "at://did:plc:abc?a b, CHARACTER, 18",
    "at://did:plc:abc#a#b, CHARACTER, 18",
    "at://did:plc:abc/\u00e9, CHARACTER, 17",
    "at://did:plc:abc/\u0131, CHARACTER, 17",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> FullAtUri.parse(text));
    assertThat(FullAtUri.isValid(text)).isFalse();
  }

  @Test
  void parse_limitsTheLength() {
    String longest = "at://did:plc:abc#" + "a".repeat(8192 - 17);
    assertThat(FullAtUri.isValid(longest)).isTrue();
    assertRefused(Rule.TOO_LONG, 8192, () -> FullAtUri.parse(longest + "a"));
  }

  @Test
  void constructor_refusesPartsThatMakeNoUri() {
    assertThatThrownBy(() -> new FullAtUri(DID, "a", null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FullAtUri(DID, "/a?b", null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FullAtUri(DID, "", "a#b", null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FullAtUri(DID, "", null, "a b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // SY-14: the restricted form is a part of the full one, and the same in both.
  @Test
  void restricted_isTheOtherForm() {
    Gen.forAll(
        2000,
        gen -> {
          String text =
              "at://"
                  + gen.oneOf("did:plc:abc", "Bob.example.com", "a", "")
                  + gen.oneOf("", "/", "/com.example.note", "/com.example", "/com.example.note/1")
                  + gen.oneOf("", "", "/", "?", "#x");
          AtUri expected = AtUri.isValid(text) ? AtUri.parse(text) : null;
          if (FullAtUri.isValid(text)) {
            assertThat(FullAtUri.parse(text).restricted()).isEqualTo(expected);
          } else {
            assertThat(expected).isNull();
          }
        });
  }
}
