// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.CborException.Reason;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused in the form that is not canonical; {@link CborPropertyTest} has what is read. */
class LenientCborTest {
  // A frame of five million empty maps, each in one byte, would take a gigabyte as a tree.
  @Test
  void decodeSequence_boundsAllItemsTogether() {
    int perArray = CborLimits.DEFAULT.maxElements();
    CborWriter out = new CborWriter(5 << 20).writeArray(38);
    for (int i = 0; i < 38; i++) {
      out.writeArray(perArray);
      out.writeEncoded(filled(perArray, 0xa0), 0, perArray);
    }
    assertThat(reasonOf(out.toBytes())).isEqualTo(Reason.TOO_LARGE);

    CborWriter half = new CborWriter().writeArray(2);
    for (int i = 0; i < 2; i++) {
      half.writeArray(perArray / 2).writeEncoded(filled(perArray / 2, 0xa0), 0, perArray / 2);
    }
    assertThat(reasonOf(half.toBytes())).isEqualTo(Reason.TOO_LARGE);
    CborWriter most = new CborWriter().writeArray(perArray - 1);
    most.writeEncoded(filled(perArray - 1, 0xa0), 0, perArray - 1);
    assertThat(LenientCbor.decodeSequence(most.toBytes(), CborLimits.DEFAULT)).hasSize(1);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "fb3ff0000000000000, FLOAT",
    "f7, SIMPLE_VALUE",
    "ff, SIMPLE_VALUE",
    "1b8000000000000000, INTEGER_RANGE",
    "c1190001, TAG",
    "d82a7f6161ff, TAG",
    "d82a5f4101ff, INVALID_CID",
    "bf0000ff, KEY_NOT_TEXT",
    "bf616100616101ff, DUPLICATE_KEY",
    "bf616100616201616102ff, DUPLICATE_KEY",
    "7f4161ff, INDEFINITE_LENGTH",
    "7f7f6161ffff, INDEFINITE_LENGTH",
    "5f, TRUNCATED",
    "9f00, TRUNCATED",
    "bf616100, TRUNCATED",
    "bf6161ff, SIMPLE_VALUE",
    "1c, INDEFINITE_LENGTH",
    "7801ff, NOT_UTF8",
    // A character may not be spread over two chunks: each must be text by itself (RFC 8949, 3.2.3).
    "7f61c361bcff, NOT_UTF8",
  })
  void decodeSequence_refuses(String hex, Reason reason) {
    assertThat(reasonOf(Bytes.fromHex(hex))).isEqualTo(reason);
  }

  @Test
  void decodeSequence_boundsTheDepth() {
    assertThat(reasonOf(Bytes.wrap(filled(10_000, 0x9f)))).isEqualTo(Reason.TOO_DEEP);
    assertThat(reasonOf(Bytes.wrap(filled(10_000, 0x81)))).isEqualTo(Reason.TOO_DEEP);
    assertThat(reasonOf(Bytes.fromHex("a16161".repeat(10_000)))).isEqualTo(Reason.TOO_DEEP);
  }

  // CB-19, CB-20: to the byte those of the strict reader, or the relay would pass on what it
  // refuses.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "8181", // cut off, but not too deep
        "818100",
        "81818100",
        "a14361616100",
        "a163616161f6",
        "a16461616161f6",
        "d82a",
        "531111111111111111111111111111111111111100", // 20 bytes of input, and one behind
        "53111111111111111111111111111111111111",
      })
  void decodeSequence_hasTheLimitsOfTheStrictReader(String hex) {
    CborLimits limits = new CborLimits(20, 2, 9, 3);
    Bytes bytes = Bytes.fromHex(hex);
    assertThat(reason(() -> LenientCbor.decodeSequence(bytes, limits)))
        .isEqualTo(reason(() -> CborValue.decode(bytes, limits)));
  }

  // An offset must point into the caller's slice, wherever that lies in its array.
  @Test
  void decodeSequence_reportsTheOffsetFromTheBeginningOfTheInput() {
    Bytes slice = Bytes.fromHex("ffff00f7").slice(2, 2);
    assertThatThrownBy(() -> LenientCbor.decodeSequence(slice, CborLimits.DEFAULT))
        .hasMessage("SIMPLE_VALUE at byte 1");
  }

  private static Optional<Reason> reason(Runnable decode) {
    try {
      decode.run();
      return Optional.empty();
    } catch (CborException e) {
      return Optional.of(e.reason());
    }
  }

  @Test
  void decodeSequence_readsWholeCharactersInChunks() {
    assertThat(LenientCbor.decodeSequence(Bytes.fromHex("7f62c3bc606161ff00"), CborLimits.DEFAULT))
        .containsExactly(new CborValue.TextValue("üa"), new CborValue.IntegerValue(0));
  }

  private static Reason reasonOf(Bytes bytes) {
    return catchThrowableOfType(
            CborException.class, () -> LenientCbor.decodeSequence(bytes, CborLimits.DEFAULT))
        .reason();
  }
}
