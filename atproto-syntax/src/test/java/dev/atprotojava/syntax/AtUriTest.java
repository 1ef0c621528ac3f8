// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtUriTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Nsid POST = Nsid.parse("app.bsky.feed.post");
  private static final RecordKey KEY = RecordKey.parse("3jui7kd54zh2y");

  // SY-14
  @Test
  void parse_undoesToString() {
    AtUri account = new AtUri(DID, null, null);
    AtUri collection = new AtUri(Handle.parse("Bob.example.com"), POST, null);
    AtUri record = new AtUri(DID, POST, KEY);
    assertThat(account).hasToString("at://did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    assertThat(collection).hasToString("at://Bob.example.com/app.bsky.feed.post");
    assertThat(record)
        .hasToString("at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3jui7kd54zh2y");
    for (AtUri uri : new AtUri[] {account, collection, record}) {
      assertThat(AtUri.isValid(uri.toString())).isTrue();
      assertThat(AtUri.parse(uri.toString())).isEqualTo(uri).hasSameHashCodeAs(uri);
    }
    assertThat(account).isNotEqualTo(record);
    assertThat(AtUri.of(DID, RecordPath.of(POST, KEY))).isEqualTo(record);
  }

  @ParameterizedTest
  @CsvSource({
    "'', PREFIX, 0",
    "at:/did:plc:abc, PREFIX, 4",
    "AT://did:plc:abc, PREFIX, 0",
    "at://, TOO_SHORT, 5",
    "at:///a.b.c, TOO_SHORT, 5",
    "at://did:plc:, TOO_SHORT, 13",
    "at://diD:plc:abc, CHARACTER, 8",
    "at://name, FEW_PARTS, 9",
    "at://did:plc:abc/, TOO_SHORT, 17",
    "at://did:plc:abc/a.b.c/, TOO_SHORT, 23",
    "at://did:plc:abc/a.b.c/k/, CHARACTER, 24",
    "at://did:plc:abc/a.b/k, FEW_PARTS, 20",
    "at://did:plc:abc/a.b.c/.., RESERVED, 23",
    "at://did:plc:abc/a.b.c/k?q, CHARACTER, 24",
    "at://did:plc:abc/a.b.c/k#/f, CHARACTER, 24",
    "at://did:plc:abc#/f, CHARACTER, 16",
    "at://user@a.b/a.b.c, CHARACTER, 9",
    "at://a.b:80/a.b.c, CHARACTER, 8",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> AtUri.parse(text));
    assertThat(AtUri.isValid(text)).isFalse();
  }

  @Test
  void parse_limitsTheLength() {
    String text = "at://did:plc:abc/a.b.c/" + "k".repeat(8170);
    assertRefused(Rule.TOO_LONG, 8192, () -> AtUri.parse(text));
    assertRefused(Rule.TOO_LONG, 23 + 512, () -> AtUri.parse(text.substring(0, 8192)));
  }

  @Test
  void constructor_refusesAKeyWithoutCollection() {
    assertThatThrownBy(() -> new AtUri(DID, null, KEY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // SY-15: two spellings of one record must become one; a record key has one only.
  @Test
  void normalized_lowersHandleAndAuthority() {
    AtUri uri = AtUri.parse("at://Bob.Example.com/Com.Example.fooBar/Key");
    assertThat(uri.normalized()).hasToString("at://bob.example.com/com.example.fooBar/Key");
    assertThat(AtUri.parse("at://did:web:A.b").normalized()).hasToString("at://did:web:A.b");
  }
}
