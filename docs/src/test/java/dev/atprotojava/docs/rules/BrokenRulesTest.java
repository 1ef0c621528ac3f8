// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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
  @EnabledIfSystemProperty(named = "rules.break", matches = "\\d+")
  void rules_brokenOneByOne_failTheTestsThatNameThem() throws Exception {
    long seed = Long.getLong("rules.break");
    List<KeptRule> drawn = new ArrayList<>();
    List<RuleBreak> breaks = new ArrayList<>();
    StringBuilder table = new StringBuilder("seed " + seed + "\n\n");
    table.append("| rule | what was broken | test that failed |\n| --- | --- | --- |\n");
    List<String> missing = new ArrayList<>();
    for (KeptRule rule : KeptRule.drawn(KeptRule.readAll(), seed)) {
      String reason = Unbreakable.reason(rule.id());
      RuleBreak broken = RuleBreak.of(rule.id());
      if (drawn.size() + missing.size() == COUNT) {
        break;
      } else if (reason != null) {
        table.append(row(rule.id(), "*not broken: " + reason + "*", ""));
      } else if (broken == null) {
        missing.add(rule.id());
      } else {
        drawn.add(rule);
        breaks.add(broken);
      }
    }
    assertThat(missing).as("rules that seed %s draws and nobody wrote a break for", seed).isEmpty();

    List<String> unnoticed = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      KeptRule rule = drawn.get(i);
      RuleBreak broken = breaks.get(i);
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
    Files.writeString(Project.ROOT.resolve("docs/target/broken-rules.md"), table);
    System.out.println(table);
    assertThat(unnoticed)
        .as("rules that were broken and no test that names them noticed")
        .isEmpty();
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
