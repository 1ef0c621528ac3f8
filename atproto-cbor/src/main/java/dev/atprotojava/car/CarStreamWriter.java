// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * Writes a CAR to a stream or a channel, block by block, in bounded memory. The caller is trusted
 * to pair data with its CID.
 *
 * <p>Small blocks are gathered in a buffer of 64 KiB; {@link #flush} and {@link #close} write what
 * is in it. A file has no end mark: whoever reads one that was not closed may take it for whole.
 * Not thread-safe.
 */
public final class CarStreamWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  /** What an {@link OutputStream} and a channel have in common. */
  private interface Sink {
    /** Writes all of it. */
    void write(byte[] in, int offset, int length) throws IOException;

    void flush() throws IOException;

    void close() throws IOException;
  }

  private final Sink sink;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final byte[] head = new byte[CarSection.MAX_HEAD_BYTES];
  private int buffered;
  private long written;

  private CarStreamWriter(Sink sink, List<Cid> roots) throws IOException {
    this.sink = sink;
    byte[] header = CarSection.header(roots);
    write(header, 0, header.length);
  }

  /**
   * Begins a file with these roots; a repository has one (CAR-05), some answers have none. The
   * stream is closed with this.
   */
  public static CarStreamWriter open(OutputStream out, List<Cid> roots) throws IOException {
    return new CarStreamWriter(
        new Sink() {
          @Override
          public void write(byte[] in, int offset, int length) throws IOException {
            out.write(in, offset, length);
          }

          @Override
          public void flush() throws IOException {
            out.flush();
          }

          @Override
          public void close() throws IOException {
            out.close();
          }
        },
        roots);
  }

  /** The same on a blocking channel, which is closed with this. */
  public static CarStreamWriter open(WritableByteChannel out, List<Cid> roots) throws IOException {
    return new CarStreamWriter(
        new Sink() {
          @Override
          public void write(byte[] in, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(in, offset, length);
            while (left.hasRemaining()) {
              out.write(left);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() throws IOException {
            out.close();
          }
        },
        roots);
  }

  /** Adds a block. */
  public CarStreamWriter add(CarBlock block) throws IOException {
    return add(block.cid(), block.data());
  }

  /** Adds a block. */
  public CarStreamWriter add(Cid cid, Bytes data) throws IOException {
    return add(cid, data.array(), data.offset(), data.length());
  }

  /** Adds a block whose data is a slice. */
  public CarStreamWriter add(Cid cid, byte[] array, int offset, int length) throws IOException {
    write(head, 0, CarSection.head(cid, length, head));
    write(array, offset, length);
    return this;
  }

  private void write(byte[] in, int offset, int length) throws IOException {
    if (length > BUFFER_BYTES - buffered) {
      empty();
    }
    if (length > BUFFER_BYTES) {
      sink.write(in, offset, length);
    } else {
      System.arraycopy(in, offset, buffer, buffered, length);
      buffered += length;
    }
    written += length;
  }

  private void empty() throws IOException {
    sink.write(buffer, 0, buffered);
    buffered = 0;
  }

  /** The length of the file so far, in bytes. */
  public long length() {
    return written;
  }

  /** Hands on what is in the buffer. */
  public void flush() throws IOException {
    empty();
    sink.flush();
  }

  /** Writes what is in the buffer and closes the stream or channel, also where writing fails. */
  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      sink.close();
    }
  }
}
