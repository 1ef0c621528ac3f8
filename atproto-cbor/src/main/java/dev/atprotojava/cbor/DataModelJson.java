// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cbor.JsonException.Reason;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The data model as JSON (JSON-01):
 *
 * <pre>
 *   null, true, "text", [...], {...}   themselves
 *   123, 123.0, 1.23e2                 an integer, if it is whole and has 64 signed bits at most
 *   {"$link": "bafyrei..."}            a link
 *   {"$bytes": "nFERjvLLiw9qm45J"}     bytes in base64, of the standard alphabet, without padding
 * </pre>
 *
 * <p>What is read is checked beyond that where no schema is needed: {@code $type} is text that
 * names something (JSON-05, JSON-06), and a {@code blob} has the fields of one (JSON-08; see {@link
 * Blob}). That a record has a {@code $type} is for {@link RecordCheck}, and which for its reader.
 * Unknown names that begin with {@code $} are kept like all others (CB-12).
 *
 * <p>{@code print} and then {@code parse} gives an equal value. Names are printed in the order of
 * DAG-CBOR.
 *
 * <p>Source: atproto.com/specs/data-model, "JSON Representation".
 */
public final class DataModelJson {
  private static final String LINK = "$link";
  private static final String BYTES = "$bytes";

  /** The longest number, in characters: zeros may stand behind the point of a whole one. */
  private static final int MAX_NUMBER_LENGTH = 1000;

  /** More than {@link CborLimits} allows, so that its limit is the one that counts. */
  private static final int MAX_NESTING = 2048;

  // Names come from peers: none is interned or kept. Buffers are not kept by thread either.
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  private final JsonParser in;
  private final CborLimits limits;

  private DataModelJson(JsonParser in, CborLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  /**
   * Reads a text of at most 5 MiB.
   *
   * @throws JsonException if it is not JSON, or nothing that the data model has
   */
  public static CborValue parse(String json) {
    return parse(json, CborLimits.DEFAULT);
  }

  /**
   * Reads a text that is no larger than a limit, as JSON and as what it says.
   *
   * @throws JsonException if it is not JSON, or nothing that the data model has
   */
  public static CborValue parse(String json, CborLimits limits) {
    if (json.length() > limits.maxInputBytes()) {
      throw new JsonException(Reason.TOO_LARGE, limits.maxInputBytes());
    }
    try (JsonParser in = FACTORY.createParser(json)) {
      return new DataModelJson(in, limits).readDocument();
    } catch (StreamConstraintsException e) {
      throw new JsonException(Reason.TOO_LARGE, offsetOf(e));
    } catch (JsonProcessingException e) {
      throw new JsonException(Reason.NOT_JSON, offsetOf(e));
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory", e);
    }
  }

  /**
   * Reads a text in UTF-8 that is no larger than a limit.
   *
   * @throws JsonException if it is not JSON, or nothing that the data model has
   */
  public static CborValue parse(Bytes utf8, CborLimits limits) {
    if (utf8.length() > limits.maxInputBytes()) {
      throw new JsonException(Reason.TOO_LARGE, limits.maxInputBytes());
    }
    try {
      return parse(
          StandardCharsets.UTF_8.newDecoder().decode(utf8.asByteBuffer()).toString(), limits);
    } catch (CharacterCodingException e) {
      throw new JsonException(Reason.NOT_JSON, -1);
    }
  }

  /**
   * Reads a record, which must be an object (JSON-10).
   *
   * @throws JsonException if it is anything else
   */
  public static MapValue parseRecord(String json) {
    if (parse(json) instanceof MapValue record) {
      return record;
    }
    throw new JsonException(Reason.NOT_AN_OBJECT, 0);
  }

  private static long offsetOf(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null ? -1 : Math.max(0, location.getCharOffset());
  }

  private CborValue readDocument() throws IOException {
    in.nextToken();
    CborValue value = read(0);
    if (in.nextToken() != null) {
      throw failure(Reason.NOT_JSON);
    }
    return value;
  }

  /** The value whose first token is the current one; {@code depth} containers are around it. */
  private CborValue read(int depth) throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw failure(Reason.NOT_JSON);
    }
    return switch (token) {
      case START_OBJECT -> readObject(depth);
      case START_ARRAY -> readArray(depth);
      case VALUE_STRING -> new TextValue(readText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new IntegerValue(readInteger());
      case VALUE_TRUE -> new BooleanValue(true);
      case VALUE_FALSE -> new BooleanValue(false);
      case VALUE_NULL -> new NullValue();
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw failure(Reason.NOT_JSON);
    };
  }

