// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of {@code docs/reference/rules.md}: a rule that a class keeps and a test names.
 *
 * @param id the number, such as MST-14
 * @param tests the test classes that name it
 */
record KeptRule(String id, List<String> tests) {
  private static final Set<String> CHAPTERS =
      Set.of("SY", "CB", "CID", "CAR", "MST", "CR", "ID", "SC");
  private static final Pattern LINE =
      Pattern.compile("(?m)^\\| (([A-Z]+)-[0-9A]+) \\| (.*) \\| (.*) \\|$");
  private static final Pattern NAME = Pattern.compile("`([\\w-]+)`");

  /** All of the page, of the chapters about what this project computes. */
  static List<KeptRule> readAll() throws IOException {
    List<KeptRule> rules = new ArrayList<>();
    Matcher line = LINE.matcher(Files.readString(Project.ROOT.resolve("docs/reference/rules.md")));
    while (line.find()) {
      List<String> tests = names(line.group(4)).stream().filter(n -> n.endsWith("Test")).toList();
      if (CHAPTERS.contains(line.group(2)) && !names(line.group(3)).isEmpty() && !tests.isEmpty()) {
        rules.add(new KeptRule(line.group(1), tests));
      }
    }
    return rules;
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(name -> name.group(1)).toList();
  }

  /**
   * The rules in the order in which a seed draws them. It is that of a hash of seed and number, so
   * that a rule more or less moves no other.
   */
  static List<KeptRule> drawn(List<KeptRule> rules, long seed) {
    return rules.stream().sorted(Comparator.comparing(rule -> hash(seed + ":" + rule.id))).toList();
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
