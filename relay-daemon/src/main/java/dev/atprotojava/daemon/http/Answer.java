// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** What is answered when there is no error. */
public sealed interface Answer {
  /** Done; there is nothing to say. */
  record Empty() implements Answer {}

  /**
   * A text.
   *
   * @param status of HTTP
   * @param contentType what it is
   * @param text all of it
   */
  record Body(int status, String contentType, String text) implements Answer {}

  /** It is elsewhere for now; 302. */
  record Redirect(String location) implements Answer {}

  /** Writes JSON. */
  @FunctionalInterface
  interface JsonWriter {
    /** Writes the fields of an object that is open. */
    void write(JsonGenerator json) throws IOException;
  }

  /** A JSON object. */
  static Answer json(JsonWriter fields) {
    return json(200, fields);
  }

  /** A JSON object with another status. */
  static Answer json(int status, JsonWriter fields) {
    return new Body(
        status,
        Json.TYPE,
        Json.text(
            json -> {
              json.writeStartObject();
              fields.write(json);
              json.writeEndObject();
            }));
  }

  /** A JSON array. */
  static Answer jsonArray(JsonWriter elements) {
    return new Body(
        200,
        Json.TYPE,
        Json.text(
            json -> {
              json.writeStartArray();
              elements.write(json);
              json.writeEndArray();
            }));
  }
}
