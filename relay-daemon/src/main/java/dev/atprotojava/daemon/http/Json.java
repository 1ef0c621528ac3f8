// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON as it is sent. */
final class Json {
  static final String TYPE = "application/json";
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  static String text(Answer.JsonWriter writer) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      writer.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string cannot fail
    }
    return out.toString();
  }
}
