// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * The tables of {@link SqliteIdentityStore}, and connections to them.
 *
 * <pre>
 *   identity  did       the 15 bytes behind "did:plc:", or the text of another DID
 *             at        milliseconds: as of when it is known
 *             flags     1 stale, 2 gone
 *             pds       a row of the table, or null
 *             key       multikey bytes, or null
 *             handle    or null
 *   pds       id, origin
 *   meta      key, value: what of a directory's log is in here
 * </pre>
 *
 * <p>{@code identity} has no row numbers: its key is the primary tree, so that a lookup is one
 * descent and a row is stored once. A 64-bit hash as row number would save four bytes a row, and
 * need the DID beside it all the same, since somebody could search for two DIDs of one hash.
 */
final class IdentitySchema {
  /** Says that a database is one of these: the letters "ATID". */
  private static final int APPLICATION_ID = 0x41544944;

  private static final int VERSION = 1;
  private static final int SQLITE_HEADER = 100;
  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID",
          "CREATE TABLE pds (id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE) STRICT",
          """
          CREATE TABLE identity (
            did ANY PRIMARY KEY NOT NULL,
            at INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            pds INTEGER,
            key BLOB,
            handle TEXT
          ) STRICT, WITHOUT ROWID
          """);

  private IdentitySchema() {}

  /** Makes sure that there is a database of ours; one of others is left as it is. */
  static void prepare(Path file) throws SQLException, IOException {
    if (Files.exists(file) && Files.size(file) > 0) {
      requireOurs(file);
    } else {
      create(file);
    }
  }

  /** By the first bytes of the file (sqlite.org/fileformat2.html, section 1.3). */
  private static void requireOurs(Path file) throws IOException {
    ByteBuffer head;
    try (InputStream in = Files.newInputStream(file)) {
      head = ByteBuffer.wrap(in.readNBytes(SQLITE_HEADER));
    }
    if (head.limit() < SQLITE_HEADER || head.getInt(APPLICATION_ID_AT) != APPLICATION_ID) {
      throw RelayException.refused(
          "the file "
              + file
              + " is no database of identities of this relay, and is left as it is. Give another"
              + " path by RELAY_IDENTITY_DB.");
    }
    int version = head.getInt(USER_VERSION_AT);
    if (version != VERSION) {
      throw RelayException.refused(
          "the database of identities "
              + file
              + " has version "
              + version
              + "; this relay knows version "
              + VERSION
              + ". Remove it to have identities asked for anew, or give another path by"
              + " RELAY_IDENTITY_DB.");
    }
  }

  /** Makes it beside, and gives it its name when it is whole. */
  private static void create(Path file) throws SQLException, IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(directory);
    Path unfinished = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + unfinished)) {
      connection.setAutoCommit(false);
      for (String table : TABLES) {
        execute(connection, table);
      }
      execute(connection, "PRAGMA application_id = " + APPLICATION_ID);
      execute(connection, "PRAGMA user_version = " + VERSION);
      connection.commit();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * A connection with this many KiB of pages in memory. The driver would otherwise ask after each
   * change which keys it made, which takes longer than the change.
   */
  static Connection connect(Path file, int cacheKiB) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            "jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE&jdbc.get_generated_keys=false");
    execute(connection, "PRAGMA journal_mode = WAL");
    execute(connection, "PRAGMA synchronous = NORMAL");
    execute(connection, "PRAGMA busy_timeout = 30000");
    execute(connection, "PRAGMA cache_size = -" + cacheKiB);
    return connection;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long queryLong(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
