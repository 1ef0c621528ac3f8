// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of {@link SqliteRelayStore}, drawn in {@code docs/formats.md}, and how a database
 * comes to have them: by numbered steps, each in a transaction of its own with the new version. A
 * new database goes through all of them, an older one through those that it lacks, and a newer one
 * is refused. A step that was ever released is never changed.
 */
final class SqliteSchema {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteSchema.class);

  /** Says that a database is ours: the letters "ATRL". */
  private static final int APPLICATION_ID = 0x4154524c;

  /** Of the header of an SQLite file, whose numbers are big-endian. */
  private static final int SQLITE_HEADER = 100;

  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;

  private static final List<String> HOSTS_AND_ACCOUNTS =
      List.of(
          """
          CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value ANY NOT NULL
          ) STRICT, WITHOUT ROWID
          """,
          """
          CREATE TABLE host (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hostname TEXT NOT NULL UNIQUE,
            secure INTEGER NOT NULL,
            status TEXT NOT NULL,
            reason TEXT NOT NULL,
            since INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            cursor INTEGER NOT NULL,
            gap INTEGER NOT NULL,
            accounts INTEGER NOT NULL,
            created_at INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE account (
            uid INTEGER PRIMARY KEY,
            did_hash INTEGER NOT NULL UNIQUE,
            did TEXT NOT NULL,
            host_id INTEGER NOT NULL,
            status INTEGER NOT NULL,
            proven INTEGER NOT NULL,
            rev INTEGER,
            data BLOB,
            head BLOB,
            seq INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TRIGGER account_added AFTER INSERT ON account BEGIN
            UPDATE host SET accounts = accounts + 1 WHERE id = NEW.host_id;
          END
          """,
          """
          CREATE TRIGGER account_moved AFTER UPDATE OF host_id ON account
            WHEN OLD.host_id <> NEW.host_id BEGIN
            UPDATE host SET accounts = accounts - 1 WHERE id = OLD.host_id;
            UPDATE host SET accounts = accounts + 1 WHERE id = NEW.host_id;
          END
          """);

  /** What administrators did. */
  private static final List<String> AUDIT =
      List.of(
          """
          CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            before TEXT NOT NULL,
            after TEXT NOT NULL
          ) STRICT
          """);

  /** What the operator decides about hosts; and accounts that are gone count no more. */
  private static final List<String> HOST_RULES =
      List.of(
          """
          CREATE TABLE host_rule (
            host_id INTEGER PRIMARY KEY,
            banned_at INTEGER,
            trusted INTEGER,
            account_limit INTEGER,
            per_second INTEGER,
            per_hour INTEGER,
            per_day INTEGER,
            posture TEXT,
            posture_until INTEGER,
            alerts_silenced INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE domain_ban (
            domain TEXT PRIMARY KEY,
            banned_at INTEGER NOT NULL
          ) STRICT, WITHOUT ROWID
          """,
          """
          CREATE TABLE crawl_rule (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            enabled INTEGER,
            per_day INTEGER
          ) STRICT
          """,
          """
          CREATE TABLE crawl_admission (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            domain TEXT NOT NULL,
            address TEXT NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE host_ratchet (
            host_id INTEGER PRIMARY KEY,
            since INTEGER NOT NULL,
            commits INTEGER NOT NULL,
            updates INTEGER NOT NULL,
            deletes INTEGER NOT NULL
          ) STRICT
          """,
          "DROP TRIGGER account_added",
          "DROP TRIGGER account_moved",
          """
          CREATE TRIGGER account_came AFTER INSERT ON account WHEN NEW.status & 15 <> 2 BEGIN
            UPDATE host SET accounts = accounts + 1 WHERE id = NEW.host_id;
          END
          """,
          """
          CREATE TRIGGER account_changed AFTER UPDATE OF host_id, status ON account
            WHEN OLD.host_id <> NEW.host_id
            OR (OLD.status & 15 = 2) <> (NEW.status & 15 = 2) BEGIN
            UPDATE host SET accounts = accounts - 1
              WHERE id = OLD.host_id AND OLD.status & 15 <> 2;
            UPDATE host SET accounts = accounts + 1
              WHERE id = NEW.host_id AND NEW.status & 15 <> 2;
          END
          """,
          """
          UPDATE host SET accounts = accounts - gone.n FROM (
            SELECT host_id, count(*) AS n FROM account WHERE status & 15 = 2 GROUP BY host_id
          ) AS gone WHERE gone.host_id = host.id
          """,
          """
          CREATE INDEX account_waiting ON account (host_id, uid)
            WHERE status >> 4 = 2 AND status & 15 <> 2
          """);

  /** What operators decided about accounts. */
  private static final List<String> TAKEDOWNS =
      List.of(
          """
          CREATE TABLE takedown (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            did_hash INTEGER NOT NULL UNIQUE,
            did TEXT NOT NULL,
            at INTEGER NOT NULL,
            before INTEGER NOT NULL,
            erase_at INTEGER NOT NULL,
            erased INTEGER NOT NULL,
            lifted INTEGER NOT NULL
          ) STRICT
          """);

  private static final List<List<String>> STEPS =
      List.of(HOSTS_AND_ACCOUNTS, AUDIT, HOST_RULES, TAKEDOWNS);

  /** The newest version. */
  static final int VERSION = STEPS.size();

  private SqliteSchema() {}

  /** Brings a database to the newest version, or makes one where there is none. */
  static void prepare(Path file, RandomGenerator random) throws SQLException, IOException {
    if (Files.exists(file) && Files.size(file) > 0) {
      requireOurs(file);
      migrate(file);
    } else {
      create(file, random, VERSION);
    }
  }

  /**
   * Looks at the first bytes of the file (sqlite.org/fileformat2.html, section 1.3) and not at the
   * database: SQLite leaves files of its own beside one that it only reads.
   */
  static void requireOurs(Path file) throws IOException {
    ByteBuffer head;
    try (InputStream in = Files.newInputStream(file)) {
      head = ByteBuffer.wrap(in.readNBytes(SQLITE_HEADER));
    }
    if (head.limit() < SQLITE_HEADER || head.getInt(APPLICATION_ID_AT) != APPLICATION_ID) {
      throw RelayException.refused(
          "the database "
              + file
              + " was not made by this relay, and is left as it is. Give another path by"
              + " DATABASE_URL; to take over the data of another relay use import-indigo.");
    }
    requireKnown(file, head.getInt(USER_VERSION_AT));
  }

  private static void requireKnown(Path file, long version) {
    if (version < 1 || version > VERSION) {
      throw RelayException.refused(
          "the database "
              + file
              + " has schema version "
              + version
              + "; this relay knows versions up to "
              + VERSION
              + ". Use the relay that wrote it, or a newer one.");
    }
  }

  private static void migrate(Path file) throws SQLException {
    try (Connection connection = SqliteConnections.connect(file, "FULL")) {
      // The file's head may be older than what was committed before a crash.
      int version = (int) SqliteConnections.queryLong(connection, "PRAGMA user_version");
      requireKnown(file, version);
      for (; version < VERSION; version++) {
        LOG.info("database={} schema version {} becomes {}", file, version, version + 1);
        connection.setAutoCommit(false);
        step(connection, version);
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
  }

  private static void step(Connection connection, int step) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : STEPS.get(step)) {
        statement.execute(sql);
      }
      statement.execute("PRAGMA user_version = " + (step + 1));
    }
  }

  /** Makes a database beside and gives it its name when it is whole and durable. */
  static void create(Path file, RandomGenerator random, int version)
      throws SQLException, IOException {
    Path directory = requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(directory);
    Path unfinished = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + unfinished)) {
      SqliteConnections.execute(connection, "PRAGMA synchronous = FULL");
      fill(connection, random, version);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void fill(Connection connection, RandomGenerator random, int version)
      throws SQLException {
    connection.setAutoCommit(false);
    for (int step = 0; step < version; step++) {
      step(connection, step);
    }
    byte[] key = new byte[16];
    random.nextBytes(key);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO meta (key, value) VALUES (?, ?)")) {
      insert.setString(1, "did_key");
      insert.setBytes(2, key);
      insert.executeUpdate();
      for (String name : List.of("applied_seq", "replay_from")) {
        insert.setString(1, name);
        insert.setLong(2, 0);
        insert.executeUpdate();
      }
    }
    SqliteConnections.execute(connection, "PRAGMA application_id = " + APPLICATION_ID);
    connection.commit();
  }
}
