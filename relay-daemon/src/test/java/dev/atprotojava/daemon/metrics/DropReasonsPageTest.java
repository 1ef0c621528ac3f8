// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host's operator who is shown a reason looks it up on this page. */
class DropReasonsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("project.root"), "docs", "reference", "drop-reasons.md");

  @Test
  void page_hasARowForEachReasonInTheirOrder() throws IOException {
    List<String> names =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();

    assertThat(names)
        .containsExactlyElementsOf(
            Arrays.stream(DropReason.values()).map(DropReason::name).toList());
  }

  @Test
  void page_saysOfEachWhatItMeansAndWhatToDo() throws IOException {
    assertThat(Files.readAllLines(PAGE))
        .filteredOn(line -> line.startsWith("| `"))
        .allSatisfy(
            line -> assertThat(line).matches("\\| `[A-Z_]+` \\| [^|]{10,} \\| [^|]{5,} \\|"));
  }
}
