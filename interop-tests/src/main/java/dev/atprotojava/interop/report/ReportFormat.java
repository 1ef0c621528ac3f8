// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.report;

/** The forms of a report. */
public enum ReportFormat {
  /** For people. */
  TEXT,
  /** For programs: one object. */
  JSON,
  /** For CI systems: JUnit's XML, a suite for each row. */
  JUNIT;

  /** The report in this form, with a line end after it. */
  public String write(Report report) {
    return switch (this) {
      case TEXT -> TextReport.write(report);
      case JSON -> JsonReport.write(report);
      case JUNIT -> JUnitReport.write(report);
    };
  }
}
