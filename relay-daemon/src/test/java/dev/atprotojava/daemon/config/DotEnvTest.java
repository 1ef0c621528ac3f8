// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that worked with the reference relay works here, and says the same. */
class DotEnvTest {
  @TempDir private Path directory;

  private Map<String, String> read(String text) throws IOException {
    Files.writeString(directory.resolve(".env"), text);
    return DotEnv.read(directory);
  }

  @Test
  void read_takesWhatPeopleWrite() throws IOException {
    assertThat(
            read(
                """
                # of the relay
                RELAY_LANES=3
                export RELAY_API_LISTEN = :3470   # here
                A='it is "so" # $HOME \\n'

                B="a \\"b\\" \\\\ #\\nc" # and there
                C=x#y
                D=
                E= # nothing
                F=a=b\r
                  G = two words
                """))
        .isEqualTo(
            Map.of(
                "RELAY_LANES",
                "3",
                "RELAY_API_LISTEN",
                ":3470",
                "A",
                "it is \"so\" # $HOME \\n",
                "B",
                "a \"b\" \\ #\nc",
                "C",
                "x#y",
                "D",
                "",
                "E",
                "",
                "F",
                "a=b",
                "G",
                "two words"));
  }

  @Test
  void read_withoutAFileIsNothing() {
    assertThat(DotEnv.read(directory)).isEmpty();
  }

  /** A secret may be in the line, so only its number is said. */
  @ParameterizedTest
  @ValueSource(
      strings = {"secret", "1A=secret", "A='secret", "A=\"secret", "A B=secret", "=secret"})
  void read_refusesOtherLines(String line) {
    assertThatThrownBy(() -> read("A=b\n" + line + "\n"))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("line 2 of " + directory.resolve(".env"))
        .message()
        .doesNotContain("secret");
  }

  /** Reading it must not take longer than the file is long. */
  @Test
  void read_copesWithLongLines() throws IOException {
    assertThat(read("A=" + "a ".repeat(20_000) + "b\n").get("A")).hasSize(40_001);
  }
}
