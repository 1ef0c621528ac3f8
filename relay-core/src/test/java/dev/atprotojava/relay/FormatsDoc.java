// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page {@code docs/formats.md}, as a test reads it. */
public final class FormatsDoc {
  /** A field of a table with the columns "at" and "bytes". */
  public record Field(int at, int bytes) {
    /** The number that it is in some bytes, in their order. */
    public long in(ByteBuffer in) {
      return switch (bytes) {
        case 1 -> in.get(at) & 0xff;
        case 4 -> in.getInt(at) & 0xffffffffL;
        case 8 -> in.getLong(at);
        default -> throw new IllegalArgumentException("no number has " + bytes + " bytes");
      };
    }

    /** The bytes themselves. */
    public byte[] bytesIn(ByteBuffer in) {
      byte[] field = new byte[bytes];
      in.get(at, field);
      return field;
    }
  }

  private final List<String> lines;

  private FormatsDoc(List<String> lines) {
    this.lines = lines;
  }

  /** Reads the page of this source tree. */
  public static FormatsDoc read() {
    Path root = Path.of(System.getProperty("project.root", ".."));
    try {
      return new FormatsDoc(Files.readAllLines(root.resolve("docs/formats.md")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page with every stretch of white space as one blank. */
  public String text() {
    return String.join(" ", lines).replaceAll("\\s+", " ");
  }

  /** The rows of the table whose head begins with this cell, by their first cells. */
  public Map<String, String> table(String head) {
    Map<String, String> rows = new LinkedHashMap<>();
    rowsFrom(indexOf("| " + head + " |")).forEach(row -> rows.put(row.get(0), row.get(1)));
    return rows;
  }

  /**
   * The fields of the first table below a heading. They must follow each other without a gap; one
   * of no fixed length has 0 bytes and is the last.
   */
  public Map<String, Field> fields(String heading) {
    int start = indexOf("### " + heading);
    while (!lines.get(start).startsWith("| at | bytes |")) {
      start++;
    }
    Map<String, Field> fields = new LinkedHashMap<>();
    int end = 0;
    for (List<String> row : rowsFrom(start)) {
      int bytes = row.get(1).isEmpty() ? 0 : Integer.parseInt(row.get(1));
      Field field = new Field(Integer.parseInt(row.get(0)), bytes);
      assertThat(field.at()).as(heading + ": " + row.get(2)).isEqualTo(end);
      end += bytes;
      fields.put(row.get(2), field);
    }
    return fields;
  }

  /** What stands between the fence of a language and the next. */
  public String code(String language) {
    int start = indexOf("```" + language) + 1;
    int end = start;
    while (!lines.get(end).equals("```")) {
      end++;
    }
    return String.join("\n", lines.subList(start, end));
  }

  private int indexOf(String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(beginning)) {
        return i;
      }
    }
    throw new AssertionError("the page has no line that begins with: " + beginning);
  }

  private List<List<String>> rowsFrom(int head) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = head + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
      rows.add(
          List.of(lines.get(i).substring(1).split("\\|", -1)).stream().map(String::strip).toList());
    }
    return rows;
  }
}
