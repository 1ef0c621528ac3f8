// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.interop.report.Report.Finding;
import dev.atprotojava.interop.report.Report.Outcome;
import dev.atprotojava.interop.report.Report.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** How often each rule was looked at and broken, with the first examples. Threads may share it. */
final class Tally {
  private static final int EXAMPLES = 5;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<LiveRule, Count> counts = new EnumMap<>(LiveRule.class);
  private final Map<String, Long> kinds = new TreeMap<>();

  private static final class Count {
    long checked;
    long broken;
    long skipped;
    final List<Finding> examples = new ArrayList<>();
  }

  Tally() {
    for (LiveRule rule : LiveRule.values()) {
      counts.put(rule, new Count());
    }
  }

  /** One more look at a rule; an empty {@code flaw} means that it is kept. */
  void add(LiveRule rule, String where, String flaw) {
    lock.lock();
    try {
      Count count = count(rule);
      count.checked++;
      if (!flaw.isEmpty()) {
        count.broken++;
        if (count.examples.size() < EXAMPLES) {
          count.examples.add(new Finding(where, Outcome.FAILED, flaw));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** One more that is kept. */
  void kept(LiveRule rule) {
    add(rule, "", "");
  }

  /** One more look that could not be taken. */
  void skipped(LiveRule rule) {
    lock.lock();
    try {
      count(rule).skipped++;
    } finally {
      lock.unlock();
    }
  }

  /** One more of a kind that does not count for or against anybody. */
  void seen(String kind) {
    lock.lock();
    try {
      kinds.merge(kind, 1L, Long::sum);
    } finally {
      lock.unlock();
    }
  }

  /** How often a rule was looked at. */
  long checked(LiveRule rule) {
    lock.lock();
    try {
      return count(rule).checked;
    } finally {
      lock.unlock();
    }
  }

  private Count count(LiveRule rule) {
    return counts.computeIfAbsent(rule, _ -> new Count());
  }

  /** A row for each rule. */
  List<Row> rows() {
    lock.lock();
    try {
      return counts.entrySet().stream()
          .map(entry -> row(entry.getKey(), entry.getValue()))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private static Row row(LiveRule rule, Count count) {
    return new Row(
        rule.number(),
        rule.sentence(),
        count.checked,
        count.broken,
        count.skipped,
        count.examples,
        false);
  }

  /** The kinds that were seen, each with its number. */
  List<String> remarks() {
    lock.lock();
    try {
      return kinds.entrySet().stream().map(each -> each.getValue() + " " + each.getKey()).toList();
    } finally {
      lock.unlock();
    }
  }
}
