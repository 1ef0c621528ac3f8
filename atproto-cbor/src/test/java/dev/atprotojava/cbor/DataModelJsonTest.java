// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cbor.JsonException.Reason;
import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Gen;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON-01 to JSON-11; {@link BlobTest} has JSON-12. */
class DataModelJsonTest {
  private static final String RAW = "bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity";
  private static final String CBOR = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";

  // JSON-01, in both directions. Names are printed in the order of DAG-CBOR, not of the text.
  @Test
  void parse_readsEveryKindOfValue() {
    CborValue value =
        new MapValue(
            Map.of(
                "null", new NullValue(),
                "flag", new CborValue.BooleanValue(true),
                "text", new TextValue("\"ü\u0000😀"),
                "link", new LinkValue(Cid.parse(CBOR)),
                "bytes", new BytesValue(Bytes.fromHex("00ff10")),
                "list", new ArrayValue(List.of(new IntegerValue(-1), new MapValue(Map.of()))),
                "", new CborValue.BooleanValue(false)));
    String printed =
        "{\"\":false,\"flag\":true,\"link\":{\"$link\":\""
            + CBOR
            + "\"},\"list\":[-1,{}],\"null\":null,\"text\":\"\\\"ü\\u0000😀\","
            + "\"bytes\":{\"$bytes\":\"AP8Q\"}}";
    assertThat(DataModelJson.print(value)).isEqualTo(printed);
    assertThat(DataModelJson.parse(printed)).isEqualTo(value);
    assertThat(DataModelJson.parse(Bytes.wrap(printed.getBytes(UTF_8)), CborLimits.DEFAULT))
        .isEqualTo(value);
  }

  // Whatever a record holds, a service that shows it as JSON and takes it back loses nothing.
  @Test
  void parse_undoesPrint() {
    Gen.forAll(
        1000,
        gen -> {
          CborValue value = RandomValues.value(gen, 4);
          assertThat(DataModelJson.parse(DataModelJson.print(value))).isEqualTo(value);
        });
  }

