// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.atprotojava.cbor.Blob;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.MapBuilder;
import dev.atprotojava.cbor.jackson.RecordMappingException.Reason;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordMapperTest {
  private static final Cid FILE = Cid.ofRaw(new byte[] {1});
  private static final Cid BLOCK = Cid.ofDagCbor(new byte[] {(byte) 0xa0});
  private static final Blob IMAGE = new Blob(FILE, "image/png", 5);

  private final RecordMapper mapper = RecordMapper.create();

  /** What embeds say they are stands in a field that is rarely the first in canonical order. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "$type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Picture.class, name = "com.example.picture"),
    @JsonSubTypes.Type(value = Quote.class, name = "com.example.quote")
  })
  sealed interface Embed {}

  record Picture(Blob image) implements Embed {}

  record Quote(Cid of, Bytes key) implements Embed {}

  record Note(
      @JsonProperty("$type") String type,
      String text,
      long count,
      boolean pinned,
      @Nullable Cid root,
      @Nullable Bytes key,
      @Nullable List<Embed> embeds) {}

  /** A property that is an array of bytes. */
  static final class Raw {
    @JsonProperty byte[] raw = {};
  }

  record Open(String text, @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {}

  record Outer(Open inner, @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {}

  record Text(String text) {}

  record Holder(@Nullable Object value) {}

  record Twice(String text, @JsonAnyGetter Map<String, String> more) {}

  private static MapBuilder note() {
    return CborValue.map()
        .put("$type", "com.example.note")
        .put("text", "hi")
        .put("count", Long.MIN_VALUE)
        .put("pinned", true);
  }

  private static final CborValue FULL =
      note()
          .put("root", BLOCK)
          .put("key", Bytes.fromHex("00ff"))
          .put(
              "embeds",
              CborValue.array(
                  CborValue.map().put("$type", "com.example.picture").put("image", IMAGE).build(),
                  CborValue.map()
                      .put("$type", "com.example.quote")
                      .put("of", BLOCK)
                      .put("key", Bytes.fromHex("02"))
                      .build()))
          .build();

  // Damage: a link that becomes bytes, bytes that become base64, a map in the order of the class;
  // also where Jackson keeps tokens until it knows the type, which loses tags.
  @Test
  void read_andWriteGiveTheSameBytes() {
    Note note = mapper.read(FULL.encode(), Note.class);
    assertThat(note.type()).isEqualTo("com.example.note");
    assertThat(note.count()).isEqualTo(Long.MIN_VALUE);
    assertThat(note.root()).isEqualTo(BLOCK);
    assertThat(note.key()).isEqualTo(Bytes.fromHex("00ff"));
    assertThat(note.embeds())
        .containsExactly(new Picture(IMAGE), new Quote(BLOCK, Bytes.fromHex("02")));
    assertThat(mapper.write(note)).isEqualTo(FULL.encode());
    assertThat(mapper.cid(note)).isEqualTo(FULL.cid());
  }

  // Damage: Jackson's own reading of byte[], which takes text for base64, and a link for its bytes.
  @Test
  void read_takesOnlyBytesForAnArrayOfBytes() {
    Bytes block = CborValue.map().put("raw", Bytes.fromHex("00ff")).build().encode();
    Raw raw = mapper.read(block, Raw.class);
    assertThat(raw.raw).containsExactly(0, 0xff);
    assertThat(mapper.write(raw)).isEqualTo(block);
    for (CborValue wrong : List.of(CborValue.of("AP8="), CborValue.of(BLOCK), CborValue.of(1))) {
      Bytes other = CborValue.map().put("raw", wrong).build().encode();
      assertThatThrownBy(() -> mapper.read(other, Raw.class))
          .isInstanceOf(RecordMappingException.class);
    }
  }

  // CB-17: what is null is left out; a tree's null is written.
  @Test
  void write_leavesOutWhatIsNull() {
    Note note = new Note("com.example.note", "hi", Long.MIN_VALUE, true, null, null, null);
    assertThat(mapper.write(note)).isEqualTo(note().build().encode());
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.set("gone", NullNode.instance);
    assertThat(mapper.write(tree)).isEqualTo(CborValue.map().putNull("gone").build().encode());
  }

  @Test
  void readTree_showsLinksAndBytes() {
    ObjectNode tree = mapper.readTree(FULL.encode());
    assertThat(RecordTree.findLink(tree.get("root"))).isEqualTo(BLOCK);
    assertThat(RecordTree.findLink(tree.get("text"))).isNull();
    assertThat(RecordTree.findLink(tree.get("none"))).isNull();
    assertThat(tree.get("count").longValue()).isEqualTo(Long.MIN_VALUE);
    assertThat(RecordTree.findBlob(tree.at("/embeds/0/image"))).isEqualTo(IMAGE);
    assertThat(RecordTree.findBlob(tree.at("/embeds/0"))).isNull();
    ObjectNode half = JsonNodeFactory.instance.objectNode();
    assertThat(RecordTree.findBlob(half.put("cid", FILE.toString()).put("mimeType", "\ud800")))
        .isNull();
    assertThat(mapper.write(tree)).isEqualTo(FULL.encode());
    assertThat(mapper.toTree(mapper.read(FULL.encode(), Note.class))).isEqualTo(tree);
    tree.set("root", RecordTree.link(FILE));
    assertThat(mapper.read(mapper.write(tree), Note.class).root()).isEqualTo(FILE);
  }

  // JSON-09: a legacy blob is read, and leaves in the form it came in.
  @Test
  void read_takesLegacyBlobs() {
    Blob legacy = new Blob(FILE, "image/png", Blob.UNKNOWN_SIZE);
    Bytes block = CborValue.map().put("image", legacy).build().encode();
    record Holding(Blob image) {}
    Holding holding = mapper.read(block, Holding.class);
    assertThat(holding.image()).isEqualTo(legacy);
    assertThat(mapper.readTree(block).get("image").has("cid")).isTrue();
    assertThat(mapper.write(holding)).isEqualTo(block);
  }

  // CB-12, CB-21: on request, what the class does not know stays, at any depth.
  @Test
  void unknownFields_areKeptWhereTheClassHasAMap() {
    CborValue inner =
        CborValue.map().put("text", "a").put("$new", BLOCK).put("image", IMAGE).build();
    Bytes block = CborValue.map().put("inner", inner).put("later", -1).build().encode();
    Outer outer = mapper.read(block, Outer.class);
    assertThat(outer.more()).containsOnlyKeys("later");
    assertThat(RecordTree.findLink(outer.inner().more().get("$new"))).isEqualTo(BLOCK);
    assertThat(mapper.write(outer)).isEqualTo(block);
  }

  @Test
  void unknownFields_arePassedOverOrRefused() {
    Bytes block = CborValue.map().put("text", "hi").put("more", 1).build().encode();
    assertThat(mapper.read(block, Text.class)).isEqualTo(new Text("hi"));
    RecordMapper strict = RecordMapper.builder().refuseUnknown().build();
    RecordMappingException refused =
        catchThrowableOfType(RecordMappingException.class, () -> strict.read(block, Text.class));
    assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_PROPERTY);
    assertThat(refused.path()).isEqualTo("/more");
  }

  /** A deserializer that counts: Jackson has been asked. */
  private static RecordMapper counting(AtomicInteger asked) {
    SimpleModule module = new SimpleModule();
    module.addDeserializer(
        Text.class,
        new StdDeserializer<Text>(Text.class) {
          private static final long serialVersionUID = 1;

          @Override
          public Text deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            asked.incrementAndGet();
            in.skipChildren();
            return new Text("");
          }
        });
    return RecordMapper.builder().module(module).build();
  }

  // Damage: two records with one meaning and two CIDs, or whatever Jackson makes of bytes that are
  // none; it takes most of these.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a1617818ff01", // CB-15
        "a16161180a", // CB-02
        "bf616101ff", // CB-07
        "a16161fb3ff0000000000000", // CB-05
        "a16161c249010000000000000000", // CB-03, CB-14
        "a161611bffffffffffffffff", // CB-03
        "a16161c074323032342d30312d30325430333a30343a30355a", // CB-14
        "a2616201616101", // CB-10
        "a2616101616102", // CB-09
        "a10101", // CB-09
        "a16161f7", // CB-06
        "a16161f6f6", // CB-15
        "a16161d82a4101", // CB-13
        "a1616164616263", // CB-16
        "a16161", // CB-16
        "a1616161ff", // CB-08
        "",
        "ff",
      })
  void read_refusesBeforeJacksonIsAsked(String hex) {
    AtomicInteger asked = new AtomicInteger();
    RecordMapper counting = counting(asked);
    assertThat(counting.read(CborValue.map().build().encode(), Text.class)).isNotNull();
    assertThat(asked).hasValue(1);
    Bytes block = Bytes.fromHex(hex);
    assertThatThrownBy(() -> counting.read(block, Text.class)).isInstanceOf(CborException.class);
    assertThatThrownBy(() -> counting.readTree(block)).isInstanceOf(CborException.class);
    assertThat(asked).hasValue(1);
  }

  // CB-19, CB-20, JSON-10
  @Test
  void read_refusesWhatIsTooLargeOrNoMap() {
    CborValue deep = CborValue.of(0);
    for (int i = 0; i < 32; i++) {
      deep = CborValue.array(deep);
    }
    Bytes nested = CborValue.map().put("a", deep).build().encode();
    assertThatThrownBy(() -> mapper.readTree(nested)).isInstanceOf(CborException.class);
    Bytes large = CborValue.map().put("a", "x".repeat(1_000_000)).build().encode();
    assertThatThrownBy(() -> mapper.readTree(large)).isInstanceOf(CborException.class);
    RecordMapper larger = RecordMapper.builder().limits(CborLimits.DEFAULT).build();
    assertThat(larger.readTree(large).get("a").textValue()).hasSize(1_000_000);
    RecordMappingException noMap =
        catchThrowableOfType(
            RecordMappingException.class, () -> mapper.readTree(CborValue.array().encode()));
    assertThat(noMap.reason()).isEqualTo(Reason.NOT_AN_OBJECT);
  }

  // Damage: a number that is taken for text and written back as such: another CID.
  @Test
  void read_takesNoTypeForAnother() {
    List<MapBuilder> wrong = new ArrayList<>();
    wrong.add(note().put("text", 1));
    wrong.add(note().put("text", true));
    wrong.add(note().put("text", Bytes.fromHex("61")));
    wrong.add(note().put("text", BLOCK));
    wrong.add(note().put("count", "1"));
    wrong.add(note().put("count", true));
    wrong.add(note().putNull("count"));
    wrong.add(note().put("pinned", 1));
    wrong.add(note().put("pinned", "true"));
    wrong.add(note().put("root", BLOCK.toString()));
    wrong.add(note().put("root", Bytes.wrap(BLOCK.toByteArray())));
    wrong.add(note().put("key", "AP8="));
    wrong.add(note().put("key", BLOCK));
    for (MapBuilder record : wrong) {
      Bytes block = record.build().encode();
      RecordMappingException refused =
          catchThrowableOfType(RecordMappingException.class, () -> mapper.read(block, Note.class));
      assertThat(refused).as(record.build().toString()).isNotNull();
      assertThat(refused.reason()).isEqualTo(Reason.MISMATCH);
    }
    RecordMappingException path =
        catchThrowableOfType(
            RecordMappingException.class,
            () ->
                mapper.read(
                    note()
                        .put(
                            "embeds",
                            CborValue.array(
                                CborValue.map()
                                    .put("$type", "com.example.picture")
                                    .put("image", "secret")
                                    .build()))
                        .build()
                        .encode(),
                    Note.class));
    assertThat(path.path()).isEqualTo("/embeds/0/image");
    assertThat(path).hasMessage("MISMATCH").hasNoCause(); // nothing of the record
  }

  // JSON-11: a key is data; one that is the name of a method or a supertype's property is nothing.
  @Test
  void read_mapsNoKeyThatTheClassDoesNotDeclare() {
    Bytes block =
        CborValue.map()
            .put("text", "hi")
            .put("class", "java.lang.Runtime")
            .put("__proto__", "x")
            .put("@class", "java.lang.Runtime")
            .build()
            .encode();
    assertThat(mapper.read(block, Text.class)).isEqualTo(new Text("hi"));
    assertThat(mapper.write(mapper.readTree(block))).isEqualTo(block);
  }

  // Damage: the low bits of a number, or a refusal of another type than promised.
  @Test
  void read_refusesANumberThatDoesNotFit() {
    record Small(int count) {}
    record Smalls(List<Short> counts) {}
    Bytes large = CborValue.map().put("count", 1L << 31).build().encode();
    RecordMappingException refused =
        catchThrowableOfType(RecordMappingException.class, () -> mapper.read(large, Small.class));
    assertThat(refused.path()).isEqualTo("/count");
    Bytes list =
        CborValue.map().put("counts", CborValue.array(CborValue.of(1 << 15))).build().encode();
    refused =
        catchThrowableOfType(RecordMappingException.class, () -> mapper.read(list, Smalls.class));
    assertThat(refused.path()).isEqualTo("/counts/0");
  }

  // CB-03, CB-05: also those that are whole, for 1.0 is a float.
  @Test
  void write_refusesWhatTheDataModelDoesNotHave() {
    assertThat(refusal(new Holder(1.0))).isEqualTo(Reason.FRACTION);
    assertThat(refusal(new Holder(1.5f))).isEqualTo(Reason.FRACTION);
    assertThat(refusal(new Holder(BigDecimal.ONE))).isEqualTo(Reason.FRACTION);
    assertThat(refusal(new Holder(Double.NaN))).isEqualTo(Reason.FRACTION);
    BigInteger beyond = BigInteger.ONE.shiftLeft(63);
    assertThat(refusal(new Holder(beyond))).isEqualTo(Reason.INTEGER_RANGE);
    assertThat(mapper.write(new Holder(beyond.negate())))
        .isEqualTo(CborValue.map().put("value", Long.MIN_VALUE).build().encode());
    assertThat(refusal(new Holder("a\ud800"))).isEqualTo(Reason.SURROGATE);
    assertThat(refusal(Map.of("\udc00", 1))).isEqualTo(Reason.SURROGATE);
    assertThat(mapper.write(new Holder("\ud83d\ude00")))
        .isEqualTo(CborValue.map().put("value", "\ud83d\ude00").build().encode());
    assertThat(refusal(new Twice("a", Map.of("text", "b")))).isEqualTo(Reason.DUPLICATE_KEY);
    assertThat(refusal(List.of())).isEqualTo(Reason.NOT_AN_OBJECT);
    assertThat(refusal(new Holder("x".repeat(1_000_000)))).isEqualTo(Reason.TOO_LARGE);
    List<Object> ring = new ArrayList<>();
    ring.add(ring);
    assertThat(refusal(new Holder(ring))).isEqualTo(Reason.TOO_LARGE);
    JsonNode raw = JsonNodeFactory.instance.rawValueNode(new RawValue("1"));
    assertThat(refusal(Map.of("a", raw))).isEqualTo(Reason.NO_FORM);
    assertThat(refusal(JsonNodeFactory.instance.objectNode().set("a", raw)))
        .isEqualTo(Reason.NO_FORM);
    RecordMappingException refused =
        catchThrowableOfType(
            RecordMappingException.class,
            () -> mapper.write(Map.of("a/b", List.of(0, new Holder(0.5)))));
    assertThat(refused.path()).isEqualTo("/a~1b/1/value");
  }

  // Damage: a module of the application's that writes what Jackson could but a record may not have.
  @Test
  void write_refusesWhatACustomSerializerWrites() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(
        new StdSerializer<Text>(Text.class) {
          private static final long serialVersionUID = 1;

          @Override
          public void serialize(Text value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            out.writeNumber("1e3");
          }
        });
    RecordMapper custom = RecordMapper.builder().module(module).build();
    RecordMappingException refused =
        catchThrowableOfType(
            RecordMappingException.class, () -> custom.write(Map.of("a", new Text(""))));
    assertThat(refused.reason()).isEqualTo(Reason.NO_FORM);
  }

  private Reason refusal(Object record) {
    return catchThrowableOfType(RecordMappingException.class, () -> mapper.write(record)).reason();
  }

  // A class that Jackson cannot handle is a mistake of the caller's, and says which.
  @Test
  void read_saysWhichClassIsWrong() {
    assertThatThrownBy(() -> mapper.read(CborValue.map().build().encode(), AtomicHolder.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("AtomicHolder");
  }

  interface AtomicHolder {}
}
