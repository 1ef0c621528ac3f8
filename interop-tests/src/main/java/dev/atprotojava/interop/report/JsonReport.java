// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.interop.report.Report.Finding;
import dev.atprotojava.interop.report.Report.Outcome;
import dev.atprotojava.interop.report.Report.Row;
import java.util.Locale;

/**
 * One object: {@code title}, {@code passed}, {@code checked}, {@code broken}, {@code rows} (each
 * {@code name}, {@code what}, {@code checked}, {@code broken}, {@code skipped}, {@code findings})
 * and {@code remarks}. Of the findings those that passed are left out.
 */
final class JsonReport {
  private JsonReport() {}

  static String write(Report report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("title", report.title());
    json.put("passed", report.passed());
    json.put("checked", report.checked());
    json.put("broken", report.broken());
    ArrayNode rows = json.putArray("rows");
    report.rows().forEach(row -> write(row, rows.addObject()));
    ArrayNode remarks = json.putArray("remarks");
    report.remarks().forEach(remarks::add);
    return json.toPrettyString() + "\n";
  }

  private static void write(Row row, ObjectNode json) {
    json.put("name", row.name());
    if (!row.what().isEmpty()) {
      json.put("what", row.what());
    }
    json.put("checked", row.checked()).put("broken", row.broken()).put("skipped", row.skipped());
    ArrayNode findings = json.putArray("findings");
    for (Finding finding : row.findings()) {
      if (finding.outcome() != Outcome.PASSED) {
        findings
            .addObject()
            .put("name", finding.name())
            .put("outcome", finding.outcome().name().toLowerCase(Locale.ROOT))
            .put("message", finding.message());
      }
    }
  }
}