  // JSON-04, CB-04: a number that went through a double would come out as another one.
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "123.0, 123",
    "1e2, 100",
    "1.25E+2, 125",
    "1000e-3, 1",
    "9007199254740993, 9007199254740993",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "9223372036854775807.000, 9223372036854775807",
    "0e999999999, 0",
    "0.00000000000000000000000000000000000000000000000000000001e56, 1",
  })
  void parse_readsWholeNumbers(String text, long value) {
    assertThat(DataModelJson.parse(text)).isEqualTo(new IntegerValue(value));
  }

  // None of these may be written out, which would take as many bytes as the exponent says.
  @ParameterizedTest
  @CsvSource({
    "0.5, FRACTION",
    "123.456, FRACTION",
    "1e-1, FRACTION",
    "1e-999999999, FRACTION",
    "9223372036854775808, INTEGER_RANGE",
    "-9223372036854775809, INTEGER_RANGE",
    "1e19, INTEGER_RANGE",
    "1e999999999, INTEGER_RANGE",
    "-1e2147483647, INTEGER_RANGE",
    "1e99999999999999999999, INTEGER_RANGE",
    "12345678901234567890123456789, INTEGER_RANGE",
    "NaN, NOT_JSON",
    "Infinity, NOT_JSON",
    "01, NOT_JSON",
    "+1, NOT_JSON",
    ".5, NOT_JSON",
    "0x1, NOT_JSON",
  })
  void parse_refusesOtherNumbers(String text, Reason reason) {
    assertThat(reasonOf(text)).isEqualTo(reason);
  }

  @Test
  void parse_boundsTheDigitsOfANumber() {
    assertThat(DataModelJson.parse("1." + "0".repeat(900))).isEqualTo(new IntegerValue(1));
    assertThat(reasonOf("1." + "0".repeat(2000))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf("1".repeat(1_000_000))).isEqualTo(Reason.TOO_LARGE);
  }

  // JSON-02: with other fields beside it, it would be a way to smuggle them past a check.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$link':'CBOR','other':1}",
        "{'other':1,'$link':'CBOR'}",
        "{'$link':'CBOR','$bytes':''}",
        "{'$link':1234}",
        "{'$link':null}",
        "{'$link':{'$link':'CBOR'}}",
        "{'$link':'.'}",
        "{'$link':''}",
        "{'$link':' CBOR'}",
        "{'$link':'QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR'}",
      })
  void parse_refusesADamagedLink(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.LINK);
  }

  // CID-09: a record may link to what is not of this protocol.
  @Test
  void parse_readsALinkToAnotherKindOfBlock() {
    byte[] exotic = {1, 0x70, 0x13, 4, 9, 9, 9, 9};
    Cid cid = Cid.decodeAny(exotic, 0, exotic.length);
    assertThat(DataModelJson.parse("{\"$link\":\"" + cid + "\"}")).isEqualTo(new LinkValue(cid));
  }

  // JSON-03, T-14: padding is optional, everything else has one form.
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "AA, 00",
    "AA==, 00",
    "AAE, 0001",
    "AAE=, 0001",
    "+/+/, fbffbf",
  })
  void parse_readsBase64(String base64, String hex) {
    assertThat(DataModelJson.parse("{\"$bytes\":\"" + base64 + "\"}"))
        .isEqualTo(new BytesValue(Bytes.fromHex(hex)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$bytes':'-_-_'}",
        "{'$bytes':'AB'}", // bits behind the last byte
        "{'$bytes':'AAF='}",
        "{'$bytes':'A'}",
        "{'$bytes':'AA='}",
        "{'$bytes':'AAE=='}",
        "{'$bytes':'AAAA='}",
        "{'$bytes':'AAAA=='}",
        "{'$bytes':'AAAA===='}",
        "{'$bytes':'===='}",
        "{'$bytes':'AA AA'}",
        "{'$bytes':'AAAA\\n'}",
        "{'$bytes':'AA==AA=='}",
        "{'$bytes':[1,2,3]}",
        "{'$bytes':null}",
        "{'$bytes':'','other':1}",
      })
  void parse_refusesDamagedBytes(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.BYTES);
  }

  // JSON-05, JSON-06; that there is a $type at all, and which, is for others to say (JSON-07).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$type':null}",
        "{'$type':123}",
        "{'$type':''}",
        "{'$type':{}}",
        "{'$type':'com.example.record#main'}",
        "{'a':[{'$type':''}]}",
      })
  void parse_refusesATypeThatNamesNothing(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.TYPE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'a':1}", "{'$type':'com.example.record#view'}", "{'$unknown':null}"})
  void parse_keepsWhatItDoesNotKnow(String text) {
    assertThat(DataModelJson.print(DataModelJson.parse(json(text)))).isEqualTo(json(text));
  }

  // JSON-08
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':'a/b','size':'1'}",
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':'a/b','size':-1}",
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':'','size':1}",
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':1,'size':1}",
        "{'$type':'blob','ref':{'$link':'CBOR'},'mimeType':'a/b','size':1}",
        "{'$type':'blob','ref':'RAW','mimeType':'a/b','size':1}",
        "{'$type':'blob','mimeType':'a/b','size':1}",
        "{'$type':'blob','ref':{'$link':'RAW'},'size':1}",
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':'a/b'}",
        "{'$type':'blob','ref':{'$link':'RAW'},'mimeType':'a/b','size':1,'alt':''}",
        "{'$type':'blob'}",
      })
  void parse_refusesADamagedBlob(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.BLOB);
  }

  // JSON-08, T-06: an empty file is a file. JSON-09: the old form is read, and leaves as it came.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'ref':{'$link':'RAW'},'size':0,'$type':'blob','mimeType':'a/b'}",
        "{'cid':'RAW','mimeType':'a/b'}",
      })
  void parse_keepsBlobs(String text) {
    assertThat(DataModelJson.print(DataModelJson.parse(json(text)))).isEqualTo(json(text));
  }

  // JSON-10
  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "'blah'", "1", "{'$link':'CBOR'}", "{'$bytes':''}"})
  void parseRecord_refusesWhatIsNoObject(String text) {
    assertThat(
            catchThrowableOfType(JsonException.class, () -> DataModelJson.parseRecord(json(text)))
                .reason())
        .isEqualTo(Reason.NOT_AN_OBJECT);
  }

  @Test
  void parseRecord_readsAnObject() {
    assertThat(DataModelJson.parseRecord("{\"a\":[1,null,\"x\"]}").entries()).containsKey("a");
  }

  // JSON-04: the second of two names would win in one reader and the first in another.
  @ParameterizedTest
  @ValueSource(strings = {"{'a':1,'a':1}", "{'a':{'b':1,'c':2,'b':3}}", "{'a':1,'\\u0061':2}"})
  void parse_refusesANameThatOccursTwice(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.DUPLICATE_KEY);
  }

  // JSON-11: names are data.
  @Test
  void parse_takesEveryName() {
    String text = "{\"class\":1,\"__proto__\":{\"toString\":2}}";
    assertThat(DataModelJson.print(DataModelJson.parse(text))).isEqualTo(text);
  }

  // Half a surrogate pair would become a question mark in CBOR, and two names one.
  @ParameterizedTest
  @ValueSource(strings = {"'\\ud800'", "'a\\udc00b'", "{'\ud83d':1}", "['\\ude00\\ud83d']"})
  void parse_refusesHalfASurrogatePair(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.SURROGATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,",
        "[1,]",
        "{'a'}",
        "{'a':}",
        "{'a':1,}",
        "1 2",
        "{} {}",
        "[1] x",
        "nul",
        "'a",
        "'\t'",
        "// no\n1",
        "{a:1}",
        "[1}",
        "{'\\ud83d':1}",
        "\ufeff1",
      })
  void parse_refusesWhatIsNoJson(String text) {
    assertThat(reasonOf(json(text))).isEqualTo(Reason.NOT_JSON);
  }

  @Test
  void parse_refusesWhatIsNotUtf8() {
    JsonException refused =
        catchThrowableOfType(
            JsonException.class,
            () -> DataModelJson.parse(Bytes.fromHex("22ff22"), CborLimits.DEFAULT));
    assertThat(refused.reason()).isEqualTo(Reason.NOT_JSON);
    assertThat(refused.offset()).isEqualTo(-1);
  }

  // CB-19: ten thousand levels must neither overflow the stack nor be counted one by one by others.
  @Test
  void parse_boundsTheDepth() {
    assertThat(reasonOf("[".repeat(10_000))).isEqualTo(Reason.TOO_DEEP);
    assertThat(reasonOf("{\"a\":".repeat(10_000))).isEqualTo(Reason.TOO_DEEP);
    CborLimits two = new CborLimits(100, 2, 100, 100);
    for (String deepest :
        List.of("[[1]]", "[{\"a\":1}]", "[[{\"$bytes\":\"\"}]]", "{\"a\":[{\"$bytes\":\"\"}]}")) {
      assertThat(DataModelJson.parse(deepest, two)).isNotNull();
    }
    for (String deeper : List.of("[[[]]]", "[[{}]]", "{\"a\":{\"b\":{}}}", "[[{\"a\":[]}]]")) {
      assertThat(reasonOf(deeper, two)).isEqualTo(Reason.TOO_DEEP);
    }
  }

  // What JSON lets through must be readable as CBOR under the same limits.
  @Test
  void parse_allowsTheDepthThatCborAllows() {
    Gen.forAll(
        2000,
        gen -> {
          CborLimits limits = new CborLimits(1 << 20, gen.nextInt(4), 1 << 17, 1 << 13);
          CborValue value = RandomValues.value(gen, 5);
          Bytes encoded = value.encode();
          boolean readable = true;
          try {
            new CborReader(limits).check(encoded.array(), 0, encoded.length());
          } catch (CborException e) {
            readable = false;
          }
          String text = DataModelJson.print(value);
          if (readable) {
            assertThat(DataModelJson.parse(text, limits)).isEqualTo(value);
          } else {
            assertThat(reasonOf(text, limits)).isEqualTo(Reason.TOO_DEEP);
          }
        });
  }

  // CB-20
  @Test
  void parse_boundsSizes() {
    CborLimits small = new CborLimits(20, 4, 2, 3);
    assertThat(reasonOf(" ".repeat(20) + "1", small)).isEqualTo(Reason.TOO_LARGE);
    assertThat(DataModelJson.parse(" ".repeat(19) + "1", small)).isEqualTo(new IntegerValue(1));
    assertThat(DataModelJson.parse(Bytes.ofUtf8(" ".repeat(19) + "1"), small))
        .isEqualTo(new IntegerValue(1));
    assertThat(reasonOf("[1,2,3]", small)).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf("{\"a\":1,\"b\":2,\"c\":3}", new CborLimits(99, 4, 2, 3)))
        .isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonOf("{\"€€\":1}", small)).isEqualTo(Reason.TOO_LARGE);
    assertThat(DataModelJson.parse("{\"€\":[1,2]}", small)).isNotNull();
    Bytes long21 = Bytes.wrap(new byte[21]);
    assertThat(
            catchThrowableOfType(JsonException.class, () -> DataModelJson.parse(long21, small))
                .reason())
        .isEqualTo(Reason.TOO_LARGE);
  }

  // Whatever comes, the caller has one exception to catch.
  @Test
  void parse_ofDamagedTextFailsInOneWay() {
    Gen.forAll(
        20_000,
        gen -> {
          StringBuilder text = new StringBuilder(DataModelJson.print(RandomValues.value(gen, 3)));
          for (int i = gen.between(1, 3); i > 0 && !text.isEmpty(); i--) {
            int at = gen.nextInt(text.length());
            switch (gen.nextInt(3)) {
              case 0 -> text.deleteCharAt(at);
              case 1 ->
                  text.insert(at, gen.oneOf("\"", "{", "}", "[", "]", ":", ",", "1", "e", "$"));
              default -> text.setCharAt(at, (char) gen.nextInt(0x10000));
            }
          }
          try {
            CborValue value = DataModelJson.parse(text.toString());
            assertThat(DataModelJson.parse(DataModelJson.print(value))).isEqualTo(value);
          } catch (JsonException refused) {
            assertThat(refused.offset()).isBetween(0L, (long) text.length() + 1);
            assertThat(refused.getStackTrace()).isEmpty();
          }
        });
  }

  // A map of a record with such a key would come back as a link.
  @ParameterizedTest
  @ValueSource(strings = {"$link", "$bytes"})
  void print_refusesAMapThatJsonReadsAsSomethingElse(String key) {
    CborValue map = new ArrayValue(List.of(new MapValue(Map.of(key, new TextValue(CBOR)))));
    assertThat(catchThrowableOfType(JsonException.class, () -> DataModelJson.print(map)).reason())
        .isEqualTo(Reason.RESERVED_KEY);
  }

  @Test
  void failure_saysWhere() {
    assertThat(catchThrowableOfType(JsonException.class, () -> DataModelJson.parse("[1, 2.5]")))
        .hasMessage("FRACTION at character 4");
  }

  private static String json(String text) {
    return text.replace('\'', '"').replace("RAW", RAW).replace("CBOR", CBOR);
  }

  private static Reason reasonOf(String text) {
    return reasonOf(text, CborLimits.DEFAULT);
  }

  private static Reason reasonOf(String text, CborLimits limits) {
    return catchThrowableOfType(JsonException.class, () -> DataModelJson.parse(text, limits))
        .reason();
  }
}
