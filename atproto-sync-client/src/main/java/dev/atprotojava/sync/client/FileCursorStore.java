// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.SyncLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file with a line for each stream, its number and its name:
 *
 * <pre>
 *   8761234 wss://bsky.network/xrpc/com.atproto.sync.subscribeRepos
 * </pre>
 *
 * <p>To write is to write a new file beside it, force it to the disk, and put it in the old one's
 * place, so that a crash leaves one or the other.
 */
final class FileCursorStore implements CursorStore {
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Map<String, Long> read;

  FileCursorStore(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public OptionalLong load(String stream) {
    lock.lock();
    try {
      Long seq = cursors().get(stream);
      return seq == null ? OptionalLong.empty() : OptionalLong.of(seq);
    } finally {
      lock.unlock();
    }
  }

  private Map<String, Long> cursors() {
    Map<String, Long> cursors = read;
    if (cursors == null) {
      cursors = new TreeMap<>();
      try {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          int space = line.indexOf(' ');
          long seq = space < 1 ? 0 : Long.parseLong(line.substring(0, space));
          if (seq < 1 || seq > SyncLimits.MAX_SEQ) {
            throw new IOException("a line that is no cursor");
          }
          cursors.put(line.substring(space + 1), seq);
        }
      } catch (NoSuchFileException e) {
        cursors.clear();
      } catch (IOException | NumberFormatException e) { // to begin anew is not ours to decide
        throw new RepoStoreException("the file of cursors cannot be read", e);
      }
      read = cursors;
    }
    return cursors;
  }

  @Override
  public void save(String stream, long seq) {
    if (seq < 1 || seq > SyncLimits.MAX_SEQ || stream.lines().count() != 1) {
      throw new IllegalArgumentException("seq " + seq);
    }
    lock.lock();
    try {
      Map<String, Long> cursors = new TreeMap<>(cursors());
      cursors.put(stream, seq);
      write(cursors);
      read = cursors;
    } catch (IOException e) {
      throw new RepoStoreException("the file of cursors cannot be written", e);
    } finally {
      lock.unlock();
    }
  }

  private void write(Map<String, Long> cursors) throws IOException {
    StringBuilder text = new StringBuilder();
    cursors.forEach((stream, seq) -> text.append(seq).append(' ').append(stream).append('\n'));
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
