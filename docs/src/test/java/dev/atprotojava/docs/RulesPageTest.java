// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page of rules is what the sources say: each number that a class names leads to that class.
 */
class RulesPageTest {
  private static final Path ROOT =
      Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();
  private static final Pattern RULE =
      Pattern.compile("\\b(CAR|CB|CID|CR|ID|MST|RL|SC|SY|T)-(\\d+)([A-Z]?)\\b");

  /** By chapter, then by number. */
  private static final Comparator<String> ORDER =
      Comparator.comparing((String rule) -> rule.substring(0, rule.indexOf('-')))
          .thenComparingInt(rule -> Integer.parseInt(rule.replaceAll("\\D", "")))
          .thenComparing(Comparator.naturalOrder());

  @Test
  void page_leadsFromEachRuleToItsCode() throws IOException {
    Map<String, SortedSet<String>> code = new TreeMap<>(ORDER);
    Map<String, SortedSet<String>> tests = new TreeMap<>(ORDER);
    for (Path file : sources()) {
      boolean test = file.toString().contains("/src/test/");
      String type = file.getFileName().toString().replace(".java", "");
      Matcher rules = RULE.matcher(Files.readString(file));
      while (rules.find()) {
        (test ? tests : code).computeIfAbsent(rules.group(), first -> new TreeSet<>()).add(type);
      }
    }
    TreeSet<String> all = new TreeSet<>(ORDER);
    all.addAll(code.keySet());
    all.addAll(tests.keySet());
    List<String> rows =
        all.stream()
            .map(
                rule -> "| " + rule + " | " + names(code, rule) + " | " + names(tests, rule) + " |")
            .toList();

    List<String> page =
        Files.readAllLines(ROOT.resolve("docs/rules.md")).stream()
            .filter(line -> RULE.matcher(line).lookingAt() || line.matches("\\| [A-Z]+-\\d.*"))
            .toList();
    assertThat(page).as("the table should be\n" + String.join("\n", rows)).isEqualTo(rows);
    assertThat(rows).hasSizeGreaterThan(200);
  }

  private static String names(Map<String, SortedSet<String>> map, String rule) {
    return map.getOrDefault(rule, new TreeSet<>()).stream()
        .map(type -> "`" + type + "`")
        .collect(Collectors.joining(", "));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> folders =
          modules
              .filter(module -> !module.endsWith("docs"))
              .map(module -> module.resolve("src"))
              .filter(Files::isDirectory)
              .sorted()
              .toList();
      List<Path> files = new ArrayList<>();
      for (Path folder : folders) {
        try (Stream<Path> walk = Files.walk(folder)) {
          walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
      }
      return files;
    }
  }
}
