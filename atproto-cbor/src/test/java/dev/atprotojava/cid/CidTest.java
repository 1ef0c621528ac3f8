// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.multiformats.Multibase;
import dev.atprotojava.testing.Gen;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  private static final String EMPTY_NODE =
      "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";

  private static final String DIGEST_20 = "0000000000000000000000000000000000000000";
  private static final String DIGEST = DIGEST_20 + "000000000000000000000000";

  // CID-01, CID-03
  @Test
  void text_andBytesAreTwoFormsOfOne() {
    Gen.forAll(
        300,
        gen -> {
          byte[] block = gen.bytes();
          Cid cid = gen.oneIn(2) ? Cid.ofDagCbor(block) : Cid.ofRaw(block);
          assertThat(cid.toString()).hasSize(59).matches("bafy?k?rei[a-z2-7]{52}");
          assertThat(Cid.parse(cid.toString())).isEqualTo(cid).hasSameHashCodeAs(cid);
          byte[] bytes = cid.toByteArray();
          assertThat(bytes).hasSize(Cid.BLESSED_LENGTH);
          assertThat(Cid.decode(bytes, 0, bytes.length)).isEqualTo(cid);
          assertThat(cid.matches(bytes, 0, 36)).isTrue();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", // CIDv0
        "BAFYREIE5737GDXLW5I64VZICHCALBA3Z2V5N6ICIFVX5XYTVSKE7MR3HPM", // upper case
        "zdpuAsQCvj7X", // another base
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpn", // a trailing bit
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hp", // cut off
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm=", // padding
        "bafybeie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm", // dag-pb
      })
  void parse_refuses(String text) {
    assertThatThrownBy(() -> Cid.parse(text)).isInstanceOf(InvalidCidException.class);
  }

  // CID-07, CID-09: a record may link to blocks that others made.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "01701220" + DIGEST, // dag-pb
        "01711114" + DIGEST_20, // sha-1
        "01711340" + DIGEST + DIGEST, // sha-512
        "01711e20" + DIGEST, // blake3
        "0181021202ffff", // a codec of two bytes
      })
  void decodeAny_keepsWhatIsNotBlessed(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Cid cid = Cid.decodeAny(bytes, 0, bytes.length);
    assertThat(cid.isBlessed()).isFalse();
    assertThat(cid.toByteArray()).isEqualTo(bytes);
    assertThat(Cid.parseAny(cid.toString())).isEqualTo(cid);
    assertThat(Cid.lengthAt(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    assertThatThrownBy(() -> Cid.decode(bytes, 0, bytes.length))
        .isInstanceOf(InvalidCidException.class);
  }

  // CID-04
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01",
        "0171",
        "017112",
        "01711220",
        "00711220",
        "02711220",
        "1220",
        "0171122000",
        "01711221",
        "81007112200000",
        "01711200ff",
      })
  void decodeAny_refuses(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> Cid.decodeAny(bytes, 0, bytes.length))
        .isInstanceOf(InvalidCidException.class);
  }

  // CID-01: whoever hashed a block already, or wants the hash alone.
  @Test
  void digest_goesInAndComesOut() {
    byte[] block = {1, 2, 3};
    Cid cid = Cid.ofRaw(block);
    byte[] digest = new byte[40];
    cid.writeDigest(digest, 5);
    assertThat(Cid.ofDigest(CidCodec.RAW, digest, 5)).isEqualTo(cid);
    assertThat(Cid.ofDigest(CidCodec.DAG_CBOR, digest, 5)).isEqualTo(Cid.ofDagCbor(block));
    assertThat(Cid.ofDigest(CidCodec.RAW, digest, 4)).isNotEqualTo(cid);
  }

  // A message that comes in parts has the digest of the whole, and the next one begins anew.
  @Test
  void sha256_ofPartsIsThatOfTheWhole() {
    byte[] block = {9, 1, 2, 3, 9};
    Sha256 sha256 = new Sha256();
    for (int round = 0; round < 2; round++) {
      byte[] digest = new byte[Sha256.LENGTH];
      sha256.update(block, 1, 1).update(block, 2, 2).finish(digest, 0);
      assertThat(Cid.ofDigest(CidCodec.RAW, digest, 0)).isEqualTo(Cid.ofRaw(new byte[] {1, 2, 3}));
    }
  }

  // CB-20: a CID has a hundred bytes at most: the limit passes, one more does not.
  @Test
  void limit_isAHundredBytes() {
    byte[] longest = new byte[Cid.MAX_LENGTH + 1];
    System.arraycopy(HexFormat.of().parseHex("01551360"), 0, longest, 0, 4); // 96 bytes of digest
    Cid cid = Cid.decodeAny(longest, 0, Cid.MAX_LENGTH);
    assertThat(Cid.lengthAt(longest, 0, longest.length)).isEqualTo(Cid.MAX_LENGTH);
    assertThat(Cid.parseAny(cid.toString())).isEqualTo(cid);
    longest[3]++;
    assertRefused(() -> Cid.decodeAny(longest, 0, longest.length));
    assertRefused(() -> Cid.lengthAt(longest, 0, longest.length));
    assertRefused(() -> Cid.parseAny(Multibase.BASE32.encode(longest)));
    assertRefused(() -> Cid.parseAny("b" + "a".repeat(200)));
    byte[] behind = new byte[Cid.MAX_LENGTH + 30]; // the limit counts from where the CID begins
    System.arraycopy(HexFormat.of().parseHex("01551360"), 0, behind, 30, 4);
    assertThat(Cid.lengthAt(behind, 30, behind.length)).isEqualTo(Cid.MAX_LENGTH);
  }

  // Text whose bytes are no CID, though they are good base32.
  @ParameterizedTest
  @ValueSource(strings = {"0171122000", "01711200ff", "02711220" + DIGEST, "01711220" + DIGEST_20})
  void parseAny_refuses(String hex) {
    String text = Multibase.BASE32.encode(HexFormat.of().parseHex(hex));
    assertRefused(() -> Cid.parseAny(text));
  }

  private static void assertRefused(Runnable parse) {
    assertThatThrownBy(parse::run).isInstanceOf(InvalidCidException.class);
  }

  // A block that is taken for another one of the same length would be read in its place.
  @Test
  void matches_andOrder_lookAtEveryByte() {
    Cid cid = Cid.ofRaw(new byte[] {1});
    byte[] bytes = cid.toByteArray();
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i] ^= (byte) 0x80;
      assertThat(cid.matches(other, 0, other.length)).as("byte " + i).isFalse();
    }
    assertThat(cid.matches(bytes, 0, 35)).isFalse();
    Cid above = Cid.ofDigest(CidCodec.RAW, new byte[32], 0);
    byte[] high = new byte[32];
    high[31] = (byte) 0x80;
    assertThat(Cid.ofDigest(CidCodec.RAW, high, 0)).isGreaterThan(above);
    assertThat(above).isLessThan(Cid.ofDigest(CidCodec.RAW, high, 0));
  }

  // CID-08: one digest under two codecs is two CIDs.
  @Test
  void equals_comparesCodecs() {
    byte[] block = {1, 2, 3};
    assertThat(Cid.ofDagCbor(block)).isNotEqualTo(Cid.ofRaw(block));
    // CID-06, CID-02: a commit or a node may not link to a blob.
    assertThat(Cid.parse(EMPTY_NODE).isBlessedDagCbor()).isTrue();
    assertThat(Cid.ofRaw(block).isBlessedDagCbor()).isFalse();
    assertThat(Cid.ofRaw(block).codec()).isEqualTo(CidCodec.RAW.code());
  }

  @Test
  void lengthAt_neverReadsBehindTheLimit() {
    Gen.forAll(
        5000,
        gen -> {
          byte[] bytes = gen.bytes(gen.nextInt(12));
          if (bytes.length > 3 && gen.oneIn(2)) {
            bytes[0] = 1;
            bytes[1] = 0x55;
          }
          try {
            int length = Cid.lengthAt(bytes, 0, bytes.length);
            Cid.decodeAny(bytes, 0, length);
          } catch (InvalidCidException refused) {
            assertThat(refused.getStackTrace()).isEmpty();
          }
        });
  }
}
