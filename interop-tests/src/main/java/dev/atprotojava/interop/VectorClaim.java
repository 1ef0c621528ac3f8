// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Who answers for a file of vectors, or for all files of a folder. */
public sealed interface VectorClaim {
  /** A name as in {@link Vectors}; one that ends in a slash stands for a folder. */
  String name();

  /** Whether a file is the one, or in the folder. */
  default boolean covers(String file) {
    return name().endsWith("/") ? file.startsWith(name()) : file.equals(name());
  }

  /** These libraries answer for it, with the cases that {@code reader} finds there. */
  record Checked(String name, CaseReader reader) implements VectorClaim {}

  /** It is not for these libraries. */
  record NotOurs(String name, String reason) implements VectorClaim {}

  /** Makes cases of a file. */
  @FunctionalInterface
  interface CaseReader {
    /** The cases. */
    List<VectorCase> read(Vectors vectors, String file);
  }

  /** A text file whose lines are cases. */
  static VectorClaim lines(String file, Function<String, Verdict> check) {
    return new Checked(
        file,
        (vectors, name) ->
            numbered(vectors.lines(name), line -> line, line -> () -> check.apply(line)));
  }

  /** A text file that is one case. */
  static VectorClaim text(String file, Function<List<String>, Verdict> check) {
    return new Checked(
        file,
        (vectors, name) ->
            List.of(new VectorCase("all lines", () -> check.apply(vectors.lines(name)))));
  }

  /**
   * A JSON file, or a folder of them, with an array of objects that are cases.
   *
   * @param title the field that describes a case
   */
  static VectorClaim objects(String file, String title, JsonCheck check) {
    return new Checked(
        file,
        (vectors, name) -> {
          List<JsonNode> objects = new ArrayList<>();
          vectors.json(name).forEach(objects::add);
          return numbered(
              objects,
              object -> object.path(title).asText(""),
              object -> () -> check.run(new Fields(object)));
        });
  }

  /** The check of a case in JSON. */
  @FunctionalInterface
  interface JsonCheck {
    /** Runs it; see {@link VectorCase.Check#run}. */
    Verdict run(Fields fields) throws Exception;
  }

  private static <T> List<VectorCase> numbered(
      List<T> values, Function<T, String> title, Function<T, VectorCase.Check> check) {
    List<VectorCase> cases = new ArrayList<>();
    for (T value : values) {
      String text = title.apply(value);
      String number = Integer.toString(cases.size() + 1);
      cases.add(new VectorCase(text.isEmpty() ? number : number + ": " + text, check.apply(value)));
    }
    return cases;
  }
}
