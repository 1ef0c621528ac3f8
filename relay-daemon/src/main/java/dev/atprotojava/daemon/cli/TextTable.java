// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: columns as wide as they need be, numbers to the right. What others wrote into
 * it, such as the name that a consumer gives itself, cannot move the cursor.
 */
final class TextTable {
  private static final int WIDEST = 60;

  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without rows. */
  TextTable(String... heads) {
    this.heads = List.of(heads);
  }

  /** Adds a row with a text for each column. */
  void add(String... cells) {
    if (cells.length != heads.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + heads.size() + " columns");
    }
    rows.add(List.of(cells).stream().map(TextTable::printable).toList());
  }

  private static String printable(String text) {
    String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
    return plain.length() > WIDEST ? plain.substring(0, WIDEST - 1) + "…" : plain;
  }

  /** The heads, and a line for each row. */
  List<String> lines() {
    int[] widths = heads.stream().mapToInt(String::length).toArray();
    boolean[] right = new boolean[widths.length];
    for (int column = 0; column < widths.length; column++) {
      right[column] = !rows.isEmpty();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
        right[column] &= row.get(column).matches("-?[0-9]+");
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(heads, widths, right));
    rows.forEach(row -> lines.add(line(row, widths, right)));
    return lines;
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      String blanks = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : "  ").append(right[column] ? blanks + cell : cell + blanks);
    }
    return line.toString().stripTrailing();
  }
}
