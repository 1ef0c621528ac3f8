// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the tests that name a rule notice when the code no longer keeps it. Thirty rules are
 * drawn by a seed, and each is broken by hand-written changes ({@link RuleBreak}) in a copy of the
 * code; at least one of the tests that {@code docs/reference/rules.md} names for it must fail:
 *
 * <pre>
 * mvn verify -Dtest=BrokenRulesTest -Dsurefire.failIfNoSpecifiedTests=false -Drules.break=1
 * </pre>
 *
 * <p>Numbers of rules in place of the seed, {@code -Drules.break=MST-05,CB-16}, break those.
 *
 * <p>The table goes to {@code docs/target/broken-rules.md}.
 */
class BrokenRulesTest {
  private static final int COUNT = 30;

  private final Set<String> sound = new HashSet<>();

  @TempDir private Path scratch;

  /** A break that no longer fits the code would quietly stop proving anything. */
  @Test
  void breaks_stillFitTheCode() throws IOException {
    int fitting = 0;
    for (KeptRule rule : KeptRule.readAll()) {
      RuleBreak broken = RuleBreak.of(rule.id());
      if (broken != null) {
        for (RuleBreak.Edit edit : broken.edits()) {
          String text = Files.readString(Project.ROOT.resolve(edit.file()));
          assertThat(edit.applyTo(text)).as(rule.id()).isNotEqualTo(text);
        }
        fitting++;
      }
    }
    assertThat(fitting).isGreaterThanOrEqualTo(COUNT);
  }

  @Test
  @EnabledIfSystemProperty(named = "rules.break", matches = ".+")
  void rules_brokenOneByOne_failTheTestsThatNameThem() throws Exception {
    String wanted = System.getProperty("rules.break", "");
    StringBuilder table = new StringBuilder();
    Map<KeptRule, RuleBreak> drawn = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (KeptRule rule : candidates(wanted)) {
      String reason = Unbreakable.reason(rule.id());
      RuleBreak broken = RuleBreak.of(rule.id());
      if (drawn.size() + missing.size() == COUNT) {
        break;
      } else if (reason != null) {
        table.append(row(rule.id(), "*not broken: " + reason + "*", ""));
      } else if (broken == null) {
        missing.add(rule.id());
      } else {
        drawn.put(rule, broken);
      }
    }
    assertThat(missing).as("rules drawn by %s that nobody wrote a break for", wanted).isEmpty();

    List<String> unnoticed = new ArrayList<>();
    for (Map.Entry<KeptRule, RuleBreak> entry : drawn.entrySet()) {
      KeptRule rule = entry.getKey();
      RuleBreak broken = entry.getValue();
      String noticed;
      try {
        noticed = noticedBy(rule, broken);
      } catch (IllegalArgumentException | IllegalStateException e) {
        noticed = "";
        System.out.println(rule.id() + ": " + e.getMessage());
      }
      if (noticed.isEmpty()) {
        unnoticed.add(rule.id());
      }
      String row = row(rule.id(), broken.what(), noticed.isEmpty() ? "**none**" : noticed);
      table.append(row);
      System.out.print(row);
    }
    String head = "rules.break=" + wanted + "\n\n| rule | broken | failed |\n| --- | --- | --- |\n";
    Files.writeString(Project.ROOT.resolve("docs/target/broken-rules.md"), head + table);
    System.out.println(head + table);
    assertThat(unnoticed)
        .as("rules that were broken and no test that names them noticed")
        .isEmpty();
  }

  /** Rules in the order of a seed, or those with the given numbers. */
  private static List<KeptRule> candidates(String wanted) throws IOException {
    List<KeptRule> rules = KeptRule.readAll();
    if (wanted.matches("\\d+")) {
      return KeptRule.drawn(rules, Long.parseLong(wanted));
    }
    List<String> numbers = List.of(wanted.split(",", -1));
    return rules.stream().filter(rule -> numbers.contains(rule.id())).toList();
  }

  private static String row(String rule, String what, String noticed) {
    return "| " + rule + " | " + what + " | " + noticed + " |\n";
  }

  /** The first test that fails, those of the broken module first; empty if there is none. */
  private String noticedBy(KeptRule rule, RuleBreak broken) throws Exception {
    Path folder = Files.createDirectories(scratch.resolve(rule.id()));
    Path classes = BrokenCopy.compile(broken, folder);
    Map<Path, List<String>> modules = byModule(rule.tests());
    List<Map.Entry<Path, List<String>>> order = new ArrayList<>(modules.entrySet());
    order.sort(Comparator.comparing(module -> !module.getKey().endsWith(broken.module())));
    for (Map.Entry<Path, List<String>> module : order) {
      TestRun run = TestRun.of(module.getKey(), module.getValue(), List.of(classes), folder);
      if (!run.torn().isEmpty()) {
        throw new IllegalStateException("the break does not fit the tests: " + run.torn());
      }
      if (!run.failed().isEmpty()) {
        String first = run.failed().getFirst();
        requireSound(module.getKey(), first.replaceFirst("\\..*", ""));
        int others = run.failed().size() - 1;
        return "`" + first + "`" + (others == 0 ? "" : " and " + others + " more");
      }
    }
    return "";
  }

  /** What fails as the code is proves nothing when it fails upon broken code. */
  private void requireSound(Path module, String test) throws Exception {
    if (sound.add(test)) {
      TestRun run = TestRun.of(module, List.of(test), List.of(), scratch);
      if (run.ran() == 0 || !run.failed().isEmpty() || !run.torn().isEmpty()) {
        throw new IllegalStateException(test + " fails as the code is: " + run);
      }
    }
  }

  private static Map<Path, List<String>> byModule(List<String> tests) throws IOException {
    Map<Path, List<String>> modules = new TreeMap<>();
    for (String test : tests) {
      modules.computeIfAbsent(Project.moduleOfTest(test), first -> new ArrayList<>()).add(test);
    }
    return modules;
  }
}
