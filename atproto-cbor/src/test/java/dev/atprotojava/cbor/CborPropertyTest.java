// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import dev.atprotojava.cbor.testing.LooseEncoder;
import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CborPropertyTest {
  // CB-18: encoding is a function of the value, and decoding undoes it.
  @Test
  void decode_undoesEncode() {
    Gen.forAll(
        1000,
        gen -> {
          CborValue value = RandomValues.value(gen, 4);
          Bytes encoded = value.encode();
          assertThat(CborValue.decode(encoded)).isEqualTo(value);
          new CborReader().check(encoded.array(), 0, encoded.length());
        });
  }

  // CB-18 from the other side: whatever is accepted has one encoding, so a damaged item is either
  // refused or another item that encodes to exactly the damaged bytes.
  @Test
  void decode_acceptsOnlyWhatEncodeWrites() {
    Gen.forAll(
        20_000,
        gen -> {
          byte[] damaged = RandomValues.value(gen, 3).encode().toByteArray();
          for (int i = gen.between(1, 2); i > 0; i--) {
            damaged[gen.nextInt(damaged.length)] = (byte) gen.nextInt(256);
          }
          Bytes input = Bytes.wrap(damaged);
          try {
            assertThat(CborValue.decode(input).encode()).isEqualTo(input);
          } catch (CborException refused) {
            assertThat(refused.offset()).isBetween(0, damaged.length);
          }
        });
  }

  // Random bytes must never cause anything but a CborException, and skip must judge as read does.
  @Test
  void skip_judgesAsReadDoes() {
    Gen.forAll(
        20_000,
        gen -> {
          byte[] bytes =
              gen.oneIn(2) ? gen.bytes() : RandomValues.value(gen, 3).encode().toByteArray();
          if (bytes.length > 0) {
            bytes[gen.nextInt(bytes.length)] = (byte) gen.nextInt(256);
          }
          String reading = outcome(() -> CborValue.decode(Bytes.wrap(bytes)));
          String skipping = outcome(() -> new CborReader().check(bytes, 0, bytes.length));
          assertThat(skipping).isEqualTo(reading);
        });
  }

  private static String outcome(Runnable action) {
    try {
      action.run();
      return "accepted";
    } catch (CborException e) {
      return e.reason() + " at " + e.offset();
    }
  }

  // Jackson reads far more than we do, but what we write it must read as the same value.
  @Test
  void encode_isReadAlikeByJackson() {
    CBORFactory factory = new CBORFactory();
    Gen.forAll(
        1000,
        gen -> {
          CborValue value = RandomValues.value(gen, 3);
          try (CBORParser parser = factory.createParser(value.encode().toByteArray())) {
            parser.nextToken();
            assertSame(value, parser);
            assertThat(parser.nextToken()).isNull();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void assertSame(CborValue value, CBORParser parser) throws IOException {
    switch (value) {
      case CborValue.IntegerValue integer ->
          assertThat(parser.getLongValue()).isEqualTo(integer.value());
      case CborValue.BytesValue bytes ->
          assertThat(parser.getBinaryValue()).isEqualTo(bytes.value().toByteArray());
      case CborValue.TextValue text -> assertThat(parser.getText()).isEqualTo(text.value());
      case CborValue.LinkValue link -> {
        assertThat(parser.getCurrentTag()).isEqualTo(42);
        assertThat(parser.getBinaryValue()).endsWith(link.value().toByteArray());
      }
      case CborValue.BooleanValue bool ->
          assertThat(parser.getBooleanValue()).isEqualTo(bool.value());
      case CborValue.NullValue nothing ->
          assertThat(parser.currentToken()).isEqualTo(JsonToken.VALUE_NULL);
      case CborValue.ArrayValue array -> {
        for (CborValue element : array.elements()) {
          parser.nextToken();
          assertSame(element, parser);
        }
        assertThat(parser.nextToken()).isEqualTo(JsonToken.END_ARRAY);
      }
      case CborValue.MapValue map -> {
        for (var entry : map.entries().entrySet()) {
          assertThat(parser.nextFieldName()).isEqualTo(entry.getKey());
          parser.nextToken();
          assertSame(entry.getValue(), parser);
        }
        assertThat(parser.nextToken()).isEqualTo(JsonToken.END_OBJECT);
      }
    }
  }

  // T-15: Java orders strings by UTF-16, which puts U+FFFF behind U+10000.
  @Test
  void keyOrder_isThatOfUtf8() {
    Gen.forAll(
        1000,
        gen -> {
          String a = gen.text();
          String b = gen.text();
          byte[] left = new CborWriter().writeText(a).toByteArray();
          byte[] right = new CborWriter().writeText(b).toByteArray();
          assertThat(Integer.signum(CborValue.KEY_ORDER.compare(a, b)))
              .isEqualTo(Integer.signum(java.util.Arrays.compareUnsigned(left, right)));
        });
  }

  // T-16: our check of UTF-8 against the JDK's.
  @Test
  void utf8_isValidAsTheJdkSays() {
    Gen.forAll(
        20_000,
        gen -> {
          byte[] text =
              (gen.oneIn(3) ? gen.text() : "x".repeat(gen.nextInt(20)) + gen.text())
                  .getBytes(StandardCharsets.UTF_8);
          if (text.length > 0 && gen.oneIn(2)) {
            text[gen.nextInt(text.length)] = (byte) gen.nextInt(256);
          }
          boolean expected =
              java.util.Arrays.equals(
                  new String(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), text);
          assertThat(Utf8.isValid(text, 0, text.length)).isEqualTo(expected);
        });
  }

  @Test
  void lenient_readsOtherFormsAsTheSameValue() {
    Gen.forAll(
        2000,
        gen -> {
          CborValue value = RandomValues.value(gen, 3);
          Bytes loose = LooseEncoder.encode(value, gen);
          assertThat(LenientCbor.decodeSequence(loose, CborLimits.DEFAULT))
              .isEqualTo(List.of(value));
        });
  }

  // What one reader accepts strictly the other must accept too, with the same meaning.
  @Test
  void lenient_acceptsWhateverIsStrict() {
    Gen.forAll(
        20_000,
        gen -> {
          byte[] bytes = RandomValues.value(gen, 3).encode().toByteArray();
          bytes[gen.nextInt(bytes.length)] = (byte) gen.nextInt(256);
          Bytes input = Bytes.wrap(bytes);
          CborValue strict;
          try {
            strict = CborValue.decode(input);
          } catch (CborException refused) {
            try {
              LenientCbor.decodeSequence(input, CborLimits.DEFAULT);
            } catch (CborException alsoRefused) {
              assertThat(alsoRefused.offset()).isLessThanOrEqualTo(bytes.length);
            }
            return;
          }
          assertThat(LenientCbor.decodeSequence(input, CborLimits.DEFAULT))
              .isEqualTo(List.of(strict));
        });
  }
}
