// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.CborException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of spec.md 10.1, which cover CB-01 to CB-17. */
class CborReaderTest {
  private static final String DIGEST =
      "c19a797fa1fd590cd2e5b42d1cf5f246e29b91684e2f87404b81dc345c7a56a0";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "17",
        "1818",
        "18ff",
        "190100",
        "19ffff",
        "1a00010000",
        "1affffffff",
        "1b0000000100000000",
        "1b001fffffffffffff",
        "1b7fffffffffffffff",
        "20",
        "37",
        "3818",
        "3b7fffffffffffffff",
        "40",
        "60",
        "6100",
        "63efbfbf",
        "64f0908080",
        "80",
        "a0",
        "f4",
        "f5",
        "f6",
        "a2616100616201",
        "a261620062616101",
        "d82a58250001711220" + DIGEST,
        "d82a58250001551220" + DIGEST,
      })
  void decode_acceptsAndReencodesToTheSameBytes(String hex) {
    Bytes bytes = Bytes.fromHex(hex);
    new CborReader().check(bytes.array(), 0, bytes.length());
    assertThat(CborValue.decode(bytes).encode().toHex()).isEqualTo(hex);
  }

  @ParameterizedTest
  @CsvSource({
    // CB-02: not the shortest head
    "1801, NOT_SHORTEST",
    "190001, NOT_SHORTEST",
    "1a0000ffff, NOT_SHORTEST",
    "1b00000000ffffffff, NOT_SHORTEST",
    "3801, NOT_SHORTEST",
    "580100, NOT_SHORTEST",
    "5800, NOT_SHORTEST",
    "7800, NOT_SHORTEST",
    "9800, NOT_SHORTEST",
    "780161, NOT_SHORTEST",
    "980100, NOT_SHORTEST",
    "b801616100, NOT_SHORTEST",
    "d9002a58250001711220" + DIGEST + ", NOT_SHORTEST",
    // CB-03
    "1b8000000000000000, INTEGER_RANGE",
    "3b8000000000000000, INTEGER_RANGE",
    "1bffffffffffffffff, INTEGER_RANGE",
    "3bffffffffffffffff, INTEGER_RANGE",
    // CB-05, CB-06
    "f90000, FLOAT",
    "fa3f800000, FLOAT",
    "fb3ff0000000000000, FLOAT",
    "fb7ff8000000000000, FLOAT",
    "f97c00, FLOAT",
    "f7, SIMPLE_VALUE",
    "f0, SIMPLE_VALUE",
    "e0, SIMPLE_VALUE",
    "f820, SIMPLE_VALUE",
    "f814, SIMPLE_VALUE",
    "ff, SIMPLE_VALUE",
    // CB-07
    "5f4100ff, INDEFINITE_LENGTH",
    "7f6161ff, INDEFINITE_LENGTH",
    "9f00ff, INDEFINITE_LENGTH",
    "bf616100ff, INDEFINITE_LENGTH",
    "1c, INDEFINITE_LENGTH",
    "1f, INDEFINITE_LENGTH",
    "fc, INDEFINITE_LENGTH",
    // CB-08
    "61ff, NOT_UTF8",
    "63eda080, NOT_UTF8",
    "62c080, NOT_UTF8",
    "64f4908080, NOT_UTF8",
    "62c320, NOT_UTF8",
    "63e28228, NOT_UTF8",
    "61c3, NOT_UTF8",
    // CB-09, CB-10
    "a10100, KEY_NOT_TEXT",
    "a1410000, KEY_NOT_TEXT",
    "a2616100616101, DUPLICATE_KEY",
    "a2616200616100, KEY_ORDER",
    "a262616100616200, KEY_ORDER",
    // CB-13, CB-14
    "c001, TAG",
    "c24101, TAG",
    "d9d9f7a0, TAG",
    "d82a6161, TAG",
    "d82a40, INVALID_CID",
    "d8205820, TAG",
    "d82a582401711220" + DIGEST + ", INVALID_CID",
    "d82a58250101711220" + DIGEST + ", INVALID_CID",
    "d82a58240001711220c19a797fa1fd590cd2e5b42d1cf5f246e29b91684e2f87404b81dc345c7a56, INVALID_CID",
    "d82a58260001711220" + DIGEST + "00, INVALID_CID",
    "d82a5823001220" + DIGEST + ", INVALID_CID",
    "1b0000000000000000, NOT_SHORTEST",
    // CB-15, CB-16
    "a000, TRAILING_BYTES",
    "6261, TRUNCATED",
    "a1, TRUNCATED",
    "'', TRUNCATED",
    "18, TRUNCATED",
    "d82a, TRUNCATED",
    "9b7fffffffffffffff, TRUNCATED",
    "5b7fffffffffffffff00, TRUNCATED",
    "bb7fffffffffffffff, TRUNCATED",
  })
  void decode_refuses(String hex, Reason reason) {
    Bytes bytes = Bytes.fromHex(hex);
    CborException skipping =
        catchThrowableOfType(
            CborException.class, () -> new CborReader().check(bytes.array(), 0, bytes.length()));
    CborException reading =
        catchThrowableOfType(CborException.class, () -> CborValue.decode(bytes));
    assertThat(skipping.reason()).isEqualTo(reason);
    assertThat(reading.reason()).isEqualTo(reason);
    assertThat(reading.offset()).isEqualTo(skipping.offset());
  }

  // An offset must point into the caller's slice, wherever that lies in its array.
  @Test
  void decode_reportsTheOffsetFromTheBeginningOfTheInput() {
    byte[] padded = Bytes.fromHex("ffffa2616100616101").array();
    CborException refused =
        catchThrowableOfType(CborException.class, () -> new CborReader().check(padded, 2, 7));
    assertThat(refused.offset()).isEqualTo(4);
    assertThat(refused).hasMessage("DUPLICATE_KEY at byte 4");
    assertThat(refused.getStackTrace()).isEmpty();
  }

  // CB-19: a frame of nested arrays must not overflow the stack of a thread.
  @Test
  void skip_refusesDeepNesting() {
    byte[] deep = new byte[10_001];
    java.util.Arrays.fill(deep, (byte) 0x81);
    assertThat(reasonOf(() -> new CborReader().check(deep, 0, deep.length)))
        .isEqualTo(Reason.TOO_DEEP);

    byte[] allowed = new byte[33];
    java.util.Arrays.fill(allowed, (byte) 0x81);
    allowed[32] = 0;
    new CborReader().check(allowed, 0, 33);
  }

  // CB-19: limits that nobody can mean are refused where they are made, not where input comes.
  @Test
  void limits_areSensible() {
    assertThat(new CborLimits(1, 0, 0, 0).maxDepth()).isZero();
    assertThat(new CborLimits(1, 1024, 0, 0).maxDepth()).isEqualTo(1024);
    assertInsensible(() -> new CborLimits(0, 0, 0, 0));
    assertInsensible(() -> new CborLimits(1, -1, 0, 0));
    assertInsensible(() -> new CborLimits(1, 1025, 0, 0));
    assertInsensible(() -> new CborLimits(1, 0, -1, 0));
    assertInsensible(() -> new CborLimits(1, 0, 0, -1));
  }

  private static void assertInsensible(Runnable limits) {
    assertThatThrownBy(limits::run).isInstanceOf(IllegalArgumentException.class);
  }

  // CB-20
  @Test
  void limits_areEnforced() {
    CborReader reader = new CborReader(new CborLimits(20, 1, 2, 3));
    assertThat(reasonOf(() -> reader.reset(new byte[21], 0, 21))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf(() -> check(reader, "83000000"))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf(() -> check(reader, "a1646161616100"))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf(() -> check(reader, "8180"))).isEqualTo(Reason.TOO_DEEP);
    check(reader, "820000");
  }

  @Test
  void read_refusesAnotherType() {
    CborReader reader = new CborReader().reset(Bytes.fromHex("6161"));
    assertThat(reasonOf(reader::readInteger)).isEqualTo(Reason.UNEXPECTED_TYPE);
    assertThat(reasonOf(reader::readBytes)).isEqualTo(Reason.UNEXPECTED_TYPE);
    assertThat(reasonOf(reader::readLink)).isEqualTo(Reason.UNEXPECTED_TYPE);
    assertThat(reasonOf(reader::readMap)).isEqualTo(Reason.UNEXPECTED_TYPE);
    assertThat(reasonOf(reader::readBoolean)).isEqualTo(Reason.UNEXPECTED_TYPE);
    assertThat(reader.tryReadNull()).isFalse();
    assertThat(reader.readText()).isEqualTo("a");
  }

  // What is no item of DAG-CBOR at all is told apart from what is another one.
  @ParameterizedTest
  @CsvSource({
    "f4, UNEXPECTED_TYPE",
    "f6, UNEXPECTED_TYPE",
    "f3, SIMPLE_VALUE",
    "f7, SIMPLE_VALUE",
    "fb0000000000000000, FLOAT",
    "40, UNEXPECTED_TYPE",
  })
  void readInteger_saysWhyNot(String hex, Reason reason) {
    CborReader reader = new CborReader().reset(Bytes.fromHex(hex));
    assertThat(reasonOf(reader::readInteger)).isEqualTo(reason);
    assertThat(reasonOf(reader::readText)).isEqualTo(reason);
  }

  @Test
  void readBytesSpan_isWhereTheBytesAre() {
    CborReader reader = new CborReader().reset(Bytes.fromHex("4201026161"));
    reader.readBytesSpan();
    assertThat(reader.span().toHex()).isEqualTo("0102");
    assertThat(reader.spanOffset()).isEqualTo(1);
    reader.readTextSpan();
    assertThat(reader.span().toHex()).isEqualTo("61");
    reader.requireEnd();
  }

  // A caller that lost its place must not be shown the key of another map.
  @Test
  void keysAndElements_areOnlyThoseOfAnOpenContainer() {
    CborReader reader = new CborReader().reset(Bytes.fromHex("81a1616101"));
    assertThatThrownBy(reader::key).isInstanceOf(IllegalStateException.class);
    reader.readArray();
    assertThatThrownBy(reader::nextKey).hasMessage("not in a map");
    assertThatThrownBy(reader::key).hasMessage("not in a map");
    reader.nextElement();
    reader.readMap();
    assertThatThrownBy(reader::nextElement).hasMessage("not in an array");
  }

  // CB-16: a pair takes two bytes, so a map cannot have more pairs than half of what is left.
  @Test
  void readMap_refusesMorePairsThanCanFollow() {
    assertThat(reasonOf(() -> new CborReader().reset(Bytes.fromHex("a2616101")).readMap()))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(reasonOf(() -> new CborReader().reset(Bytes.fromHex("84010203")).readArray()))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(new CborReader().reset(Bytes.fromHex("a16101")).readMap()).isOne();
  }

  // CB-15: a frame is two items, so the reader must say where the first one ends.
  @Test
  void position_isBehindTheFirstItem() {
    CborReader reader = new CborReader().reset(Bytes.fromHex("a1616101a0"));
    reader.skip();
    assertThat(reader.position()).isEqualTo(4);
    assertThat(reader.remaining()).isEqualTo(1);
    assertThat(reader.readMap()).isZero();
    assertThat(reader.nextKey()).isFalse();
    reader.requireEnd();
  }

  @Test
  void keys_areReadInPlace() {
    CborReader reader = new CborReader().reset(Bytes.fromHex("a2616181f662616205"));
    assertThat(reader.readMap()).isEqualTo(2);
    assertThat(reader.nextKey()).isTrue();
    assertThat(reader.keyIs(new byte[] {'a'})).isTrue();
    assertThat(reader.readArray()).isEqualTo(1);
    assertThat(reader.nextElement()).isTrue();
    assertThat(reader.tryReadNull()).isTrue();
    assertThat(reader.nextElement()).isFalse();
    assertThat(reader.nextKey()).isTrue();
    assertThat(reader.keyIs(new byte[] {'a'})).isFalse();
    assertThat(reader.key()).isEqualTo("ab");
    assertThat(reader.readInteger()).isEqualTo(5);
    assertThatThrownBy(reader::requireEnd).isInstanceOf(IllegalStateException.class);
    assertThat(reader.nextKey()).isFalse();
    reader.requireEnd();
  }

  private static void check(CborReader reader, String hex) {
    Bytes bytes = Bytes.fromHex(hex);
    reader.check(bytes.array(), 0, bytes.length());
  }

  private static Reason reasonOf(Runnable action) {
    return catchThrowableOfType(CborException.class, action::run).reason();
  }
}
