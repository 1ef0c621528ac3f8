// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios in {@code interop-tests/scenarios} against this relay. They are data, for other
 * relays too; {@code -Dscenarios.write=true} writes them from {@link Scenarios}.
 */
@Timeout(120)
class ScenariosTest {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("project.root", "..")).resolve("interop-tests/scenarios");

  private static final Path PAGE =
      Path.of(System.getProperty("project.root", "..")).resolve("docs/reference/scenarios.md");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  // Damage: files that nobody can write again, or that are not what they say.
  @Test
  void files_areWhatTheScriptsWrite() throws IOException {
    boolean write = Boolean.getBoolean("scenarios.write");
    Set<String> known = new HashSet<>();
    for (Scenario scenario : Scenarios.all()) {
      String file = scenario.name() + ".json";
      assertThat(known.add(file)).as(file).isTrue();
      if (write) {
        Files.writeString(DIRECTORY.resolve(file), ScenarioJson.write(scenario));
      }
      assertThat(DIRECTORY.resolve(file)).hasContent(ScenarioJson.write(scenario));
      assertThat(ScenarioJson.read(DIRECTORY.resolve(file))).isEqualTo(scenario);
    }
    assertThat(names()).containsExactlyInAnyOrderElementsOf(known);
  }

  // Damage: a page that lists other files, or a rule that nobody looks at.
  @Test
  void page_listsTheFilesAndEachRule() throws IOException {
    StringBuilder table =
        new StringBuilder("| scenario | what it shows | rules |\n| --- | --- | --- |\n");
    Set<String> covered = new HashSet<>();
    for (Scenario scenario : Scenarios.all()) {
      table
          .append("| `")
          .append(scenario.name())
          .append("` | ")
          .append(scenario.about())
          .append(" | ")
          .append(String.join(", ", scenario.rules()))
          .append(" |\n");
      covered.addAll(scenario.rules());
    }
    String page = Files.readString(PAGE);
    if (Boolean.getBoolean("scenarios.write")) {
      int begin = page.indexOf("| scenario |");
      int end = page.indexOf("\n\n", begin) + 1;
      page = page.substring(0, begin) + table + page.substring(end);
      Files.writeString(PAGE, page);
    }
    assertThat(page).contains(table);
    Matcher elsewhere = Pattern.compile("(?m)^\\| ((?:SC|RL)-\\d\\d) \\|").matcher(page);
    while (elsewhere.find()) {
      assertThat(covered.add(elsewhere.group(1))).as(elsewhere.group(1)).isTrue();
    }
    Set<String> rules = new TreeSet<>();
    add(rules, "SC", 50, 68);
    add(rules, "SC", 80, 86);
    add(rules, "RL", 10, 19);
    add(rules, "RL", 30, 43);
    add(rules, "RL", 50, 60);
    add(rules, "RL", 70, 76);
    assertThat(covered).containsAll(rules);
  }

  private static void add(Set<String> rules, String chapter, int first, int last) {
    for (int i = first; i <= last; i++) {
      rules.add(chapter + "-" + i);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void relay_doesWhatTheScenarioSays(String file, @TempDir Path data) throws Exception {
    Scenario scenario = ScenarioJson.read(DIRECTORY.resolve(file));
    ScenarioRelay relay = new ScenarioRelay(scenario, data);
    try {
      relay.run(scenario);
    } finally {
      relay.stop();
    }
  }
}
