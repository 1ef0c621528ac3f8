// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The table {@code takedown} of a {@link SqliteRelayStore}. */
final class SqliteTakedowns implements TakedownStore {
  private static final int TAKENDOWN =
      StatusByte.of(AccountStatus.ACTIVE, LocalStatus.TAKENDOWN) >> 4;
  private static final String SELECT =
      "SELECT id, did, at, before, erase_at, erased, lifted FROM takedown ";
  private static final String SELECT_TOLD_OTHERWISE =
      "SELECT t.id, t.did, t.at, t.before, t.erase_at, t.erased, t.lifted FROM takedown t"
          + " JOIN account a ON a.did_hash = t.did_hash"
          + " WHERE (t.lifted = 0) <> (a.status >> 4 = "
          + TAKENDOWN
          + ") ORDER BY t.id";
  private static final String SELECT_DUE =
      "SELECT t.id, t.did, t.at, t.before, t.erase_at, t.erased, t.lifted FROM takedown t"
          + " JOIN account a ON a.did_hash = t.did_hash"
          + " WHERE t.lifted = 0 AND t.erased = 0 AND t.erase_at <= ? AND a.status >> 4 = "
          + TAKENDOWN
          + " ORDER BY t.id";
  private static final String FORGET =
      "DELETE FROM takedown WHERE lifted = 1 AND NOT EXISTS (SELECT 1 FROM account a"
          + " WHERE a.did_hash = takedown.did_hash AND a.status >> 4 = "
          + TAKENDOWN
          + ")";
  private static final String INSERT_ACCOUNT =
      "INSERT OR IGNORE INTO account (uid, did_hash, did, host_id, status, proven, seq)"
          + " VALUES (?, ?, ?, ?, ?, 1, 0)";
  private static final String PUT =
      """
      INSERT INTO takedown (did_hash, did, at, before, erase_at, erased, lifted)
      VALUES (?, ?, ?, ?, ?, 0, 0)
      ON CONFLICT (did_hash) DO UPDATE SET
        at = CASE lifted WHEN 1 THEN excluded.at ELSE at END,
        before = CASE lifted WHEN 1 THEN excluded.before ELSE before END,
        erase_at = CASE lifted WHEN 1 THEN excluded.erase_at
          ELSE min(erase_at, excluded.erase_at) END,
        erased = CASE lifted WHEN 1 THEN 0 ELSE erased END,
        lifted = 0
      """;

  private final SqliteConnections connections;
  private final LongSupplier appliedSeq;

  /**
   * The table.
   *
   * @param appliedSeq the last number of the log that the accounts reflect; asked on the thread
   *     that writes
   */
  SqliteTakedowns(SqliteConnections connections, LongSupplier appliedSeq) {
    this.connections = connections;
    this.appliedSeq = appliedSeq;
  }

  @Override
  public void put(AccountRecord account, Instant at, Instant eraseAt) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement row = connection.prepareStatement(INSERT_ACCOUNT);
              PreparedStatement takedown = connection.prepareStatement(PUT)) {
            row.setLong(1, account.uid());
            row.setLong(2, account.hash().low());
            row.setString(3, account.did().toString());
            row.setInt(4, account.hostId());
            row.setInt(5, StatusByte.of(account.upstreamStatus(), LocalStatus.ACTIVE));
            row.executeUpdate();
            takedown.setLong(1, account.hash().low());
            takedown.setString(2, account.did().toString());
            takedown.setLong(3, SqliteRelayStore.micros(at));
            takedown.setInt(4, StatusByte.of(AccountStatus.ACTIVE, account.localStatus()) >> 4);
            takedown.setLong(5, SqliteRelayStore.micros(eraseAt));
            takedown.executeUpdate();
            return null;
          }
        });
  }

  @Override
  public void lift(DidHash hash) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement("UPDATE takedown SET lifted = 1 WHERE did_hash = ?")) {
            update.setLong(1, hash.low());
            update.executeUpdate();
            return null;
          }
        });
  }

  @Override
  public @Nullable Takedown find(DidHash hash) {
    List<Takedown> found =
        connections.read(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(SELECT + "WHERE did_hash = ?")) {
                select.setLong(1, hash.low());
                return takedowns(select);
              }
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<Takedown> list(long afterId, int limit) {
    return connections.read(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  SELECT + "WHERE lifted = 0 AND id > ? ORDER BY id LIMIT ?")) {
            select.setLong(1, afterId);
            select.setInt(2, limit);
            return takedowns(select);
          }
        });
  }

  @Override
  public List<Long> hashesInForce() {
    return connections.read(
        connection -> {
          List<Long> hashes = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT did_hash FROM takedown WHERE lifted = 0");
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              hashes.add(rows.getLong(1));
            }
          }
          return hashes;
        });
  }

  @Override
  public @Nullable Instant nextErasure() {
    return connections.read(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT min(erase_at) FROM takedown WHERE lifted = 0 AND erased = 0");
              ResultSet row = select.executeQuery()) {
            long at = row.getLong(1);
            return row.wasNull() ? null : SqliteRelayStore.instant(at);
          }
        });
  }

  @Override
  public List<Takedown> settle() {
    return connections.writeDurably(
        connection -> {
          SqliteConnections.execute(connection, FORGET);
          try (PreparedStatement select = connection.prepareStatement(SELECT_TOLD_OTHERWISE)) {
            return takedowns(select);
          }
        });
  }

  @Override
  public Due beginErasure(Instant now) {
    // The log of SQLite is one file: forced for this, it is forced with all that was written to it
    // before, the lazy states of accounts too.
    return connections.writeDurably(
        connection -> {
          touch(connection);
          try (PreparedStatement select = connection.prepareStatement(SELECT_DUE)) {
            select.setLong(1, SqliteRelayStore.micros(now));
            return new Due(takedowns(select), appliedSeq.getAsLong());
          }
        });
  }

  /** Writes something, since a transaction that changes nothing is not forced. */
  private static void touch(Connection connection) throws SQLException {
    SqliteConnections.execute(
        connection, "UPDATE meta SET value = value WHERE key = 'applied_seq'");
  }

  @Override
  public void erased(List<Takedown> takedowns) {
    connections.writeDurably(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE takedown SET erased = 1 WHERE id = ? AND at = ? AND lifted = 0")) {
            for (Takedown takedown : takedowns) {
              update.setLong(1, takedown.id());
              update.setLong(2, SqliteRelayStore.micros(takedown.at()));
              update.executeUpdate();
            }
            return null;
          }
        });
  }

  private static List<Takedown> takedowns(PreparedStatement select) throws SQLException {
    List<Takedown> takedowns = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        takedowns.add(
            new Takedown(
                row.getLong(1),
                Did.parse(row.getString(2)),
                SqliteRelayStore.instant(row.getLong(3)),
                StatusByte.local(row.getInt(4) << 4),
                SqliteRelayStore.instant(row.getLong(5)),
                row.getBoolean(6),
                row.getBoolean(7)));
      }
    }
    return takedowns;
  }
}
