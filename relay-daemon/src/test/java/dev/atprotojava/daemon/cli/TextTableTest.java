// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A table is read in a hurry, and holds what strangers wrote. */
class TextTableTest {
  @Test
  void lines_alignNumbersToTheRight() {
    TextTable table = new TextTable("ID", "NAME", "COUNT");
    table.add("1", "a", "7");
    table.add("12", "long name", "");

    assertThat(table.lines())
        .containsExactly("ID  NAME       COUNT", " 1  a          7", "12  long name");
  }

  /** An escape sequence could clear the operator's screen, a line break forge a row. */
  @Test
  void lines_holdNothingThatMovesTheCursor() {
    TextTable table = new TextTable("NAME");
    table.add("a\u001b[2Jb\nc\u2028d\u202ee");
    table.add("x".repeat(500));

    assertThat(table.lines().get(1)).isEqualTo("a?[2Jb?c?d?e");
    assertThat(table.lines().get(2)).hasSize(60).endsWith("…");
  }
}
