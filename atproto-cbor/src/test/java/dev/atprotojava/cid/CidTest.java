// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
