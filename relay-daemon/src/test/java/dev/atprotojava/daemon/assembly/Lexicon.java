// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cbor.DataModelJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Lexicon of a query or procedure, as far as ours use the language. */
record Lexicon(String id, MapValue defs) {
  private static final Path FOLDER =
      Path.of(System.getProperty("project.root"), "relay-daemon/src/main/resources/lexicons");

  /** All that are in the project; their place says their id. */
  static List<Lexicon> all() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).map(Lexicon::read).toList();
    }
  }

  private static Lexicon read(Path file) {
    try {
      MapValue json = (MapValue) DataModelJson.parse(Files.readString(file));
      String id = requireNonNull(json.findText("id"));
      String place = FOLDER.relativize(file).toString().replace('/', '.');
      if (!place.equals(id + ".json") || !json.findInteger("lexicon").equals(OptionalLong.of(1))) {
        throw new AssertionError(file + " is not the Lexicon of its place");
      }
      return new Lexicon(id, requireNonNull(json.findMap("defs")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MapValue main() {
    return requireNonNull(defs.findMap("main"));
  }

  boolean isQuery() {
    return "query".equals(main().findText("type"));
  }

  /**
   * The parameters of a query, or the fields of the input of a procedure; empty if there are none.
   */
  MapValue inputs() {
    MapValue inputs = isQuery() ? main().findMap("parameters") : schema("input");
    return inputs == null ? new MapValue(Map.of()) : requireNonNull(inputs.findMap("properties"));
  }

  private MapValue schema(String name) {
    return requireNonNull(requireNonNull(main().findMap(name)).findMap("schema"));
  }

  /** True if an error of this name is told of. */
  boolean hasError(String name) {
    List<CborValue> errors = main().findArray("errors");
    return errors != null
        && errors.stream().anyMatch(each -> name.equals(((MapValue) each).findText("name")));
  }

  /** What is wrong with an answer; empty if nothing is. */
  List<String> faults(String answer) {
    List<String> faults = new ArrayList<>();
    check("", DataModelJson.parse(answer), schema("output"), faults);
    return faults;
  }

  private void check(String at, CborValue value, MapValue schema, List<String> faults) {
    String type = requireNonNull(schema.findText("type"));
    boolean right =
        switch (type) {
          case "ref" -> {
            String name = requireNonNull(schema.findText("ref")).substring(1);
            check(at, value, requireNonNull(defs.findMap(name), name), faults);
            yield true;
          }
          case "object" -> value instanceof MapValue map && checkFields(at, map, schema, faults);
          case "array" ->
              value instanceof ArrayValue array && checkElements(at, array, schema, faults);
          case "string" -> value instanceof TextValue(String text) && isRight(text, schema);
          case "integer" -> value instanceof IntegerValue;
          case "boolean" -> value instanceof BooleanValue;
          default -> throw new AssertionError("nobody knows the type " + type);
        };
    if (!right) {
      faults.add(at + " is no " + type + ": " + value);
    }
  }

  private boolean checkFields(String at, MapValue map, MapValue schema, List<String> faults) {
    MapValue properties = requireNonNull(schema.findMap("properties"));
    for (CborValue required : requireNonNull(schema.findArray("required"))) {
      if (map.find(((TextValue) required).value()) == null) {
        faults.add(at + "/" + ((TextValue) required).value() + " is missing");
      }
    }
    map.entries()
        .forEach(
            (name, value) -> {
              MapValue field = properties.findMap(name);
              if (field == null) {
                faults.add(at + "/" + name + " is not in the Lexicon");
              } else {
                check(at + "/" + name, value, field, faults);
              }
            });
    return true;
  }

  private boolean checkElements(String at, ArrayValue array, MapValue schema, List<String> faults) {
    for (CborValue element : array.elements()) {
      check(at + "[]", element, requireNonNull(schema.findMap("items")), faults);
    }
    return true;
  }

  private static boolean isRight(String text, MapValue schema) {
    @Nullable List<CborValue> allowed = schema.findArray("enum");
    if ("datetime".equals(schema.findText("format"))) {
      try {
        Instant.parse(text);
      } catch (DateTimeParseException e) {
        return false;
      }
    }
    return allowed == null || allowed.contains(new TextValue(text));
  }
}
