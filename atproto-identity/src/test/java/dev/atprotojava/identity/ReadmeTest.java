// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An example that does not compile is worse than none. */
class ReadmeTest {
  private static final Path MODULE =
      Path.of(System.getProperty("project.root", "..")).resolve("atproto-identity");

  @Test
  void examples_areCodeThatCompiles() throws IOException {
    String readme = Files.readString(MODULE.resolve("README.md"));
    List<String> code =
        Files.readAllLines(
                MODULE.resolve("src/test/java/dev/atprotojava/identity/ReadmeExample.java"))
            .stream()
            .map(String::strip)
            .toList();

    String[] parts = readme.split("```");
    assertThat(parts).hasSize(5);
    for (int i = 1; i < parts.length; i += 2) {
      List<String> example =
          parts[i].lines().skip(1).map(String::strip).filter(line -> !line.isEmpty()).toList();
      assertThat(example).isNotEmpty();
      assertThat(code).containsSubsequence(example);
    }
  }

  // No network: a DID that needs none.
  @Test
  void examples_run() {
    assertThatCode(() -> ReadmeExample.lookUp("did:key:abc")).doesNotThrowAnyException();
    assertThat(ReadmeExample.client().followRedirects()).isFalse();
  }
}
