// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.InvalidSyntaxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads operations of did:plc, and the rows of logs that hold them, from JSON.
 *
 * <p>Operations are read strictly, because what is not seen here is nevertheless signed: a field
 * that is passed over would change the bytes, and one that is read differently from how it was
 * signed would be believed. Rows are read leniently: they are a directory's own words.
 */
final class PlcJson {
  private static final Set<String> REGULAR =
      Set.of(
          "type", "rotationKeys", "verificationMethods", "alsoKnownAs", "services", "prev", "sig");
  private static final Set<String> CREATE =
      Set.of("type", "signingKey", "recoveryKey", "handle", "service", "prev", "sig");
  private static final Set<String> TOMBSTONE = Set.of("type", "prev", "sig");
  private static final Set<String> SERVICE = Set.of("type", "endpoint");

  private PlcJson() {}

  /** The value in some JSON, which is one object. */
  static MapValue tree(byte[] json, Fault fault) {
    try (JsonParser parser = DocumentReader.JSON.createParser(utf8(json, fault))) {
      parser.nextToken();
      CborValue value = value(parser, fault);
      if (value instanceof MapValue map && parser.nextToken() == null) {
        return map;
      }
    } catch (IOException malformed) {
      // Of the JSON: the text is in memory.
    }
    throw new IdentityException(fault, "not a JSON object, or one with a repeated key");
  }

  /** The values in some JSON, which is an array of objects, each handed over as it is read. */
  static <T> List<T> trees(JsonParser parser, Function<MapValue, T> each) throws IOException {
    List<T> values = new ArrayList<>();
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new IdentityException(Fault.LOG_ENTRY, "PLC log is not an array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!(value(parser, Fault.LOG_ENTRY) instanceof MapValue map)) {
        throw new IdentityException(Fault.LOG_ENTRY, "PLC log has something between its entries");
      }
      values.add(each.apply(map));
    }
    return values;
  }

  static String utf8(byte[] json, Fault fault) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IdentityException(fault, "JSON is not UTF-8");
    }
  }

  private static CborValue value(JsonParser parser, Fault fault) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IdentityException(fault, "JSON ends too early");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, CborValue> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = wellFormed(parser.currentName(), fault);
          parser.nextToken();
          fields.put(name, value(parser, fault));
        }
        yield new MapValue(fields);
      }
      case START_ARRAY -> {
        List<CborValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser, fault));
        }
        yield new ArrayValue(elements);
      }
      case VALUE_STRING -> new TextValue(wellFormed(parser.getText(), fault));
      case VALUE_NUMBER_INT -> new IntegerValue(parser.getLongValue());
      case VALUE_TRUE -> new BooleanValue(true);
      case VALUE_FALSE -> new BooleanValue(false);
      case VALUE_NULL -> new NullValue();
      default -> throw new IdentityException(fault, "JSON has a number that is not whole");
    };
  }

  /** Half a character cannot be encoded, and would be signed as something else. */
  private static String wellFormed(String text, Fault fault) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IdentityException(fault, "text has half of a surrogate pair");
    }
    return text;
  }

  static PlcOperation operation(MapValue map) {
    return switch (text(map, "type")) {
      case "plc_operation" -> {
        requireFields(map, REGULAR);
        PlcState state =
            new PlcState(
                texts(map, "rotationKeys"),
                mapOf(map, "verificationMethods", PlcJson::text),
                texts(map, "alsoKnownAs"),
                mapOf(map, "services", PlcJson::service));
        yield new PlcOperation.Regular(state, textOrNull(map, "prev"), text(map, "sig"));
      }
      case "create" -> {
        requireFields(map, CREATE);
        if (textOrNull(map, "prev") != null) {
          throw notOne("follows another, and is of the type for the first");
        }
        yield new PlcOperation.LegacyCreate(
            text(map, "signingKey"),
            text(map, "recoveryKey"),
            text(map, "handle"),
            text(map, "service"),
            text(map, "sig"));
      }
      case "plc_tombstone" -> {
        requireFields(map, TOMBSTONE);
        yield new PlcOperation.Tombstone(text(map, "prev"), text(map, "sig"));
      }
      default -> throw notOne("is of an unknown type");
    };
  }

  static PlcLogEntry entry(MapValue row) {
    try {
      Did did = Did.parse(text(row, "did"));
      Cid cid = Cid.parse(text(row, "cid"));
      Instant createdAt = AtDatetime.parse(text(row, "createdAt")).instant();
      Boolean nullified = row.find("nullified") instanceof BooleanValue flag ? flag.value() : null;
      Long seq = row.find("seq") instanceof IntegerValue number ? number.value() : null;
      return new PlcLogEntry(did, readable(row.find("operation")), cid, nullified, createdAt, seq);
    } catch (IdentityException | InvalidSyntaxException | InvalidCidException e) {
      throw new IdentityException(
          Fault.LOG_ENTRY, "PLC log entry has no valid did, cid or createdAt");
    }
  }

  private static @Nullable PlcOperation readable(@Nullable CborValue value) {
    try {
      return value instanceof MapValue map ? operation(map) : null;
    } catch (IdentityException notOne) {
      return null;
    }
  }

  private static void requireFields(MapValue map, Set<String> names) {
    if (!map.entries().keySet().equals(names)) {
      throw notOne("has a field too few or too many");
    }
  }

  private static PlcState.Service service(CborValue value) {
    if (!(value instanceof MapValue map)) {
      throw notOne("has a service that is not an object");
    }
    requireFields(map, SERVICE);
    return new PlcState.Service(text(map, "type"), text(map, "endpoint"));
  }

  private static String text(MapValue map, String name) {
    CborValue value = map.find(name);
    if (value == null) {
      throw notOne("has a field too few");
    }
    return text(value);
  }

  private static String text(CborValue value) {
    if (value instanceof TextValue(String text)) {
      return text;
    }
    throw notOne("has something else where a text must be");
  }

  private static @Nullable String textOrNull(MapValue map, String name) {
    return map.find(name) instanceof NullValue ? null : text(map, name);
  }

  private static List<String> texts(MapValue map, String name) {
    if (map.find(name) instanceof ArrayValue(List<CborValue> elements)) {
      return elements.stream().map(PlcJson::text).toList();
    }
    throw notOne("has something else where a list must be");
  }

  private static <V> Map<String, V> mapOf(MapValue map, String name, Function<CborValue, V> value) {
    if (!(map.find(name) instanceof MapValue inner)) {
      throw notOne("has something else where an object must be");
    }
    Map<String, V> values = new HashMap<>();
    inner.entries().forEach((key, each) -> values.put(key, value.apply(each)));
    return values;
  }

  private static IdentityException notOne(String why) {
    return new IdentityException(Fault.OPERATION, "PLC operation " + why);
  }
}
