// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.SampleDocument.DID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Documents come from strangers. Whatever the bytes, reading ends with a document of the DID that
 * was asked for or with an {@link IdentityException}; anything else would end a thread of the
 * relay.
 */
class DidDocumentPropertyTest {
  private static final AddressPolicy POLICY = AddressPolicy.publicOnly();
  private static final String PIECES = "{}[]\":,\\ \n01nulltruefalseide#atproto";

  @Test
  void parse_ofDamagedDocumentsEndsWell() {
    byte[] whole = SampleDocument.sample().bytes();
    Gen.forAll(
        5_000,
        gen -> {
          byte[] json = whole.clone();
          for (int i = gen.between(1, 1 + gen.size() / 20); i > 0; i--) {
            json[gen.nextInt(json.length)] =
                gen.oneIn(4)
                    ? (byte) gen.nextInt(256)
                    : (byte) PIECES.charAt(gen.nextInt(PIECES.length()));
          }
          endsWell(gen.oneIn(3) ? Arrays.copyOf(json, gen.nextInt(json.length)) : json);
        });
  }

  @Test
  void parse_ofNoiseEndsWell() {
    Gen.forAll(2_000, gen -> endsWell(gen.bytes()));
  }

  private static void endsWell(byte[] json) {
    try {
      assertThat(DidDocument.parse(DID, json, POLICY).did()).isEqualTo(DID);
    } catch (IdentityException refused) {
      assertThat(refused.fault()).isNotNull();
    }
  }

  // Members that are not ours, wherever they are, change nothing.
  @Test
  void parse_isTheSameWithUnknownMembers() {
    DidDocument plain = SampleDocument.sample().parse();
    Gen.forAll(
        1_000,
        gen -> {
          String noise = "\"x" + gen.nextLong() + "\":" + value(gen, 4) + ",";
          String json = SampleDocument.sample().json();
          int brace = json.indexOf('{', gen.nextInt(json.lastIndexOf('{') + 1));
          String noisy = json.substring(0, brace + 1) + noise + json.substring(brace + 1);
          DidDocument document =
              DidDocument.parse(
                  DID, noisy.getBytes(java.nio.charset.StandardCharsets.UTF_8), POLICY);
          assertThat(document.handle()).isEqualTo(plain.handle());
          assertThat(document.pds()).isEqualTo(plain.pds());
          assertThat(document.signingKey()).isEqualTo(plain.signingKey());
        });
  }

  private static String value(Gen gen, int depth) {
    return switch (gen.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> "null";
      case 1 -> String.valueOf(gen.anyMagnitude());
      case 2 -> "true";
      case 3 -> "\"" + gen.text("abc#:/", gen.nextInt(20)) + "\"";
      case 4 -> "[" + value(gen, depth - 1) + "," + value(gen, depth - 1) + "]";
      default -> "{\"id\":" + value(gen, depth - 1) + ",\"b\":" + value(gen, depth - 1) + "}";
    };
  }
}
