// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.atprotojava.cbor.Bytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object that hold strings, whole numbers or booleans. Other values are read
 * by nobody, and refused where one of these is wanted; null is as if the name were not there. A
 * name that occurs twice is refused, since two readers could take different ones.
 */
public final class JsonObject {
  private static final int MAX_DEPTH = 32;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** A value of a kind that no field of ours has. */
  private static final Object OTHER = new Object();

  private final Map<String, Object> fields;
  private final Set<String> names;

  private JsonObject(Map<String, Object> fields, Set<String> names) {
    this.fields = fields;
    this.names = names;
  }

  static JsonObject read(Bytes bytes) {
    Map<String, Object> fields = new HashMap<>();
    Set<String> names = new HashSet<>();
    try (JsonParser parser = FACTORY.createParser(bytes.array(), bytes.offset(), bytes.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        names.add(name);
        Object value = value(parser);
        if (value != null) {
          fields.put(name, value);
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw malformed();
      }
    } catch (IOException e) {
      throw malformed();
    }
    return new JsonObject(fields, names);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.nextToken()) {
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? parser.getBigIntegerValue()
              : Long.valueOf(parser.getLongValue());
      case null -> null;
      case VALUE_NULL -> null;
      default -> {
        parser.skipChildren();
        yield OTHER;
      }
    };
  }

  private static ApiException malformed() {
    return ApiException.invalidRequest("the body is not a JSON object");
  }

  /**
   * Refuses names that nobody knows: an administrator who mistypes one would believe that it was
   * heeded.
   */
  public JsonObject only(String... known) {
    if (!List.of(known).containsAll(names)) {
      throw ApiException.invalidRequest(
          "the fields of the body can be " + String.join(", ", known) + " and no others");
    }
    return this;
  }

  /** A string that must be there. */
  public String required(String name) {
    String value = optional(name);
    if (value == null) {
      throw ApiException.invalidRequest(name + " is missing, or not a string");
    }
    return value;
  }

  /** A string, or null if there is none. */
  public @Nullable String optional(String name) {
    return value(name, String.class, "a string");
  }

  /** A whole number, or null if there is none. */
  public @Nullable Long number(String name, long low, long high) {
    Long value = value(name, Long.class, "a whole number");
    if (value != null && (value < low || value > high)) {
      throw ApiException.invalidRequest(name + " must be a number from " + low + " to " + high);
    }
    return value;
  }

  /** A whole number that must be there. */
  public long requiredNumber(String name, long low, long high) {
    Long value = number(name, low, high);
    if (value == null) {
      throw ApiException.invalidRequest(name + " is missing, or not a whole number");
    }
    return value;
  }

  /** A boolean; false if there is none. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(value(name, Boolean.class, "true or false"));
  }

  /** A boolean, or null if there is none. */
  public @Nullable Boolean optionalFlag(String name) {
    return value(name, Boolean.class, "true or false");
  }

  private <T> @Nullable T value(String name, Class<T> type, String words) {
    Object value = fields.get(name);
    if (value != null && !type.isInstance(value)) {
      throw ApiException.invalidRequest(name + " must be " + words);
    }
    return type.cast(value);
  }
}
