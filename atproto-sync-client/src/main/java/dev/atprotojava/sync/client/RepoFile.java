// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A repository in a {@link TemporaryFile}, written as it comes and then read. Belongs to one
 * thread, an interrupt of which closes it; its streams are used one after the other, and closing
 * them leaves it open.
 */
final class RepoFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileChannel file;

  RepoFile(@Nullable Path directory) throws IOException {
    this.file = TemporaryFile.open(directory, ".car");
  }

  /** Writes it anew; what was in it is gone. */
  OutputStream write() throws IOException {
    file.truncate(0);
    return new BufferedOutputStream(new Writer(), BUFFER_BYTES);
  }

  /** Reads it from its beginning. */
  InputStream read() throws IOException {
    file.position(0);
    return new Reader();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private final class Writer extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] in, int offset, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(in, offset, length);
      while (rest.hasRemaining()) {
        file.write(rest);
      }
    }
  }

  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      return file.read(ByteBuffer.wrap(out, offset, length));
    }
  }
}
