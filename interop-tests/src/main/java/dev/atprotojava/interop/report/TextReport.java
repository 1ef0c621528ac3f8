// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.report;

import dev.atprotojava.interop.report.Report.Finding;
import dev.atprotojava.interop.report.Report.Outcome;
import dev.atprotojava.interop.report.Report.Row;

/**
 * A line for each row, below it what is wrong, and a sentence at the end:
 *
 * <pre>
 *   ok      24         syntax/did_syntax_valid.txt
 *   FAILED  17  1      SC-54  signed by the account's key
 *           seq 43 did:plc:abc: ...
 * </pre>
 */
final class TextReport {
  private static final int MAX_MESSAGE = 300;

  private TextReport() {}

  static String write(Report report) {
    StringBuilder out = new StringBuilder();
    out.append(report.title()).append("\n\n");
    int width = report.rows().stream().mapToInt(row -> row.name().length()).max().orElse(0);
    out.append("result  checked  broken  skipped\n");
    for (Row row : report.rows()) {
      String result = row.broken() > 0 ? "FAILED" : row.checked() == 0 ? "-" : "ok";
      String name = row.what().isEmpty() ? row.name() : pad(row.name(), width) + "  " + row.what();
      out.append(
          "%-6s  %7d  %6d  %7d  %s%n"
              .formatted(result, row.checked(), row.broken(), row.skipped(), name));
      row.findings().stream()
          .filter(finding -> isTold(finding.outcome()))
          .forEach(finding -> out.append("        ").append(line(finding)).append('\n'));
    }
    if (!report.remarks().isEmpty()) {
      out.append('\n');
      report.remarks().forEach(remark -> out.append("note: ").append(remark).append('\n'));
    }
    return out.append('\n')
        .append(report.passed() ? "passed" : "FAILED")
        .append(": ")
        .append(report.checked())
        .append(" checked, ")
        .append(report.broken())
        .append(" broken\n")
        .toString();
  }

  private static boolean isTold(Outcome outcome) {
    return switch (outcome) {
      case FAILED, NARROWED -> true;
      case PASSED, SKIPPED -> false;
    };
  }

  private static String line(Finding finding) {
    String told = finding.name() + ": " + finding.message();
    // The name of a case is its text: no line of it must look like one of ours.
    String printable = told.replaceAll("\\p{Cntrl}", "?");
    String start = finding.outcome() == Outcome.NARROWED ? "narrower: " : "";
    return start
        + (printable.length() > MAX_MESSAGE
            ? printable.substring(0, MAX_MESSAGE) + "..."
            : printable);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
