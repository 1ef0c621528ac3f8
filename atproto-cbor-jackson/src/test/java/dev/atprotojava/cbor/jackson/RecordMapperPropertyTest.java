// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.testing.LooseEncoder;
import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordMapperPropertyTest {
  private final RecordMapper mapper = RecordMapper.create();

  // CB-18, CB-10: what is written through Jackson is, byte for byte, what CborWriter writes.
  @Test
  void write_givesTheBytesOfCborWriter() {
    Gen.forAll(
        1000,
        gen -> {
          MapValue value = RandomValues.map(gen, 4);
          assertThat(mapper.write(node(value, gen))).isEqualTo(value.encode());
          assertThat(mapper.write(plainMap(value, gen))).isEqualTo(value.encode());
        });
  }

  // The other direction: the tree of Jackson says what the value says.
  @Test
  void readTree_saysWhatTheValueSays() {
    Gen.forAll(
        1000,
        gen -> {
          MapValue value = RandomValues.map(gen, 4);
          ObjectNode tree = mapper.readTree(value.encode());
          assertThat(value(tree)).isEqualTo(value);
          assertThat(mapper.write(tree)).isEqualTo(value.encode());
        });
  }

  // CB-02, CB-07, CB-10: of all forms of a value one is read.
  @Test
  void readTree_refusesEveryOtherForm() {
    AtomicInteger refused = new AtomicInteger();
    Gen.forAll(
        2000,
        gen -> {
          MapValue value = RandomValues.map(gen, 3);
          Bytes loose = LooseEncoder.encode(value, gen);
          try {
            mapper.readTree(loose);
            assertThat(loose).isEqualTo(value.encode());
          } catch (CborException e) {
            assertThat(loose).isNotEqualTo(value.encode());
            refused.incrementAndGet();
          }
        });
    assertThat(refused.get()).isGreaterThan(1000);
  }

  // Damaged bytes cause one of two exceptions, or are another record.
  @Test
  void readTree_failsOnlyAsItSays() {
    Gen.forAll(
        10_000,
        gen -> {
          byte[] bytes = RandomValues.map(gen, 3).encode().toByteArray();
          bytes[gen.nextInt(bytes.length)] = (byte) gen.nextInt(256);
          Bytes block = Bytes.wrap(bytes);
          try {
            assertThat(mapper.write(mapper.readTree(block))).isEqualTo(block);
          } catch (CborException | RecordMappingException refused) {
            assertThat(refused).hasNoCause();
          }
        });
  }

  private static JsonNode node(CborValue value, Gen gen) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case CborValue.IntegerValue integer -> nodes.numberNode(integer.value());
      case CborValue.BytesValue bytes -> nodes.binaryNode(bytes.value().toByteArray());
      case CborValue.TextValue text -> nodes.textNode(text.value());
      case CborValue.LinkValue link -> RecordTree.link(link.value());
      case CborValue.BooleanValue bool -> nodes.booleanNode(bool.value());
      case CborValue.NullValue nothing -> nodes.nullNode();
      case CborValue.ArrayValue array -> {
        ArrayNode node = nodes.arrayNode();
        array.elements().forEach(element -> node.add(node(element, gen)));
        yield node;
      }
      case MapValue map -> {
        ObjectNode node = nodes.objectNode();
        shuffled(map, gen).forEach((key, entry) -> node.set(key, node(entry, gen)));
        yield node;
      }
    };
  }

  private static @Nullable Object plain(CborValue value, Gen gen) {
    return switch (value) {
      case CborValue.IntegerValue integer -> integer.value();
      case CborValue.BytesValue bytes -> gen.oneIn(2) ? bytes.value() : bytes.value().toByteArray();
      case CborValue.TextValue text -> text.value();
      case CborValue.LinkValue link -> link.value();
      case CborValue.BooleanValue bool -> bool.value();
      case CborValue.NullValue nothing -> null;
      case CborValue.ArrayValue array -> {
        List<@Nullable Object> list = new ArrayList<>();
        array.elements().forEach(element -> list.add(plain(element, gen)));
        yield list;
      }
      case MapValue map -> plainMap(map, gen);
    };
  }

  private static Map<String, @Nullable Object> plainMap(MapValue map, Gen gen) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    shuffled(map, gen).forEach((key, entry) -> plain.put(key, plain(entry, gen)));
    return plain;
  }

  private static Map<String, CborValue> shuffled(MapValue map, Gen gen) {
    List<String> keys = new ArrayList<>(map.entries().keySet());
    Collections.shuffle(keys, new Random(gen.nextLong()));
    Map<String, CborValue> shuffled = new LinkedHashMap<>();
    keys.forEach(key -> shuffled.put(key, map.entries().get(key)));
    return shuffled;
  }

  private static CborValue value(JsonNode node) {
    var link = RecordTree.findLink(node);
    if (link != null) {
      return CborValue.of(link);
    }
    return switch (node.getNodeType()) {
      case NUMBER -> CborValue.of(node.longValue());
      case STRING -> CborValue.of(node.textValue());
      case BOOLEAN -> CborValue.of(node.booleanValue());
      case NULL -> CborValue.ofNull();
      case BINARY -> {
        try {
          yield CborValue.of(Bytes.wrap(node.binaryValue()));
        } catch (java.io.IOException e) {
          throw new AssertionError(e);
        }
      }
      case ARRAY -> {
        List<CborValue> elements = new ArrayList<>();
        node.forEach(element -> elements.add(value(element)));
        yield new CborValue.ArrayValue(elements);
      }
      case OBJECT -> {
        Map<String, CborValue> entries = new LinkedHashMap<>();
        node.properties().forEach(entry -> entries.put(entry.getKey(), value(entry.getValue())));
        yield new MapValue(entries);
      }
      case MISSING, POJO -> throw new AssertionError(node.getNodeType());
    };
  }
}
