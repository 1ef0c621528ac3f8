// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.ChainState.Cause;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store in one SQLite file. Needs {@code org.xerial:sqlite-jdbc}, which this library does not
 * bring.
 *
 * <p>The file is in WAL mode with {@code synchronous=NORMAL}: it survives the end of the process at
 * any moment; a power failure may take the last seconds back, and the events of those are handed
 * over again. One connection, one thread at a time. Its tables:
 *
 * <pre>
 *   stream  (name, cursor)
 *   account (id, did, state, cause, rev, data, head, upstream, local)
 *   record  (account, path, cid)
 * </pre>
 */
public final class SqliteRepoStateStore implements RepoStateStore {
  /** Says that a database is ours: the letters "ATVF". */
  private static final int APPLICATION_ID = 0x41545646;

  private static final int SCHEMA_VERSION = 1;
  private static final String SYNCHRONIZED = "synchronized";
  private static final String DESYNCHRONIZED = "desynchronized";

  private static final String[] SCHEMA = {
    "CREATE TABLE stream (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE account (
      id INTEGER PRIMARY KEY,
      did TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      cause TEXT,
      rev INTEGER,
      data BLOB,
      head BLOB,
      upstream TEXT NOT NULL,
      local TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE INDEX account_desynchronized ON account (did)
      WHERE state = 'desynchronized' AND upstream = 'ACTIVE' AND local = 'ACTIVE'
    """,
    """
    CREATE TABLE record (
      account INTEGER NOT NULL,
      path TEXT NOT NULL,
      cid BLOB,
      PRIMARY KEY (account, path)
    ) STRICT, WITHOUT ROWID
    """,
  };

  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final PreparedStatement selectCursor;
  private final PreparedStatement upsertCursor;
  private final PreparedStatement selectAccount;
  private final PreparedStatement insertAccount;
  private final PreparedStatement updateAccount;
  private final PreparedStatement selectRecords;
  private final PreparedStatement selectDesynchronized;
  private final PreparedStatement deleteRecords;
  private final PreparedStatement doubtRecords;
  private final PreparedStatement upsertRecord;
  private final PreparedStatement deleteRecord;

  private SqliteRepoStateStore(Connection connection) throws SQLException {
    this.connection = connection;
    migrate();
    connection.setAutoCommit(false);
    selectCursor = connection.prepareStatement("SELECT cursor FROM stream WHERE name = ?");
    upsertCursor =
        connection.prepareStatement(
            "INSERT INTO stream (name, cursor) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor");
    selectAccount =
        connection.prepareStatement(
            "SELECT id, state, cause, rev, data, head, upstream, local FROM account WHERE did = ?");
    insertAccount =
        connection.prepareStatement(
            "INSERT INTO account (state, cause, rev, data, head, upstream, local, did)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    updateAccount =
        connection.prepareStatement(
            "UPDATE account SET state = ?, cause = ?, rev = ?, data = ?, head = ?, upstream = ?,"
                + " local = ? WHERE did = ?");
    selectRecords =
        connection.prepareStatement(
            "SELECT path, cid FROM record WHERE account = ? AND path > ? ORDER BY path LIMIT ?");
    selectDesynchronized =
        connection.prepareStatement(
            "SELECT did FROM account WHERE state = 'desynchronized' AND upstream = 'ACTIVE'"
                + " AND local = 'ACTIVE' AND (? OR cause NOT IN ('UNKNOWN', 'PURGED'))"
                + " AND did > ? ORDER BY did LIMIT ?");
    deleteRecords = connection.prepareStatement("DELETE FROM record WHERE account = ?");
    doubtRecords = connection.prepareStatement("UPDATE record SET cid = NULL WHERE account = ?");
    upsertRecord =
        connection.prepareStatement(
            "INSERT INTO record (account, path, cid) VALUES (?, ?, ?)"
                + " ON CONFLICT (account, path) DO UPDATE SET cid = excluded.cid");
    deleteRecord = connection.prepareStatement("DELETE FROM record WHERE account = ? AND path = ?");
  }

  /**
   * Opens a store, or makes one where there is no file.
   *
   * @throws RepoStoreException if it cannot be opened, or is the database of something else
   */
  public static SqliteRepoStateStore open(Path file) {
    Connection connection = null;
    try {
      connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      return new SqliteRepoStateStore(connection);
    } catch (SQLException e) {
      if (connection != null) {
        try {
          connection.close();
        } catch (SQLException suppressed) {
          e.addSuppressed(suppressed);
        }
      }
      throw new RepoStoreException("the store of repositories cannot be opened", e);
    }
  }

  private void migrate() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int application = pragma(statement, "application_id");
      int version = pragma(statement, "user_version");
      int tables;
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
        tables = count.getInt(1);
      }
      boolean ours = application == APPLICATION_ID && version == SCHEMA_VERSION;
      if (!ours && tables > 0) {
        throw new SQLException("not a store of repositories, or one of a later version");
      }
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      if (tables == 0) {
        statement.execute("BEGIN");
        for (String table : SCHEMA) {
          statement.execute(table);
        }
        statement.execute("PRAGMA application_id = " + APPLICATION_ID);
        statement.execute("PRAGMA user_version = " + SCHEMA_VERSION);
        statement.execute("COMMIT");
      }
    }
  }

  private static int pragma(Statement statement, String name) throws SQLException {
    try (ResultSet value = statement.executeQuery("PRAGMA " + name)) {
      return value.getInt(1);
    }
  }

  private interface Work<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private <T extends @Nullable Object> T locked(String what, Work<T> work) {
    lock.lock();
    try {
      return work.run();
    } catch (SQLException e) {
      throw new RepoStoreException(what, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public OptionalLong cursor(String stream) {
    return locked(
        "the cursor cannot be read",
        () -> {
          selectCursor.setString(1, stream);
          try (ResultSet row = selectCursor.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
          }
        });
  }

  @Override
  public @Nullable AccountChain find(Did did) {
    return locked(
        "an account cannot be read",
        () -> {
          selectAccount.setString(1, did.toString());
          try (ResultSet row = selectAccount.executeQuery()) {
            return row.next() ? chain(row) : null;
          }
        });
  }

  private static AccountChain chain(ResultSet row) throws SQLException {
    byte[] data = row.getBytes(5);
    byte[] head = row.getBytes(6);
    RepoState last =
        data == null || head == null
            ? null
            : new RepoState(
                Tid.of(row.getLong(4)),
                Cid.decode(data, 0, data.length),
                Cid.decode(head, 0, head.length));
    ChainState state =
        last != null && row.getString(2).equals(SYNCHRONIZED)
            ? new ChainState.Synchronized(last)
            : new ChainState.Desynchronized(Cause.valueOf(row.getString(3)), last);
    return new AccountChain(
        state, AccountStatus.valueOf(row.getString(7)), AccountStatus.valueOf(row.getString(8)));
  }

  @Override
  public List<Row> records(Did did, @Nullable RecordPath after, int limit) {
    return locked(
        "records cannot be read",
        () -> {
          List<Row> rows = new ArrayList<>();
          OptionalLong account = accountId(did);
          if (account.isPresent()) {
            selectRecords.setLong(1, account.getAsLong());
            selectRecords.setString(2, after == null ? "" : after.toString());
            selectRecords.setInt(3, limit);
            try (ResultSet row = selectRecords.executeQuery()) {
              while (row.next()) {
                byte[] cid = row.getBytes(2);
                rows.add(
                    new Row(
                        RecordPath.parse(row.getString(1)),
                        cid == null ? null : Cid.decodeAny(cid, 0, cid.length)));
              }
            }
          }
          return rows;
        });
  }

  private OptionalLong accountId(Did did) throws SQLException {
    selectAccount.setString(1, did.toString());
    try (ResultSet row = selectAccount.executeQuery()) {
      return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
    }
  }

  @Override
  public List<Did> desynchronized(@Nullable Did after, int limit, boolean unseen) {
    return locked(
        "accounts cannot be read",
        () -> {
          List<Did> dids = new ArrayList<>();
          selectDesynchronized.setBoolean(1, unseen);
          selectDesynchronized.setString(2, after == null ? "" : after.toString());
          selectDesynchronized.setInt(3, limit);
          try (ResultSet row = selectDesynchronized.executeQuery()) {
            while (row.next()) {
              dids.add(Did.parse(row.getString(1)));
            }
          }
          return dids;
        });
  }

  @Override
  public void commit(List<Change> changes, String stream, OptionalLong cursor) {
    locked(
        "the store cannot be written",
        () -> {
          boolean done = false;
          try {
            for (Change change : changes) {
              write(change);
            }
            if (cursor.isPresent()) {
              upsertCursor.setString(1, stream);
              upsertCursor.setLong(2, cursor.getAsLong());
              upsertCursor.executeUpdate();
            }
            connection.commit();
            done = true;
          } finally {
            if (!done) {
              connection.rollback();
            }
          }
          return done;
        });
  }

  private void write(Change change) throws SQLException {
    OptionalLong known = accountId(change.did());
    AccountChain chain = change.chain();
    if (chain == null && known.isEmpty()) {
      chain = AccountChain.unknown();
    }
    if (chain != null) {
      writeChain(known.isPresent() ? updateAccount : insertAccount, change.did(), chain);
    }
    long account = known.isPresent() ? known.getAsLong() : accountId(change.did()).orElseThrow();
    switch (change.all()) {
      case KEEP -> {}
      case DOUBT -> update(doubtRecords, account);
      case FORGET -> update(deleteRecords, account);
    }
    for (RowChange row : change.rows()) {
      switch (row) {
        case RowChange.Known there -> upsert(account, there.path(), there.cid().toByteArray());
        case RowChange.Doubtful doubt -> upsert(account, doubt.path(), null);
        case RowChange.Gone gone -> {
          deleteRecord.setString(2, gone.path().toString());
          update(deleteRecord, account);
        }
      }
    }
  }

  private void upsert(long account, RecordPath path, byte @Nullable [] cid) throws SQLException {
    upsertRecord.setString(2, path.toString());
    upsertRecord.setBytes(3, cid);
    update(upsertRecord, account);
  }

  private static void update(PreparedStatement statement, long account) throws SQLException {
    statement.setLong(1, account);
    statement.executeUpdate();
  }

  private static void writeChain(PreparedStatement to, Did did, AccountChain chain)
      throws SQLException {
    switch (chain.state()) {
      case ChainState.Synchronized known -> {
        to.setString(1, SYNCHRONIZED);
        to.setNull(2, Types.VARCHAR);
      }
      case ChainState.Desynchronized known -> {
        to.setString(1, DESYNCHRONIZED);
        to.setString(2, known.cause().name());
      }
      case ChainState.InProgress resync -> { // it will have been cut short when this is read
        to.setString(1, DESYNCHRONIZED);
        to.setString(2, Cause.RESYNC_FAILED.name());
      }
    }
    RepoState last = chain.state().last();
    if (last == null) {
      to.setNull(3, Types.INTEGER);
      to.setNull(4, Types.BLOB);
      to.setNull(5, Types.BLOB);
    } else {
      to.setLong(3, last.rev().value());
      to.setBytes(4, last.data().toByteArray());
      to.setBytes(5, last.commit().toByteArray());
    }
    to.setString(6, chain.upstreamStatus().name());
    to.setString(7, chain.localStatus().name());
    to.setString(8, did.toString());
    to.executeUpdate();
  }

  @Override
  public void close() {
    locked(
        "the store cannot be closed",
        () -> {
          connection.close();
          return true;
        });
  }
}
