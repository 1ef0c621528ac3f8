// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.testing.Gen;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultihashTest {
  @Test
  void decode_undoesEncode() {
    Gen.forAll(
        200,
        gen -> {
          Multihash hash = Multihash.of(gen.anyMagnitude() & Long.MAX_VALUE, gen.bytes());
          byte[] encoded = hash.encode();
          assertThat(Multihash.decode(encoded, 0, encoded.length)).isEqualTo(hash);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "1202ff", "1201ffff", "128101ff"})
  void decode_refuses(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> Multihash.decode(bytes, 0, bytes.length))
        .isInstanceOf(MultiformatException.class);
  }

  @Test
  void equals_isOfCodeAndDigest() {
    byte[] digest = {1, 2};
    Multihash hash = Multihash.of(Multihash.SHA2_256, digest);
    assertThat(hash.code()).isEqualTo(Multihash.SHA2_256);
    assertThat(hash)
        .isEqualTo(Multihash.of(Multihash.SHA2_256, digest))
        .hasSameHashCodeAs(Multihash.of(Multihash.SHA2_256, digest))
        .isNotEqualTo(Multihash.of(0x11, digest))
        .isNotEqualTo(Multihash.of(Multihash.SHA2_256, new byte[] {1, 3}))
        .isNotEqualTo("0x12:0102");
  }

  @Test
  void of_copiesTheDigest() {
    byte[] digest = {1, 2};
    Multihash hash = Multihash.of(Multihash.SHA2_256, digest);
    digest[0] = 9;
    hash.digest()[0] = 9;
    assertThat(hash).hasToString("0x12:0102");
  }
}
