// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Gen;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Accounts are found by this hash in the store and in log records for ever, so it must be the
 * function that it says it is, on every length of input.
 */
class DidHashTest {
  private static final DidHash.Key PUBLISHED =
      new DidHash.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  /** Results that the authors of SipHash publish: key 00..0f, input 00, 01, 02 and so on. */
  @ParameterizedTest
  @CsvSource({
    " 0, a3817f04ba25a8e66df67214c7550293",
    " 1, da87c1d86b99af44347659119b22fc45",
    " 7, a1f1ebbed8dbc153c0b84aa61ff08239",
    " 8, 3b62a9ba6258f5610f83e264f31497b4",
    " 9, 264499060ad9baabc47f8b02bb6d71ed",
    "15, 5493e99933b0a8117e08ec0f97cfc3d9",
    "16, 6ee2a4ca67b054bbfd3315bf85230577",
    "32,7c3956ca5eeafc3e363e9d556546eb68",
    "63, 5150d1772f50834a503e069a973fbd7c",
  })
  void hash_isThatOfItsAuthors(int length, String expected) {
    assertThat(hex(PUBLISHED.hash(counting(length)))).isEqualTo(expected);
  }

  /** The published results for 0 to 63 bytes, all of them, as the SHA-256 of their sequence. */
  @Test
  void hash_isThatOfItsAuthorsForAllLengths() throws Exception {
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    for (int length = 0; length < 64; length++) {
      all.update(HexFormat.of().parseHex(hex(PUBLISHED.hash(counting(length)))));
    }
    assertThat(HexFormat.of().formatHex(all.digest()))
        .isEqualTo("ecfaa9fe47ff788fa834a9863ea2715a2880cd37d2b8c3c194402838428119b9");
  }

  /** Another key, another input, any length, against the definition done with big integers. */
  @Test
  void hash_isTheDefinition() {
    Gen.forAll(
        200,
        gen -> {
          DidHash.Key key = new DidHash.Key(gen.nextLong(), gen.nextLong());
          byte[] in = gen.bytes();
          assertThat(hex(key.hash(in))).isEqualTo(Definition.hash(key, in));
        });
  }

  @Test
  void hash_ofDid_isOfItsText() {
    String text = "did:web:example.com%3A8080";
    assertThat(PUBLISHED.hash(Did.parse(text)))
        .isEqualTo(PUBLISHED.hash(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The id stands in files; it must tell keys apart and must not be a hash that a DID can have. */
  @Test
  void id_dependsOnBothHalvesOfTheKey() {
    assertThat(PUBLISHED.id())
        .isEqualTo(PUBLISHED.hash("key id".getBytes(StandardCharsets.US_ASCII)).low());
    assertThat(PUBLISHED.id())
        .isNotEqualTo(new DidHash.Key(PUBLISHED.k0() + 1, PUBLISHED.k1()).id())
        .isNotEqualTo(new DidHash.Key(PUBLISHED.k0(), PUBLISHED.k1() + 1).id());
  }

  private static byte[] counting(int length) {
    byte[] in = new byte[length];
    for (int i = 0; i < length; i++) {
      in[i] = (byte) i;
    }
    return in;
  }

  private static String hex(DidHash hash) {
    ByteBuffer out = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(out.putLong(hash.low()).putLong(hash.high()).array());
  }

  /** SipHash-2-4 with 128 bits of result, word by word, as plain as it can be written. */
  private static final class Definition {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

    private final BigInteger[] v = new BigInteger[4];

    static String hash(DidHash.Key key, byte[] in) {
      Definition state = new Definition();
      BigInteger k0 = unsigned(key.k0());
      BigInteger k1 = unsigned(key.k1());
      state.v[0] = k0.xor(ascii("somepseu"));
      state.v[1] = k1.xor(ascii("dorandom")).xor(BigInteger.valueOf(0xee));
      state.v[2] = k0.xor(ascii("lygenera"));
      state.v[3] = k1.xor(ascii("tedbytes"));
      byte[] padded = new byte[in.length / 8 * 8 + 8];
      System.arraycopy(in, 0, padded, 0, in.length);
      padded[padded.length - 1] = (byte) in.length;
      for (int at = 0; at < padded.length; at += 8) {
        BigInteger word = BigInteger.ZERO;
        for (int i = 7; i >= 0; i--) {
          word = word.shiftLeft(8).or(BigInteger.valueOf(padded[at + i] & 0xff));
        }
        state.v[3] = state.v[3].xor(word);
        state.rounds(2);
        state.v[0] = state.v[0].xor(word);
      }
      state.v[2] = state.v[2].xor(BigInteger.valueOf(0xee));
      state.rounds(4);
      String first = state.result();
      state.v[1] = state.v[1].xor(BigInteger.valueOf(0xdd));
      state.rounds(4);
      return first + state.result();
    }

    /** The constants are text, the first letter the highest byte. */
    private static BigInteger ascii(String text) {
      return new BigInteger(1, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static BigInteger unsigned(long value) {
      return new BigInteger(Long.toUnsignedString(value));
    }

    private void rounds(int count) {
      for (int i = 0; i < count; i++) {
        half(0, 1, 13, 2, 3, 16);
        half(2, 1, 17, 0, 3, 21);
      }
    }

    private void half(int a, int b, int left, int c, int d, int right) {
      v[a] = v[a].add(v[b]).mod(WORD);
      v[b] = rotate(v[b], left).xor(v[a]);
      v[a] = rotate(v[a], 32);
      v[c] = v[c].add(v[d]).mod(WORD);
      v[d] = rotate(v[d], right).xor(v[c]);
    }

    private static BigInteger rotate(BigInteger word, int by) {
      return word.shiftLeft(by).or(word.shiftRight(64 - by)).mod(WORD);
    }

    private String result() {
      BigInteger word = v[0].xor(v[1]).xor(v[2]).xor(v[3]);
      StringBuilder littleEndian = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        littleEndian.append(String.format("%02x", word.shiftRight(8 * i).intValue() & 0xff));
      }
      return littleEndian.toString();
    }
  }
}
