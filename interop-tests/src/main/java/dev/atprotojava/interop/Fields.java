// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.cbor.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a vector file. A field that is missing or of another type is a {@link Mismatch}:
 * vectors change, and then a case must fail and not the program.
 */
public record Fields(JsonNode object) {
  /** A field of any type. */
  public JsonNode node(String name) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw new Mismatch("the case has no field " + name);
    }
    return value;
  }

  /** Whether there is such a field, null or not. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** A text. */
  public String text(String name) {
    return text(node(name), name);
  }

  private static String text(JsonNode value, String name) {
    if (!value.isTextual()) {
      throw new Mismatch("the field " + name + " is no text");
    }
    return value.textValue();
  }

  /** A text, or null where the field is null or absent. */
  public @Nullable String textOrNull(String name) {
    JsonNode value = object.path(name);
    return value.isMissingNode() || value.isNull() ? null : text(value, name);
  }

  /** A number. */
  public int integer(String name) {
    JsonNode value = node(name);
    if (!value.canConvertToInt()) {
      throw new Mismatch("the field " + name + " is no integer");
    }
    return value.intValue();
  }

  /** A truth value. */
  public boolean flag(String name) {
    JsonNode value = node(name);
    if (!value.isBoolean()) {
      throw new Mismatch("the field " + name + " is neither true nor false");
    }
    return value.booleanValue();
  }

  /** An array of texts. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : node(name)) {
      texts.add(text(each, name));
    }
    return texts;
  }

  /** An array of objects. */
  public List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    node(name).forEach(each -> objects.add(new Fields(each)));
    return objects;
  }

  /** Bytes in base64, padded or not. */
  public Bytes base64(String name) {
    try {
      return Bytes.wrap(Base64.getDecoder().decode(text(name)));
    } catch (IllegalArgumentException e) {
      throw new Mismatch("the field " + name + " is no base64");
    }
  }

  /** Bytes in hexadecimal. */
  public Bytes hex(String name) {
    try {
      return Bytes.fromHex(text(name));
    } catch (IllegalArgumentException e) {
      throw new Mismatch("the field " + name + " is no hexadecimal");
    }
  }
}
