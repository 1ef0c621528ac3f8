// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.RelayException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the database of a store.
 *
 * <p>Two write, both on the thread of the {@link StoreWriter}: one with {@code synchronous=NORMAL}
 * for what follows from the log, one with {@code FULL} for what does not. A few more read, for any
 * thread that may wait for a disk.
 */
final class SqliteConnections implements AutoCloseable {
  private static final int READERS = 2;
  private static final int READ_TIMEOUT_SECONDS = 30;

  private final Connection lazy;
  private final Connection durable;
  private final ArrayBlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
  private boolean inDurable; // owned by the thread that writes

  /** What is done with a connection. */
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  SqliteConnections(Path file) throws SQLException {
    lazy = connect(file, "NORMAL");
    durable = connect(file, "FULL");
    for (int i = 0; i < READERS; i++) {
      Connection reader = connect(file, "NORMAL");
      execute(reader, "PRAGMA query_only = 1");
      readers.add(reader);
    }
  }

  static Connection connect(Path file, String synchronous) throws SQLException {
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE");
    execute(connection, "PRAGMA journal_mode = WAL");
    execute(connection, "PRAGMA synchronous = " + synchronous);
    execute(connection, "PRAGMA busy_timeout = 10000");
    execute(connection, "PRAGMA cache_size = -16384");
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
      return rows.getLong(1);
    }
  }

  /** Writes what the log has too, in one transaction. */
  <T extends @Nullable Object> T writeLazily(Work<T> work) {
    return write(lazy, work);
  }

  /**
   * Writes what is nowhere else, in one transaction that is on disk on return. Called within
   * another such call, it is a part of that one's transaction.
   */
  <T extends @Nullable Object> T writeDurably(Work<T> work) {
    if (inDurable) {
      try {
        return work.run(durable);
      } catch (SQLException e) {
        throw RelayException.fatal("the database cannot be written: " + e.getMessage(), e);
      }
    }
    inDurable = true;
    try {
      return write(durable, work);
    } finally {
      inDurable = false;
    }
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

  <T extends @Nullable Object> T read(Work<T> work) {
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
