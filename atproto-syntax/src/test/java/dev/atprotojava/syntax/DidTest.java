// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DidTest {
  private static final String PLC = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";

  // SY-01
  @ParameterizedTest
  @ValueSource(
      strings = {
        PLC,
        "did:m:v",
        "did:method::::val",
        "did:method:-:_:.",
        "did:web:localhost%3A2583",
        "did:plc:EWVI7nxzyoun6zhxrhs64oiz"
      })
  void parse_keepsTheText(String text) {
    assertThat(Did.parse(text)).hasToString(text);
    assertThat(Did.isValid(text)).isTrue();
    assertThat(Framed.of(text).is(Did::isValid)).isTrue();
    assertThat(Framed.of(text).decode(Did::decode)).isEqualTo(Did.parse(text));
  }

  // SY-01; the index is what an operator sees of a host's bad frame.
  @ParameterizedTest
  @CsvSource({
    "'', PREFIX, 0",
    "di, PREFIX, 2",
    "DID:method:val, PREFIX, 0",
    "did-method:val, PREFIX, 3",
    "' did:m:v', PREFIX, 0",
    "did:, TOO_SHORT, 4",
    "did:method, TOO_SHORT, 10",
    "did:method:, TOO_SHORT, 11",
    "did::v, EMPTY_PART, 4",
    "did:METHOD:val, CHARACTER, 4",
    "did:m123:val, CHARACTER, 5",
    "did:method:val:, CHARACTER, 14",
    "did:method:val%, CHARACTER, 14",
    "did:method:val/path, CHARACTER, 14",
    "did:method:val?q, CHARACTER, 14",
    "did:method:val#f, CHARACTER, 14",
    "did:method:v\u00e9, CHARACTER, 12",
    "did:method:v\ud83d\ude00l, CHARACTER, 12",
    "'did:m:v\n', CHARACTER, 7",
    // One character off the fast path of did:plc; still a DID is what counts.
    "'did:plc:ewvi7nxzyoun6zhxrhs64oi/', CHARACTER, 31",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> Did.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(Did::decode));
    assertThat(Did.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(Did::isValid)).isFalse();
  }

  @Test
  void parse_limitsTheLength() {
    String longest = "did:m:" + "v".repeat(Did.MAX_LENGTH - 6);
    assertThat(Did.parse(longest)).hasToString(longest);
    assertRefused(Rule.TOO_LONG, 2048, () -> Did.parse(longest + "v"));
    assertRefused(Rule.TOO_LONG, 2048, () -> Did.parse(longest + "\ud83d\ude00".repeat(100_000)));
  }

  // A wrong length in a frame must be our error, not a read of the neighbours.
  @Test
  void isValid_refusesSlicesOutsideTheArray() {
    byte[] frame = Ascii.ascii(PLC);
    assertThatThrownBy(() -> Did.isValid(frame, 1, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Did.isValid(frame, -1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @CsvSource({"did:plc:abc, plc, abc", "did:web:a.b, web, a.b", "did:m:x:y, m, x:y"})
  void parts_areThoseOfTheText(String text, String method, String identifier) {
    assertThat(Did.parse(text).method()).isEqualTo(method);
    assertThat(Did.parse(text).identifier()).isEqualTo(identifier);
  }

  // SY-02, ID-10: what is not of this form must not cost a request to the directory.
  @ParameterizedTest
  @CsvSource({
    PLC + ", true",
    "did:plc:234567abcdefghijklmnopqr, true",
    "did:plc:ewvi7nxzyoun6zhxrhs64oi, false",
    "did:plc:ewvi7nxzyoun6zhxrhs64oizz, false",
    "did:plc:ewvi7nxzyoun6zhxrhs64oi1, false",
    "did:plc:ewvi7nxzyoun6zhxrhs64oi8, false",
    "did:plc:Ewvi7nxzyoun6zhxrhs64oiz, false",
    "did:plc:ewvi7nxzyoun6zhxrhs64oi-, false",
    "did:plx:ewvi7nxzyoun6zhxrhs64oiz, false",
    "did:plcc:wvi7nxzyoun6zhxrhs64oiz, false",
    "did:web:ewvi7nxzyoun6zhxrhs64oiz, false",
  })
  void isPlc_wantsTheExactForm(String text, boolean plc) {
    assertThat(Did.parse(text).isPlc()).isEqualTo(plc);
  }

  // SY-02, ID-20, ID-21: a path or a port would lead the resolver somewhere else.
  @ParameterizedTest
  @CsvSource({
    "did:web:example.com, true",
    "did:web:Example.COM, true",
    "did:web:localhost, true",
    "did:web:localhost%3A2583, true",
    "did:web:localhost%3A0, false",
    "did:web:localhost%3A65536, false",
    "did:web:localhost:2583, false",
    "did:web:example.com%3A443, false",
    "did:web:example.com:user, false",
    "did:web:example, false",
    "did:web:127.0.0.1, false",
    "did:webs:example.com, false",
    "did:plc:example.com, false",
  })
  void isWeb_wantsAHost(String text, boolean web) {
    assertThat(Did.parse(text).isWeb()).isEqualTo(web);
  }

  // T-36: two spellings of one account would be two accounts to a relay.
  @ParameterizedTest
  @CsvSource({
    PLC + ", true",
    "did:plc:EWVI7nxzyoun6zhxrhs64oiz, false",
    "did:plc:ewvi7nxzyoun6zhxrhs64oiZ, false",
    "did:web:example.com, true",
    "did:web:example.Com, false",
    "did:web:localhost%3A2583, true",
    "did:web:localhost%3a2583, false",
    "did:web:localhost%3A2583A, false",
    "did:web:x%3AB, false",
    "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme, true",
  })
  void isNormalized_knowsTheMethodsInUse(String text, boolean normalized) {
    assertThat(Did.parse(text).isNormalized()).isEqualTo(normalized);
  }

  // The fast path does arithmetic on eight bytes at once: no byte may pass because of what it is,
  // or
  // because of what its neighbour carries over.
  @Test
  void isValid_plcOfEveryPairOfBytes() {
    byte[] did = Ascii.ascii(PLC);
    for (int at = 8; at < did.length - 1; at++) {
      for (int pair = 0; pair < 1 << 16; pair++) {
        byte[] changed = did.clone();
        changed[at] = (byte) (pair >> 8);
        changed[at + 1] = (byte) pair;
        boolean last = at + 1 == did.length - 1;
        boolean valid = isAllowed(pair >> 8) && isAllowed(pair & 0xff);
        valid &= !last || ((pair & 0xff) != ':' && (pair & 0xff) != '%');
        if (Did.isValid(changed, 0, changed.length) != valid) {
          fail("bytes 0x%04x at %d".formatted(pair, at));
        }
      }
    }
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._:%-".indexOf(c) >= 0;
  }

  @Test
  void equals_isExact() {
    // ID-03: no case is folded.
    assertThat(Did.parse(PLC)).isEqualTo(Did.parse(PLC)).hasSameHashCodeAs(Did.parse(PLC));
    assertThat(Did.parse("did:web:a.b")).isNotEqualTo(Did.parse("did:web:a.B"));
  }
}
