// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store in one SQLite file, in WAL mode. The schema is drawn in {@code docs/formats.md}.
 *
 * <p>Two connections write, both on the thread of the {@link StoreWriter}: one with {@code
 * synchronous=NORMAL} for what follows from the log, one with {@code FULL} for what does not. A few
 * more read.
 */
public final class SqliteRelayStore implements RelayStore {
  /** Says that a database is ours: the letters "ATRL". */
  private static final int APPLICATION_ID = 0x4154524c;

  private static final int SCHEMA_VERSION = 1;

  /** Of the header of an SQLite file, whose numbers are big-endian. */
  private static final int SQLITE_HEADER = 100;

  private static final int USER_VERSION_AT = 60;
  private static final int APPLICATION_ID_AT = 68;

  private static final int READERS = 2;
  private static final int READ_TIMEOUT_SECONDS = 30;

  private static final String[] SCHEMA = {
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
    """,
  };

  private static final String UPDATE_ACCOUNT =
      "UPDATE account SET host_id = ?, status = ?, proven = ?, rev = ?, data = ?, head = ?,"
          + " seq = ? WHERE uid = ?";
  private static final String INSERT_ACCOUNT =
      "INSERT INTO account (host_id, status, proven, rev, data, head, seq, uid, did_hash, did)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String SELECT_ACCOUNT =
      "SELECT uid, did, host_id, status, proven, rev, data, head, seq FROM account";
  private static final String DESYNCHRONIZE =
      "UPDATE account SET status = status & 15 | "
          + (StatusByte.of(AccountStatus.ACTIVE, LocalStatus.DESYNCHRONIZED) & 0xf0)
          + " WHERE did_hash = ? AND status >> 4 = 0 AND seq < ?";
  private static final String SELECT_HOST =
      "SELECT id, hostname, secure, status, reason, since, epoch, cursor, gap, accounts,"
          + " created_at FROM host";

  private final Connection lazy;
  private final Connection durable;
  private final ArrayBlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
  private final DidHash.Key didKey;
  private long appliedSeq;
  private long replayFrom;
  private final long lastUid;

  private SqliteRelayStore(Path file) throws SQLException {
    lazy = connect(file, "NORMAL");
    durable = connect(file, "FULL");
    for (int i = 0; i < READERS; i++) {
      Connection reader = connect(file, "NORMAL");
      execute(reader, "PRAGMA query_only = 1");
      readers.add(reader);
    }
    ByteBuffer key = ByteBuffer.wrap(meta(lazy, "did_key", row -> row.getBytes(1)));
    didKey = new DidHash.Key(key.getLong(), key.getLong());
    appliedSeq = meta(lazy, "applied_seq", row -> row.getLong(1));
    replayFrom = meta(lazy, "replay_from", row -> row.getLong(1));
    lastUid = queryLong(lazy, "SELECT coalesce(max(uid), 0) FROM account");
  }

  /** True if there is a database at this place. */
  public static boolean exists(Path file) {
    return Files.exists(file);
  }

  /**
   * Opens a database, or makes one where there is none.
   *
   * @param random makes the key of a new one; must be unpredictable
   * @throws RelayException if the file is something else, or of another version; it is then
   *     untouched
   */
  public static SqliteRelayStore open(Path file, RandomGenerator random) {
    try {
      if (Files.exists(file) && Files.size(file) > 0) {
        requireOurs(file);
      } else {
        create(file, random);
      }
      return new SqliteRelayStore(file);
    } catch (SQLException | IOException e) {
      throw RelayException.fatal(
          "the database " + file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * Looks at the first bytes of the file (sqlite.org/fileformat2.html, section 1.3) and not at the
   * database: SQLite leaves files of its own beside one that it only reads. What stands there does
   * not change after {@link #create}.
   */
  private static void requireOurs(Path file) throws IOException {
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
    int version = head.getInt(USER_VERSION_AT);
    if (version != SCHEMA_VERSION) {
      throw RelayException.refused(
          "the database "
              + file
              + " has schema version "
              + version
              + "; this relay knows version "
              + SCHEMA_VERSION
              + " only. Use the relay that wrote it.");
    }
  }

  /** Makes a database beside and gives it its name when it is whole and durable. */
  private static void create(Path file, RandomGenerator random) throws SQLException, IOException {
    Path directory = requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(directory);
    Path unfinished = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + unfinished)) {
      execute(connection, "PRAGMA synchronous = FULL");
      fill(connection, random);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void fill(Connection connection, RandomGenerator random) throws SQLException {
    connection.setAutoCommit(false);
    for (String statement : SCHEMA) {
      execute(connection, statement);
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
    execute(connection, "PRAGMA application_id = " + APPLICATION_ID);
    execute(connection, "PRAGMA user_version = " + SCHEMA_VERSION);
    connection.commit();
  }

  private static Connection connect(Path file, String synchronous) throws SQLException {
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE");
    execute(connection, "PRAGMA journal_mode = WAL");
    execute(connection, "PRAGMA synchronous = " + synchronous);
    execute(connection, "PRAGMA busy_timeout = 10000");
    execute(connection, "PRAGMA cache_size = -16384");
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long queryLong(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.getLong(1);
    }
  }

  private interface Column<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** A value of the table {@code meta}. */
  private static <T> T meta(Connection connection, String key, Column<T> column)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT value FROM meta WHERE key = ?")) {
      select.setString(1, key);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the database has no " + key);
        }
        return column.read(row);
      }
    }
  }

  @Override
  public DidHash.Key didKey() {
    return didKey;
  }

  @Override
  public long appliedSeq() {
    return appliedSeq;
  }

  @Override
  public long replayFrom() {
    return replayFrom;
  }

  @Override
  public long lastUid() {
    return lastUid;
  }

  @Override
  public void flush(Flush flush) {
    write(
        lazy,
        connection -> {
          List<AccountRecord> sorted = new ArrayList<>(flush.accounts());
          sorted.sort(Comparator.comparingLong(AccountRecord::uid));
          writeAccounts(connection, sorted);
          writeDesynchronized(connection, flush.desynchronized());
          writeCursors(connection, flush.cursors());
          writeMeta(connection, "applied_seq", flush.appliedSeq());
          writeMeta(connection, "replay_from", flush.replayFrom());
          return null;
        });
    appliedSeq = flush.appliedSeq();
    replayFrom = flush.replayFrom();
  }

  private static void writeAccounts(Connection connection, List<AccountRecord> accounts)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE_ACCOUNT);
        PreparedStatement insert = connection.prepareStatement(INSERT_ACCOUNT)) {
      for (AccountRecord account : accounts) {
        setAccount(update, account);
        if (update.executeUpdate() == 0) {
          setAccount(insert, account);
          insert.setLong(9, account.hash().low());
          insert.setString(10, account.did().toString());
          insert.executeUpdate();
        }
      }
    }
  }

  private static void setAccount(PreparedStatement statement, AccountRecord account)
      throws SQLException {
    RepoState repo = account.repo();
    statement.setInt(1, account.hostId());
    statement.setInt(2, StatusByte.of(account.upstreamStatus(), account.localStatus()) & 0xff);
    statement.setBoolean(3, account.proven());
    if (repo == null) {
      statement.setNull(4, java.sql.Types.INTEGER);
      statement.setNull(5, java.sql.Types.BLOB);
      statement.setNull(6, java.sql.Types.BLOB);
    } else {
      statement.setLong(4, repo.rev().value());
      statement.setBytes(5, digest(repo.data()));
      statement.setBytes(6, digest(repo.commit()));
    }
    statement.setLong(7, account.seen());
    statement.setLong(8, account.uid());
  }

  private static void writeDesynchronized(Connection connection, Iterable<Desynchronized> accounts)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(DESYNCHRONIZE)) {
      for (Desynchronized account : accounts) {
        update.setLong(1, account.hash().low());
        update.setLong(2, account.position());
        update.executeUpdate();
      }
    }
  }

  private static byte[] digest(Cid cid) {
    byte[] digest = new byte[32];
    cid.writeDigest(digest, 0);
    return digest;
  }

  private static void writeCursors(Connection connection, Iterable<HostCursorRow> cursors)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE host SET epoch = ?, cursor = ?, gap = ? WHERE id = ?")) {
      for (HostCursorRow cursor : cursors) {
        update.setInt(1, cursor.epoch());
        update.setLong(2, cursor.cursor());
        update.setLong(3, cursor.gap());
        update.setInt(4, cursor.hostId());
        update.executeUpdate();
      }
    }
  }

  private static void writeMeta(Connection connection, String key, long value) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE meta SET value = ? WHERE key = ?")) {
      update.setLong(1, value);
      update.setString(2, key);
      update.executeUpdate();
    }
  }

  @Override
  public List<HostRow> hosts() {
    return read(
        connection -> {
          List<HostRow> hosts = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(SELECT_HOST + " ORDER BY id")) {
            while (rows.next()) {
              hosts.add(host(rows));
            }
          }
          return hosts;
        });
  }

  private static HostRow host(ResultSet row) throws SQLException {
    return new HostRow(
        row.getInt(1),
        row.getString(2),
        row.getBoolean(3),
        HostStatus.valueOf(row.getString(4)),
        row.getString(5),
        instant(row.getLong(6)),
        row.getInt(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        instant(row.getLong(11)));
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  @Override
  public HostRow createHost(String hostname, boolean secure, Instant now) {
    return write(
        durable,
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO host (hostname, secure, status, reason, since, epoch, cursor,"
                      + " gap, accounts, created_at) VALUES (?, ?, ?, '', ?, 0, 0, 0, 0, ?)"
                      + " RETURNING id")) {
            insert.setString(1, hostname);
            insert.setBoolean(2, secure);
            insert.setString(3, HostStatus.ACTIVE.name());
            insert.setLong(4, micros(now));
            insert.setLong(5, micros(now));
            try (ResultSet row = insert.executeQuery()) {
              return new HostRow(
                  row.getInt(1), hostname, secure, HostStatus.ACTIVE, "", now, 0, 0, 0, 0, now);
            }
          }
        });
  }

  @Override
  public void updateHostStatus(int hostId, HostStatus status, String reason, Instant now) {
    write(
        durable,
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE host SET status = ?, reason = ?, since = ? WHERE id = ?")) {
            update.setString(1, status.name());
            update.setString(2, reason);
            update.setLong(3, micros(now));
            update.setInt(4, hostId);
            update.executeUpdate();
            return null;
          }
        });
  }

  @Override
  public @Nullable AccountRecord findAccount(DidHash hash, Did did) {
    return read(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(SELECT_ACCOUNT + " WHERE did_hash = ?")) {
            select.setLong(1, hash.low());
            try (ResultSet row = select.executeQuery()) {
              if (!row.next() || !row.getString(2).equals(did.toString())) {
                return null;
              }
              return account(row);
            }
          }
        });
  }

  private AccountRecord account(ResultSet row) throws SQLException {
    Did did = Did.parse(row.getString(2));
    int status = row.getInt(4);
    long rev = row.getLong(6);
    RepoState repo =
        row.wasNull()
            ? null
            : new RepoState(
                Tid.of(rev),
                Cid.ofDigest(CidCodec.DAG_CBOR, row.getBytes(7), 0),
                Cid.ofDigest(CidCodec.DAG_CBOR, row.getBytes(8), 0));
    return new AccountRecord(
        row.getLong(1),
        did,
        didKey.hash(did),
        row.getInt(3),
        StatusByte.upstream(status),
        StatusByte.local(status),
        row.getBoolean(5),
        repo,
        row.getLong(9));
  }

  @Override
  public List<AccountRecord> listAccounts(long afterUid, int limit) {
    return read(
        connection -> {
          List<AccountRecord> accounts = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(SELECT_ACCOUNT + " WHERE uid > ? ORDER BY uid LIMIT ?")) {
            select.setLong(1, afterUid);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                accounts.add(account(row));
              }
            }
          }
          return accounts;
        });
  }

  @Override
  public long countAccounts(int hostId) {
    return read(
        connection -> queryLong(connection, "SELECT accounts FROM host WHERE id = " + hostId));
  }

  @Override
  public Map<Integer, Long> accountCounts() {
    return read(
        connection -> {
          Map<Integer, Long> counts = new HashMap<>();
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("SELECT id, accounts FROM host")) {
            while (rows.next()) {
              counts.put(rows.getInt(1), rows.getLong(2));
            }
          }
          return counts;
        });
  }

  private interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  private static <T extends @Nullable Object> T write(Connection connection, Work<T> work) {
    try {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw RelayException.fatal("the database cannot be written: " + e.getMessage(), e);
    }
  }

  private <T extends @Nullable Object> T read(Work<T> work) {
    Connection connection = null;
    try {
      connection = readers.poll(READ_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (connection == null) {
        throw RelayException.fatal(
            "the database did not answer for " + READ_TIMEOUT_SECONDS + " s");
      }
      return work.run(connection);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RelayException.fatal("interrupted while reading the database", e);
    } catch (SQLException e) {
      throw RelayException.fatal("the database cannot be read: " + e.getMessage(), e);
    } finally {
      if (connection != null) {
        readers.add(connection);
      }
    }
  }

  @Override
  public void close() {
    try {
      for (Connection reader : readers) {
        reader.close();
      }
      durable.close();
      lazy.close();
    } catch (SQLException e) {
      throw RelayException.fatal("the database cannot be closed: " + e.getMessage(), e);
    }
  }
}