  private CborValue readArray(int depth) throws IOException {
    if (depth >= limits.maxDepth()) {
      throw failure(Reason.TOO_DEEP);
    }
    List<CborValue> elements = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (elements.size() == limits.maxElements()) {
        throw failure(Reason.TOO_LARGE);
      }
      elements.add(read(depth + 1));
    }
    return new ArrayValue(elements);
  }

  /**
   * Reads an object. Whether it is a map, and so counts as a level, only its names say: links and
   * bytes may stand one object below the deepest map.
   */
  private CborValue readObject(int depth) throws IOException {
    if (depth > limits.maxDepth()) {
      throw failure(Reason.TOO_DEEP);
    }
    Map<String, CborValue> entries = new HashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      if (entries.size() == limits.maxElements()) {
        throw failure(Reason.TOO_LARGE);
      }
      String key = readText();
      if (key.getBytes(StandardCharsets.UTF_8).length > limits.maxKeyBytes()) {
        throw failure(Reason.TOO_LARGE);
      }
      if (entries.containsKey(key)) {
        throw failure(Reason.DUPLICATE_KEY);
      }
      in.nextToken();
      entries.put(key, read(depth + 1));
    }
    if (entries.containsKey(LINK)) {
      return link(entries);
    }
    if (entries.containsKey(BYTES)) {
      return bytes(entries);
    }
    if (depth == limits.maxDepth()) {
      throw failure(Reason.TOO_DEEP);
    }
    return map(new MapValue(entries));
  }

  private LinkValue link(Map<String, CborValue> entries) throws IOException {
    if (entries.size() == 1 && entries.get(LINK) instanceof TextValue text) {
      try {
        return new LinkValue(Cid.parseAny(text.value())); // CID-09: any CIDv1 may be linked to
      } catch (InvalidCidException e) {
        throw failure(Reason.LINK);
      }
    }
    throw failure(Reason.LINK);
  }

  private BytesValue bytes(Map<String, CborValue> entries) throws IOException {
    if (entries.size() == 1 && entries.get(BYTES) instanceof TextValue text) {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(text.value());
      } catch (IllegalArgumentException e) {
        throw failure(Reason.BYTES);
      }
      // T-14: padding is optional; but the JDK also takes bits behind the last byte that are not 0.
      if (text.value().startsWith(base64(bytes))) {
        return new BytesValue(Bytes.wrap(bytes));
      }
    }
    throw failure(Reason.BYTES);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private MapValue map(MapValue map) throws IOException {
    RecordCheck.Flaw flaw = RecordCheck.typeFlaw(map);
    if (flaw != null) {
      throw failure(flaw == RecordCheck.Flaw.BLOB_INVALID ? Reason.BLOB : Reason.TYPE);
    }
    return map;
  }

  private String readText() throws IOException {
    String text = in.getText();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw failure(Reason.SURROGATE);
    }
    return text;
  }

  /**
   * Reads a number from its text, never by way of a {@code double} (JSON-04). A large exponent is
   * refused by its size, without writing the number out.
   */
  private long readInteger() throws IOException {
    BigDecimal number;
    try {
      number = new BigDecimal(in.getText()).stripTrailingZeros();
    } catch (NumberFormatException e) { // an exponent of more than 32 bits
      throw failure(Reason.INTEGER_RANGE);
    }
    if (number.scale() > 0) {
      throw failure(Reason.FRACTION);
    }
    if (number.precision() - (long) number.scale() > 19) {
      throw failure(Reason.INTEGER_RANGE);
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw failure(Reason.INTEGER_RANGE);
    }
  }

  private JsonException failure(Reason reason) {
    return new JsonException(reason, Math.max(0, in.currentTokenLocation().getCharOffset()));
  }

  /**
   * A value as JSON, without white space.
   *
   * @throws JsonException if it has a map with a key {@code $link} or {@code $bytes}
   */
  public static String print(CborValue value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory", e);
    }
    return text.toString();
  }

  private static void write(CborValue value, JsonGenerator out) throws IOException {
    switch (value) {
      case IntegerValue integer -> out.writeNumber(integer.value());
      case BytesValue bytes -> writeOnly(BYTES, base64(bytes.value().toByteArray()), out);
      case TextValue text -> out.writeString(text.value());
      case LinkValue link -> writeOnly(LINK, link.value().toString(), out);
      case BooleanValue bool -> out.writeBoolean(bool.value());
      case NullValue nothing -> out.writeNull();
      case ArrayValue array -> {
        out.writeStartArray();
        for (CborValue element : array.elements()) {
          write(element, out);
        }
        out.writeEndArray();
      }
      case MapValue map -> {
        if (map.find(LINK) != null || map.find(BYTES) != null) {
          throw new JsonException(Reason.RESERVED_KEY, -1);
        }
        out.writeStartObject();
        for (Map.Entry<String, CborValue> entry : map.entries().entrySet()) {
          out.writeFieldName(entry.getKey());
          write(entry.getValue(), out);
        }
        out.writeEndObject();
      }
    }
  }

  private static void writeOnly(String name, String text, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField(name, text);
    out.writeEndObject();
  }
}
