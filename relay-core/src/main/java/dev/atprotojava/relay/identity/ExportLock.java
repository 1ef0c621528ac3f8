// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/**
 * The right to bring the log of a PLC directory into an identity store, which one process has at a
 * time: two would not know of each other's place. A file beside the store; the system gives the
 * lock back when the process ends, however it does.
 */
public final class ExportLock implements AutoCloseable {
  private final FileChannel channel;

  private ExportLock(FileChannel channel) {
    this.channel = channel;
  }

  /** The right, or empty if somebody else has it. */
  public static Optional<ExportLock> tryAcquire(Path store) {
    Path directory = Objects.requireNonNull(store.toAbsolutePath().getParent());
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve(store.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return Optional.of(new ExportLock(channel));
        }
      } catch (OverlappingFileLockException inThisProcess) {
        // The same answer.
      }
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      throw RelayException.refused(
          "the lock beside " + store + " cannot be taken: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
