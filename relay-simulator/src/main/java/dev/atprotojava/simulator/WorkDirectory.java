// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory for a program: one that the user gave, which stays, or a temporary one, which is
 * removed when it is closed unless something in it is worth a look.
 */
final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private boolean stays;

  private WorkDirectory(Path path, boolean stays) {
    this.path = path.toAbsolutePath();
    this.stays = stays;
  }

  /** The directory that the user gave, or a temporary one if it is null. */
  static WorkDirectory of(@Nullable Path given, String prefix) throws IOException {
    return given == null
        ? new WorkDirectory(Files.createTempDirectory(prefix), false)
        : new WorkDirectory(given, true);
  }

  Path path() {
    return path;
  }

  /** Whether it will still be there. */
  boolean stays() {
    return stays;
  }

  /** Lets it stay. */
  void keep() {
    stays = true;
  }

  @Override
  public void close() throws IOException {
    if (!stays) {
      try (Stream<Path> paths = Files.walk(path)) {
        for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }
}
