// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.atprotojava.relay.FormatsDoc;
import dev.atprotojava.relay.RelayException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The part of {@code docs/formats.md} about the store, against a database that the store made.
 * Catches a page that says something else than the code.
 */
class SchemaDocTest {
  private static final FormatsDoc DOC = FormatsDoc.read();

  @TempDir Path directory;

  private Path created() {
    Path file = directory.resolve("relay.sqlite");
    SqliteRelayStore.open(file, new Random(1)).close();
    return file;
  }

  private static List<String> query(Path file, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        ResultSet rows = statement.getResultSet();
        while (rows.next()) {
          values.add(rows.getString(1));
        }
      }
    }
    return values;
  }

  private static String normal(String sql) {
    return sql.strip().replaceAll("\\s+", " ");
  }

  @Test
  void schema() throws SQLException {
    List<String> made =
        query(
            created(),
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
                + " AND name NOT LIKE 'sqlite%' ORDER BY rowid");
    assertThat(made.stream().map(SchemaDocTest::normal))
        .containsExactlyElementsOf(
            Arrays.stream(DOC.code("sql").split("(?m)^;$"))
                .map(SchemaDocTest::normal)
                .filter(sql -> !sql.isEmpty())
                .toList());
  }

  @Test
  void columnsAndKeys() throws SQLException {
    Path file = created();
    assertThat(DOC.table("key").keySet())
        .containsExactlyInAnyOrderElementsOf(query(file, "SELECT key FROM meta"));
    for (String table :
        List.of(
            "host",
            "account",
            "audit",
            "host_rule",
            "domain_ban",
            "crawl_rule",
            "crawl_admission",
            "host_ratchet",
            "takedown")) {
      assertThat(DOC.table("column of `" + table + "`").keySet())
          .containsExactlyElementsOf(
              query(file, "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"));
    }
  }

  @Test
  void numbers() throws SQLException {
    Path file = created();
    int application = Integer.parseInt(query(file, "PRAGMA application_id").getFirst());
    assertThat(DOC.text())
        .contains("`PRAGMA application_id` is 0x" + Integer.toHexString(application) + " (`ATRL`)")
        .contains(
            "`PRAGMA user_version` is the version: "
                + query(file, "PRAGMA user_version").getFirst());
  }

  /** What the operator is told, word for word. */
  @Test
  void refusals() throws SQLException {
    Path file = created();
    query(file, "PRAGMA user_version = 1000");
    assertThat(DOC.text()).contains(refusal(file));
    query(file, "PRAGMA application_id = 1");
    assertThat(DOC.text()).contains(refusal(file));
  }

  private static String refusal(Path file) {
    Throwable refused = catchThrowable(() -> SqliteRelayStore.open(file, new Random(2)).close());
    assertThat(refused).isInstanceOf(RelayException.class);
    return String.valueOf(refused.getMessage()).replace(file.toString(), "relay.sqlite");
  }
}
