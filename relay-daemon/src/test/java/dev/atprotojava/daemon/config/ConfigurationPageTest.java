// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An operator sets what the page says; it must say what the program does. */
class ConfigurationPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("project.root"), "docs", "operate", "configuration.md");

  /** When this fails, the expected rows are the ones to put there. */
  @Test
  void page_hasARowForEachSetting() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `--")).toList();

    assertThat(rows).isEqualTo(Arrays.stream(Setting.values()).map(this::row).toList());
  }

  private String row(Setting setting) {
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            setting.flag(),
            setting.variables().stream()
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(" ")),
            setting.fallback().isEmpty() ? "none" : "`" + setting.fallback() + "`",
            setting.expected(),
            setting.description());
  }
}
