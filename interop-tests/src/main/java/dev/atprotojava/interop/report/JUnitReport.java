// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.report;

import dev.atprotojava.interop.report.Report.Finding;
import dev.atprotojava.interop.report.Report.Outcome;
import dev.atprotojava.interop.report.Report.Row;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * JUnit's XML as CI systems read it: a {@code testsuite} for each row. A file's cases are its
 * {@code testcase}s; a rule is one {@code testcase}, whose failure tells the examples.
 */
final class JUnitReport {
  private JUnitReport() {}

  static String write(Report report) {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuites");
      attribute(xml, "name", report.title());
      for (Row row : report.rows()) {
        write(xml, row, row.complete() ? row.findings() : List.of(asOne(row)));
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return out.append('\n').toString();
  }

  private static Finding asOne(Row row) {
    String name = row.what().isEmpty() ? row.name() : row.what();
    if (row.broken() == 0) {
      boolean never = row.checked() == 0;
      return new Finding(
          name, never ? Outcome.SKIPPED : Outcome.PASSED, never ? "nothing to check" : "");
    }
    String examples =
        row.findings().stream()
            .map(finding -> finding.name() + ": " + finding.message())
            .collect(Collectors.joining("\n"));
    return new Finding(
        name,
        Outcome.FAILED,
        row.broken() + " of " + row.checked() + " are broken, such as\n" + examples);
  }

  private static void write(XMLStreamWriter xml, Row row, List<Finding> cases)
      throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testsuite");
    attribute(xml, "name", row.name());
    attribute(xml, "tests", Integer.toString(cases.size()));
    attribute(xml, "failures", Long.toString(count(cases, Outcome.FAILED)));
    attribute(xml, "skipped", Long.toString(count(cases, Outcome.SKIPPED)));
    for (Finding each : cases) {
      xml.writeCharacters("\n    ");
      xml.writeStartElement("testcase");
      attribute(xml, "classname", row.name());
      attribute(xml, "name", each.name());
      switch (each.outcome()) {
        case FAILED -> {
          xml.writeStartElement("failure");
          xml.writeCharacters(printable(each.message()));
          xml.writeEndElement();
        }
        case SKIPPED -> {
          xml.writeEmptyElement("skipped");
          attribute(xml, "message", each.message());
        }
        case NARROWED -> {
          xml.writeStartElement("system-out");
          xml.writeCharacters(printable(each.message()));
          xml.writeEndElement();
        }
        case PASSED -> {}
      }
      xml.writeEndElement();
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private static long count(List<Finding> cases, Outcome outcome) {
    return cases.stream().filter(each -> each.outcome() == outcome).count();
  }

  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeAttribute(name, printable(value));
  }

  /** XML has no way to write most control characters, and cases are full of them. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n]]|[\ud800-\udfff]|[\ufffe\uffff]", "?");
  }
}
