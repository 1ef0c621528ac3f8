// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Copies of a database, made in one transaction while the relay writes. A copy holds what was
 * committed when it was begun.
 */
public final class StoreCopy {
  private StoreCopy() {}

  /**
   * Copies a database.
   *
   * @param file of the database, which may be in use
   * @param target where nothing is yet
   * @return the last number of the log that the copy reflects
   * @throws RelayException if it is not a database of this relay
   */
  public static long make(Path file, Path target) throws IOException {
    if (!Files.exists(file)) {
      throw RelayException.refused("there is no database at " + file + " to copy.");
    }
    SqliteSchema.requireOurs(file);
    try (Connection connection = SqliteConnections.connect(file, "NORMAL");
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, target.toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw RelayException.refused(
          "the database " + file + " cannot be copied: " + e.getMessage() + ".");
    }
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try (Connection connection = SqliteConnections.connect(target, "FULL")) {
      // Back from WAL: a copy is one file.
      SqliteConnections.execute(connection, "PRAGMA journal_mode = DELETE");
      return SqliteConnections.queryLong(
          connection, "SELECT value FROM meta WHERE key = 'applied_seq'");
    } catch (SQLException e) {
      throw RelayException.refused("the copy " + target + " cannot be read: " + e.getMessage());
    }
  }
}
