// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The README of a module, whose examples stand in its tests too, so that they compile and run. */
public final class Readme {
  private static final String FENCE = "```";

  private Readme() {}

  /**
   * Fails unless every Java example of a module's README stands in the source of a test class, line
   * by line and in order; blanks at the ends of lines and empty lines do not count.
   */
  public static void assertShowsCodeOf(Class<?> test, String module) {
    assertPageShowsCodeOf(test, module, "README.md");
  }

  /** The same for another page of the module. */
  public static void assertPageShowsCodeOf(Class<?> test, String module, String page) {
    Path directory = Path.of(System.getProperty("project.root", "..")).resolve(module);
    List<String> code =
        lines(
            read(
                directory
                    .resolve("src/test/java")
                    .resolve(test.getName().replace('.', '/') + ".java")));
    List<String> examples = examples(read(directory.resolve(page)));
    assertThat(examples).as("examples of %s", directory.resolve(page)).isNotEmpty();
    for (String example : examples) {
      assertThat(code).containsSubsequence(lines(example));
    }
  }

  private static List<String> examples(String readme) {
    List<String> examples = new ArrayList<>();
    String[] parts = readme.split(FENCE, -1);
    for (int i = 1; i < parts.length; i += 2) {
      if (parts[i].startsWith("java\n")) {
        examples.add(parts[i].substring("java\n".length()));
      }
    }
    return examples;
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
