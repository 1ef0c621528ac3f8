// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.report;

import java.util.List;

/**
 * What a run found.
 *
 * @param title what was looked at
 * @param rows one for each file, or each rule
 * @param remarks what does not count for or against anybody
 */
public record Report(String title, List<Row> rows, List<String> remarks) {
  public Report {
    rows = List.copyOf(rows);
    remarks = List.copyOf(remarks);
  }

  /** Whether nothing is broken. */
  public boolean passed() {
    return rows.stream().allMatch(row -> row.broken() == 0);
  }

  /** How often something was checked. */
  public long checked() {
    return rows.stream().mapToLong(Row::checked).sum();
  }

  /** How often something was broken. */
  public long broken() {
    return rows.stream().mapToLong(Row::broken).sum();
  }

  /**
   * One file, or one rule.
   *
   * @param name its name, or its number
   * @param what what it is about, empty if the name says it
   * @param checked how many cases, or events, were looked at
   * @param broken how many of them are not as they should be
   * @param skipped how many were not for us, or could not be judged
   * @param findings the cases of a file, all of them; of a rule, examples of where it is broken
   * @param complete whether the findings are all there is
   */
  public record Row(
      String name,
      String what,
      long checked,
      long broken,
      long skipped,
      List<Finding> findings,
      boolean complete) {
    public Row {
      findings = List.copyOf(findings);
    }
  }

  /** How a case ended. */
  public enum Outcome {
    /** As it should. */
    PASSED,
    /** As another rule wants it. */
    NARROWED,
    /** Not run. */
    SKIPPED,
    /** Not as it should. */
    FAILED,
  }

  /**
   * A case, or an example.
   *
   * @param name which
   * @param outcome how it ended
   * @param message why; empty if it passed
   */
  public record Finding(String name, Outcome outcome, String message) {}
}
