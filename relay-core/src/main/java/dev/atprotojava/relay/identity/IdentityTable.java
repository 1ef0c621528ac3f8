// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.multiformats.Base32;
import dev.atprotojava.syntax.Did;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rows, over one connection, which is its own from now on. Not thread-safe; transactions are
 * the caller's.
 */
final class IdentityTable implements AutoCloseable {
  /** What became of a row that was to be merged. */
  enum Merge {
    /** It is in the table now, and says something that was not there before. */
    CHANGED,
    /** The table said so already. */
    SAME,
    /** Two that are almost of one time disagree: whoever needs the DID must ask. */
    DOUBTED,
    /** The table knows something newer. */
    OLDER,
  }

  /** By how much the clocks of a directory, its replicas and this machine may differ (ID-14). */
  static final long CLOCK_MARGIN_MILLIS = TimeUnit.MINUTES.toMillis(5);

  private static final int STALE = 1;
  private static final int GONE = 2;
  private static final int PLC_PREFIX = "did:plc:".length();
  private static final int MAX_KNOWN_ORIGINS = 20_000;

  private final Connection connection;
  private final PreparedStatement find;
  private final PreparedStatement put;
  private final PreparedStatement doubt;
  private final PreparedStatement origin;
  private final PreparedStatement originId;
  private final PreparedStatement addOrigin;
  private final Map<Integer, String> origins = new HashMap<>();
  private final Map<String, Integer> originIds = new HashMap<>();

  IdentityTable(Connection connection) throws SQLException {
    this.connection = connection;
    find =
        connection.prepareStatement(
            "SELECT at, flags, pds, key, handle FROM identity WHERE did = ?");
    put =
        connection.prepareStatement(
            "INSERT INTO identity (did, at, flags, pds, key, handle) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (did) DO UPDATE SET at = excluded.at, flags = excluded.flags,"
                + " pds = excluded.pds, key = excluded.key, handle = excluded.handle");
    doubt = connection.prepareStatement("UPDATE identity SET flags = flags | 1 WHERE did = ?");
    origin = connection.prepareStatement("SELECT origin FROM pds WHERE id = ?");
    originId = connection.prepareStatement("SELECT id FROM pds WHERE origin = ?");
    addOrigin = connection.prepareStatement("INSERT INTO pds (origin) VALUES (?)");
  }

  Connection connection() {
    return connection;
  }

  /** The row of a DID, or null. */
  @Nullable IdentityRow find(Did did) throws SQLException {
    bind(find, 1, did);
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      int flags = row.getInt(2);
      int pds = row.getInt(3);
      byte[] key = row.getBytes(4);
      return new IdentityRow(
          did,
          key == null ? null : Bytes.wrap(key),
          pds == 0 ? null : origin(pds),
          row.getString(5),
          row.getLong(1),
          (flags & STALE) != 0,
          (flags & GONE) != 0);
    }
  }

  /**
   * Puts a row in the place of what is older.
   *
   * @param marks whether the row knows if it may have changed since; otherwise that stays as it is
   */
  Merge merge(IdentityRow row, boolean marks) throws SQLException {
    IdentityRow old = find(row.did());
    if (old == null) {
      put(row, row.stale());
      return Merge.CHANGED;
    }
    boolean same = row.saysTheSameAs(old);
    if (row.atMillis() < old.atMillis()) {
      if (same || old.atMillis() - row.atMillis() > CLOCK_MARGIN_MILLIS) {
        return Merge.OLDER;
      }
      doubt(row.did());
      return Merge.DOUBTED;
    }
    boolean stale = marks ? row.stale() : old.stale();
    if (!same || row.atMillis() != old.atMillis() || stale != old.stale()) {
      put(row, stale);
    }
    return same ? Merge.SAME : Merge.CHANGED;
  }

  /** Marks the row, if there is one. */
  void doubt(Did did) throws SQLException {
    bind(doubt, 1, did);
    doubt.executeUpdate();
  }

  private void put(IdentityRow row, boolean stale) throws SQLException {
    bind(put, 1, row.did());
    put.setLong(2, row.atMillis());
    put.setInt(3, (stale ? STALE : 0) | (row.gone() ? GONE : 0));
    if (row.pds() == null) {
      put.setNull(4, Types.INTEGER);
    } else {
      put.setInt(4, originId(row.pds()));
    }
    put.setBytes(5, row.key() == null ? null : row.key().toByteArray());
    put.setString(6, row.handle());
    put.executeUpdate();
  }

  /** The 15 bytes of a did:plc, whose text is base32 of them; else the text. */
  private static void bind(PreparedStatement statement, int index, Did did) throws SQLException {
    if (did.isPlc()) {
      statement.setBytes(index, key(did));
    } else {
      statement.setString(index, did.toString());
    }
  }

  static byte[] key(Did plc) {
    String text = plc.toString();
    return Base32.decode(text.subSequence(PLC_PREFIX, text.length()));
  }

  private @Nullable String origin(int id) throws SQLException {
    String known = origins.get(id);
    if (known != null) {
      return known;
    }
    origin.setInt(1, id);
    try (ResultSet row = origin.executeQuery()) {
      String text = row.next() ? row.getString(1) : null;
      if (text != null) {
        know(id, text);
      }
      return text;
    }
  }

  private int originId(String text) throws SQLException {
    Integer known = originIds.get(text);
    if (known != null) {
      return known;
    }
    originId.setString(1, text);
    try (ResultSet row = originId.executeQuery()) {
      if (row.next()) {
        know(row.getInt(1), text);
        return row.getInt(1);
      }
    }
    addOrigin.setString(1, text);
    addOrigin.executeUpdate();
    int id = (int) IdentitySchema.queryLong(connection, "SELECT last_insert_rowid()");
    know(id, text);
    return id;
  }

  /** Something done with the rows. */
  interface Work<T> {
    T run(IdentityTable table) throws SQLException;
  }

  /**
   * Does something as a whole, or not at all. Between two such calls nothing is locked: the driver
   * would begin the next transaction with the end of the last, and keep out other processes.
   */
  <T> T atomically(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = work.run(this);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      origins.clear();
      originIds.clear();
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private void know(int id, String text) {
    if (origins.size() >= MAX_KNOWN_ORIGINS) {
      origins.clear();
      originIds.clear();
    }
    origins.put(id, text);
    originIds.put(text, id);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
