// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
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
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store in one SQLite file, in WAL mode. The schema is drawn in {@code docs/formats.md}; see
 * {@link SqliteConnections} for who writes how.
 */
public final class SqliteRelayStore implements RelayStore {
  private static final String UPDATE_ACCOUNT =
      "UPDATE account SET host_id = ?, status = ?, proven = ?, rev = ?, data = ?, head = ?,"
          + " seq = ? WHERE uid = ?";
  private static final String INSERT_ACCOUNT =
      "INSERT INTO account (host_id, status, proven, rev, data, head, seq, uid, did_hash, did)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String SELECT_ACCOUNT =
      "SELECT uid, did, host_id, status, proven, rev, data, head, seq FROM account";
  static final String LIST_ACCOUNTS = SELECT_ACCOUNT + " WHERE uid > ? ORDER BY uid LIMIT ?";
  private static final String DESYNCHRONIZE =
      "UPDATE account SET status = status & 15 | "
          + (StatusByte.of(AccountStatus.ACTIVE, LocalStatus.DESYNCHRONIZED) & 0xf0)
          + " WHERE did_hash = ? AND status >> 4 = 0 AND seq < ?";
  private static final String SELECT_HOST =
      "SELECT id, hostname, secure, status, reason, since, epoch, cursor, gap, accounts,"
          + " created_at FROM host";

  private final SqliteConnections connections;
  private final HostRules hostRules;
  private final DidHash.Key didKey;
  private long appliedSeq;
  private long replayFrom;
  private final long lastUid;

  private SqliteRelayStore(SqliteConnections connections) {
    this.connections = connections;
    this.hostRules = new SqliteHostRules(connections);
    ByteBuffer key = ByteBuffer.wrap(meta("did_key", row -> row.getBytes(1)));
    didKey = new DidHash.Key(key.getLong(), key.getLong());
    appliedSeq = meta("applied_seq", row -> row.getLong(1));
    replayFrom = meta("replay_from", row -> row.getLong(1));
    lastUid =
        connections.read(
            connection ->
                SqliteConnections.queryLong(
                    connection, "SELECT coalesce(max(uid), 0) FROM account"));
  }

  /** True if there is a database at this place. */
  public static boolean exists(Path file) {
    return Files.exists(file);
  }

  /**
   * Opens a database, and brings it to the newest version, or makes one where there is none.
   *
   * @param random makes the key of a new one; must be unpredictable
   * @throws RelayException if the file is something else, or of a newer version; it is then
   *     untouched
   */
  public static SqliteRelayStore open(Path file, RandomGenerator random) {
    try {
      SqliteSchema.prepare(file, random);
      return new SqliteRelayStore(new SqliteConnections(file));
    } catch (SQLException | IOException e) {
      throw RelayException.fatal(
          "the database " + file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private interface Column<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** A value of the table {@code meta}. */
  private <T> T meta(String key, Column<T> column) {
    return connections.read(
        connection -> {
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
        });
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
    connections.writeLazily(
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
    return connections.read(
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

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  @Override
  public HostRow createHost(String hostname, boolean secure, Instant now) {
    return createHost(hostname, secure, 0, now);
  }

  @Override
  public HostRow createLiveHost(String hostname, boolean secure, Instant now) {
    return createHost(hostname, secure, HostRow.LIVE, now);
  }

  @Override
  public void joinHost(int hostId, long cursor, long gap) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement("UPDATE host SET cursor = ?, gap = ? WHERE id = ?")) {
            update.setLong(1, cursor);
            update.setLong(2, gap);
            update.setInt(3, hostId);
            return update.executeUpdate();
          }
        });
  }

  private HostRow createHost(String hostname, boolean secure, long cursor, Instant now) {
    return connections.writeDurably(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO host (hostname, secure, status, reason, since, epoch, cursor,"
                      + " gap, accounts, created_at) VALUES (?, ?, ?, '', ?, 0, ?, 0, 0, ?)"
                      + " RETURNING id")) {
            insert.setString(1, hostname);
            insert.setBoolean(2, secure);
            insert.setString(3, HostStatus.ACTIVE.name());
            insert.setLong(4, micros(now));
            insert.setLong(5, cursor);
            insert.setLong(6, micros(now));
            try (ResultSet row = insert.executeQuery()) {
              return new HostRow(
                  row.getInt(1),
                  hostname,
                  secure,
                  HostStatus.ACTIVE,
                  "",
                  now,
                  0,
                  cursor,
                  0,
                  0,
                  now);
            }
          }
        });
  }

  @Override
  public HostRules hostRules() {
    return hostRules;
  }

  @Override
  public void updateHostStatus(int hostId, HostStatus status, String reason, Instant now) {
    connections.writeDurably(
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
    return connections.read(
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
    return connections.read(
        connection -> {
          List<AccountRecord> accounts = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(LIST_ACCOUNTS)) {
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
    return connections.read(
        connection ->
            SqliteConnections.queryLong(
                connection, "SELECT accounts FROM host WHERE id = " + hostId));
  }

  @Override
  public Map<Integer, Long> accountCounts() {
    return connections.read(
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

  @Override
  public <T> T atomically(Supplier<T> decision) {
    return connections.writeDurably(connection -> decision.get());
  }

  @Override
  public void audit(AuditEntry entry) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO audit (at, actor, action, subject, before, after)"
                      + " VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, micros(entry.at()));
            insert.setString(2, entry.actor());
            insert.setString(3, entry.action());
            insert.setString(4, entry.subject());
            insert.setString(5, entry.before());
            insert.setString(6, entry.after());
            insert.executeUpdate();
            return null;
          }
        });
  }

  @Override
  public List<Audited> auditTrail(long before, int limit) {
    return connections.read(
        connection -> {
          List<Audited> trail = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT id, at, actor, action, subject, before, after FROM audit"
                      + " WHERE id < ? ORDER BY id DESC LIMIT ?")) {
            select.setLong(1, before);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                trail.add(
                    new Audited(
                        row.getLong(1),
                        new AuditEntry(
                            instant(row.getLong(2)),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7))));
              }
            }
          }
          return trail;
        });
  }

  @Override
  public TakedownStore takedowns() {
    return new SqliteTakedowns(connections, this::appliedSeq);
  }

  @Override
  public void close() {
    connections.close();
  }
}
