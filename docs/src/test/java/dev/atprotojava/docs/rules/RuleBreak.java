// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the code that breaks one rule, from {@code breaks/RULE.patch}:
 *
 * <pre>
 *   # what is broken, in one line
 *   +++ module/src/main/java/.../Type.java
 *    a line that stays
 *   -a line that goes
 *   +a line that comes
 * </pre>
 *
 * <p>Like a unified diff, but a place is found by its text, which the file must have exactly once:
 * so a break stays good while lines move. An empty line parts two places of one file.
 *
 * @param what what is broken
 * @param edits the places, all of one module
 */
record RuleBreak(String what, List<Edit> edits) {
  /**
   * One place.
   *
   * @param file from the root of the project
   */
  record Edit(String file, String before, String after) {
    /** The text of the file with this place changed. */
    String applyTo(String text) {
      int at = text.indexOf(before);
      if (before.isEmpty() || at < 0 || text.indexOf(before, at + 1) >= 0) {
        throw new IllegalArgumentException("not exactly once in " + file + ":\n" + before);
      }
      return text.substring(0, at) + after + text.substring(at + before.length());
    }

    String module() {
      return file.substring(0, file.indexOf('/'));
    }
  }

  /** The break of a rule; null if nobody wrote one. */
  static @Nullable RuleBreak of(String rule) throws IOException {
    try (InputStream in = RuleBreak.class.getResourceAsStream("/breaks/" + rule + ".patch")) {
      return in == null ? null : parse(new String(in.readAllBytes(), UTF_8));
    }
  }

  private static RuleBreak parse(String text) {
    List<String> lines = text.lines().toList();
    if (!lines.getFirst().startsWith("# ")) {
      throw new IllegalArgumentException("a break begins with what it is");
    }
    List<Edit> edits = new ArrayList<>();
    String file = "";
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith("+++ ") || line.isEmpty()) {
        addEdit(edits, file, before, after);
        file = line.isEmpty() ? file : line.substring(4);
      } else {
        String rest = line.substring(1) + "\n";
        before.append(line.charAt(0) == '+' ? "" : rest);
        after.append(line.charAt(0) == '-' ? "" : rest);
      }
    }
    addEdit(edits, file, before, after);
    if (edits.stream().map(Edit::module).distinct().count() != 1) {
      throw new IllegalArgumentException("a break is of one module");
    }
    return new RuleBreak(lines.getFirst().substring(2), List.copyOf(edits));
  }

  private static void addEdit(
      List<Edit> edits, String file, StringBuilder before, StringBuilder after) {
    if (!before.isEmpty()) {
      edits.add(new Edit(file, before.toString(), after.toString()));
      before.setLength(0);
      after.setLength(0);
    }
  }

  String module() {
    return edits.getFirst().module();
  }
}
