// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.repo.BlockSpill;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file for the blocks of a repository that came before they were needed. It is made
 * when the first is written, so that a repository in the usual order makes none, and deleted when
 * this is closed, or the process ends.
 *
 * <p>It grows to a little more than the CAR is long: whoever reads from strangers limits that with
 * {@link dev.atprotojava.car.CarLimits#withMaxFileBytes}. Not thread-safe; an interrupt of the
 * thread that uses it closes the file, as with any {@link FileChannel}.
 */
public final class FileBlockSpill implements BlockSpill {
  private final @Nullable Path directory;
  private @Nullable FileChannel file;
  private long length;
  private boolean closed;

  /**
   * A spill whose file will be in a directory, which must exist.
   *
   * @param directory null for where the platform has its temporary files
   */
  public FileBlockSpill(@Nullable Path directory) {
    this.directory = directory;
  }

  @Override
  public void append(byte[] bytes, int offset, int count) throws IOException {
    FileChannel channel = open();
    ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
    while (rest.hasRemaining()) {
      length += channel.write(rest, length);
    }
  }

  private FileChannel open() throws IOException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (file == null) {
      file = TemporaryFile.open(directory, ".spill");
    }
    return file;
  }

  @Override
  public void read(long position, byte[] out, int offset, int count) throws IOException {
    FileChannel channel = open();
    ByteBuffer rest = ByteBuffer.wrap(out, offset, count);
    for (long at = position; rest.hasRemaining(); ) {
      int read = channel.read(rest, at);
      if (read < 0) {
        throw new EOFException("spill of " + length + " bytes, read at " + at);
      }
      at += read;
    }
  }

  /** The number of bytes that were written, for whoever wants to know what a repository cost. */
  public long length() {
    return length;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
