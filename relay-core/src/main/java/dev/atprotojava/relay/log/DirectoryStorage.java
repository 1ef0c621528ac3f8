// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the machine. Creates it if there is none; holds a lock against a second process.
 *
 * <p>A thread that is interrupted while it reads or writes closes the file it is at. For one who
 * reads that is harmless, since each opens files of his own; the appender's thread must not be
 * interrupted.
 */
public final class DirectoryStorage implements LogStorage, AutoCloseable {
  private static final String LOCK = "lock";

  private final Path directory;

  /** Null if the directory is only looked at. */
  private final @Nullable FileChannel lockFile;

  /**
   * Opens a directory to keep a log in.
   *
   * @throws IOException if it cannot be made or read, or another process has it
   * @throws dev.atprotojava.relay.RelayException if somebody else's files are in it, of which none
   *     is touched
   */
  public DirectoryStorage(Path directory) throws IOException {
    this.directory = directory.toAbsolutePath();
    createDirectories(this.directory);
    List<String> names = names();
    if (!names.isEmpty() && !names.contains(LOCK) && !names.contains(SeqReservation.FILE)) {
      throw SeqReservation.foreign(names.getFirst());
    }
    lockFile = lock(this.directory);
  }

  private DirectoryStorage(Path directory, @Nullable FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /** Opens a directory to look at its files, whether or not a process has it. Changes nothing. */
  static DirectoryStorage toRead(Path directory) {
    return new DirectoryStorage(directory.toAbsolutePath(), null);
  }

  /**
   * Makes the directories that are not there, each durable: a log must not vanish with its path.
   */
  private static void createDirectories(Path path) throws IOException {
    Path parent = path.getParent();
    if (!Files.isDirectory(path) && parent != null) {
      createDirectories(parent);
      Files.createDirectory(path);
      sync(parent);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException("another process uses " + directory);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public List<String> list() throws IOException {
    return names().stream().filter(name -> !name.equals(LOCK)).toList();
  }

  @Override
  public LogFile create(String name) throws IOException {
    return open(
        name, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public LogFile open(String name) throws IOException {
    return open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public LogFile openToRead(String name) throws IOException {
    return new ChannelFile(FileChannel.open(directory.resolve(name), StandardOpenOption.READ));
  }

  private LogFile open(String name, StandardOpenOption... options) throws IOException {
    requireLock();
    return new ChannelFile(FileChannel.open(directory.resolve(name), options));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    requireLock();
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    requireLock();
    Files.deleteIfExists(directory.resolve(name));
  }

  private void requireLock() {
    if (lockFile == null) {
      throw new IllegalStateException("opened for reading only");
    }
  }

  @Override
  public void syncDirectory() throws IOException {
    sync(directory);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long volumeBytes() throws IOException {
    return Files.getFileStore(directory).getTotalSpace();
  }

  @Override
  public void close() throws IOException {
    if (lockFile != null) {
      lockFile.close();
    }
  }

  private static final class ChannelFile implements LogFile {
    private final FileChannel channel;
    private long end;

    ChannelFile(FileChannel channel) throws IOException {
      this.channel = channel;
      this.end = channel.size();
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int total = 0;
      while (into.hasRemaining()) {
        int read = channel.read(into, position + total);
        if (read < 0) {
          break;
        }
        total += read;
      }
      return total;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
      end = size;
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
