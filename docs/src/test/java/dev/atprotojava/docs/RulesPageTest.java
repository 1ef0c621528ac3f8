// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/reference/rules.md} is made of the sources: which class keeps which rule of the
 * protocol, and which tests name it. With {@code -Drules.write=true} the page is written, else it
 * is compared. A rule that no class keeps or no test names fails, unless {@code rules.txt} says
 * why.
 */
class RulesPageTest {
  private static final Path ROOT =
      Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/reference/rules.md");
  private static final Pattern RULE =
      Pattern.compile("\\b(CAR|CB|CID|CR|ID|MST|RL|SC|SY|T)-(A?\\d+A?)\\b");
  private static final Pattern CHAPTER = Pattern.compile("^[A-Z]+");

  private static final Map<String, String> CHAPTERS = new LinkedHashMap<>();

  static {
    CHAPTERS.put("SY", "Identifiers and formats");
    CHAPTERS.put("CB", "DAG-CBOR");
    CHAPTERS.put("CID", "Content identifiers");
    CHAPTERS.put("CAR", "Archives");
    CHAPTERS.put("MST", "Repositories: the tree, commits, inversion");
    CHAPTERS.put("CR", "Keys and signatures");
    CHAPTERS.put("ID", "DIDs, documents, handles, the PLC directory");
    CHAPTERS.put("SC", "The stream, its events, synchronization");
    CHAPTERS.put("RL", "Relays");
    CHAPTERS.put("T", "Traps that others fell into");
  }

  /** Chapters whose rules may still be without a class or a test. */
  private static final Set<String> UNFINISHED = Set.of("RL");

  private static final String HEAD =
      """
      # Rules of the protocol

      Where each numbered rule of the protocol is kept, and which tests name it. The numbers are those of the
      specification that this project was written from. A class that keeps a range of rules names the first and the
      last of it. This page is made of the sources, and the build fails when it says something else:

          mvn -q verify -pl docs -am -Dtest=RulesPageTest -Dsurefire.failIfNoSpecifiedTests=false -Drules.write=true
      """;

  private final Map<String, SortedSet<String>> code = new TreeMap<>();
  private final Map<String, SortedSet<String>> tests = new TreeMap<>();

  @Test
  void page_leadsFromEachRuleToItsCode() throws IOException {
    readSources();
    Map<String, String> rules = readRules();
    String page = page(rules);
    if (Boolean.getBoolean("rules.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("make the page anew with -Drules.write=true, as it says itself")
        .isEqualTo(page);

    List<String> holes = new ArrayList<>();
    rules.forEach(
        (rule, reason) -> {
          boolean kept = code.containsKey(rule) && tests.containsKey(rule);
          if (reason.isEmpty() && !kept && !UNFINISHED.contains(chapterOf(rule))) {
            holes.add(rule);
          }
        });
    assertThat(holes).as("rules that no class keeps, or no test names").isEmpty();
    assertThat(code.keySet()).as("rules that there are").isSubsetOf(known(rules, code));
    assertThat(tests.keySet()).as("rules that there are").isSubsetOf(known(rules, tests));
  }

  /** Traps have no list of their own: a name of one is taken for good. */
  private static Set<String> known(
      Map<String, String> rules, Map<String, SortedSet<String>> named) {
    TreeSet<String> known = new TreeSet<>(rules.keySet());
    named.keySet().stream().filter(rule -> rule.startsWith("T-")).forEach(known::add);
    return known;
  }

  private String page(Map<String, String> rules) {
    StringBuilder page = new StringBuilder(HEAD);
    CHAPTERS.forEach(
        (chapter, title) -> {
          page.append("\n## ").append(title).append("\n\n| rule | kept by | named in tests |\n");
          page.append("| --- | --- | --- |\n");
          for (String rule : rulesOf(chapter, rules)) {
            String reason = rules.getOrDefault(rule, "");
            String keepers = names(code, rule);
            page.append("| ").append(rule).append(" | ");
            page.append(keepers);
            if (!reason.isEmpty()) {
              page.append(keepers.isEmpty() ? "" : ". ").append("*").append(reason).append("*");
            }
            page.append(" | ").append(names(tests, rule)).append(" |\n");
          }
        });
    return page.toString();
  }

  private List<String> rulesOf(String chapter, Map<String, String> rules) {
    if (!chapter.equals("T")) {
      return rules.keySet().stream().filter(rule -> chapterOf(rule).equals(chapter)).toList();
    }
    return Stream.concat(code.keySet().stream(), tests.keySet().stream())
        .filter(rule -> rule.startsWith("T-"))
        .distinct()
        .sorted()
        .toList();
  }

  private static String chapterOf(String rule) {
    Matcher matcher = CHAPTER.matcher(rule);
    return matcher.find() ? matcher.group() : "";
  }

  private static String names(Map<String, SortedSet<String>> map, String rule) {
    return map.getOrDefault(rule, new TreeSet<>()).stream()
        .map(type -> "`" + type + "`")
        .collect(Collectors.joining(", "));
  }

  /** All rules, each with the reason why it is not kept here, empty if it is. */
  private static Map<String, String> readRules() throws IOException {
    Map<String, String> rules = new LinkedHashMap<>();
    try (InputStream in = requireNonNull(RulesPageTest.class.getResourceAsStream("/rules.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        int bar = line.indexOf(" | ");
        if (!line.startsWith("#")) {
          rules.put(
              bar < 0 ? line : line.substring(0, bar), bar < 0 ? "" : line.substring(bar + 3));
        }
      }
    }
    return rules;
  }

  private void readSources() throws IOException {
    for (Path file : sources()) {
      boolean test = file.toString().contains("/src/test/");
      String type = file.getFileName().toString().replace(".java", "");
      Matcher rules = RULE.matcher(Files.readString(file));
      while (rules.find()) {
        (test ? tests : code).computeIfAbsent(rules.group(), first -> new TreeSet<>()).add(type);
      }
    }
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
