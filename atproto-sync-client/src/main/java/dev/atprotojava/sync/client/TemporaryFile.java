// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Files that are gone when they are closed, and when the process ends, however it ends: where the
 * platform can (POSIX) they have no name from when they are open, else it deletes them.
 */
final class TemporaryFile {
  private static final String PREFIX = "atproto-sync-";

  private TemporaryFile() {}

  /**
   * A new file to be read and written, which only its owner may open.
   *
   * @param directory where it is; null for where the platform has its temporary files
   */
  static FileChannel open(@Nullable Path directory, String suffix) throws IOException {
    Path path =
        directory == null
            ? Files.createTempFile(PREFIX, suffix)
            : Files.createTempFile(directory, PREFIX, suffix);
    try {
      return FileChannel.open(
          path,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw e;
    }
  }
}
