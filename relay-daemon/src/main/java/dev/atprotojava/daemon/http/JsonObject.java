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
import java.util.Map;

/**
 * The fields of a JSON object that hold strings. Fields with other values are there for a later
 * version and passed over; a name that occurs twice is refused, since two readers could take
 * different ones.
 */
public final class JsonObject {
  private static final int MAX_DEPTH = 32;
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Map<String, String> strings;

  private JsonObject(Map<String, String> strings) {
    this.strings = strings;
  }

  static JsonObject read(Bytes bytes) {
    Map<String, String> strings = new HashMap<>();
    try (JsonParser parser = FACTORY.createParser(bytes.array(), bytes.offset(), bytes.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          strings.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw malformed();
      }
    } catch (IOException e) {
      throw malformed();
    }
    return new JsonObject(strings);
  }

  private static ApiException malformed() {
    return ApiException.invalidRequest("the body is not a JSON object");
  }

  /** A string that must be there. */
  public String required(String name) {
    String value = strings.get(name);
    if (value == null) {
      throw ApiException.invalidRequest(name + " is missing, or not a string");
    }
    return value;
  }
}
