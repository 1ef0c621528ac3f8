// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Goes through the blocks of a CAR that comes from a stream or a channel, in the order of the file,
 * in bounded memory: a repository of any size as {@code getRepo} sends it.
 *
 * <pre>{@code
 * try (CarStream car = CarStream.open(in)) {
 *   while (car.next()) {
 *     use(car.cid(), car.array(), car.dataOffset(), car.dataLength());
 *   }
 * }
 * }</pre>
 *
 * <p>A file is accepted or refused, for the same reason at the same byte, as {@link CarReader}
 * would (CAR-01 to CAR-09), whose code decides here too; each block's hash has been checked when
 * {@link #next} returns. Only then does a file end well when {@code next} returned false: a file
 * that was cut off between two blocks is as good a CAR as the whole.
 *
 * <p><b>The block is valid until {@code next} is called again:</b> {@link #array} is one buffer,
 * which is filled anew. {@link #cid} and {@link #copyData} are copies. The buffer has 128 KiB, or
 * as much as the largest block with its CID so far; it grows as bytes arrive, never because a
 * length claims that some will.
 *
 * <p>Reads as much as there is, up to the size of the buffer, and blocks when it needs more. Not
 * thread-safe. After an exception it can only be closed.
 */
public final class CarStream implements AutoCloseable {
  private static final int FIRST_BUFFER_BYTES = 128 << 10;

  /** What an {@link InputStream} and a channel have in common. */
  private interface Source {
    /** Reads at least one byte, or returns -1 at the end. */
    int read(byte[] out, int offset, int length) throws IOException;

    void close() throws IOException;
  }

  private final Source source;
  private final CarReader car;
  private final CarLimits limits;
  private final List<Cid> roots = new ArrayList<>(1);
  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
  private int filled;

  private CarStream(Source source, CarReader car, CarLimits limits) {
    this.source = source;
    this.car = car;
    this.limits = limits;
    car.window(buffer, 0, 0, 0);
  }

  /**
   * Reads the header of a file with {@link CarLimits#DEFAULT}. The stream is closed with this, and
   * when this method fails.
   *
   * @throws CarException if it has no header
   */
  public static CarStream open(InputStream in) throws IOException {
    return open(in, CarLimits.DEFAULT);
  }

  /** The same with limits of its own. */
  public static CarStream open(InputStream in, CarLimits limits) throws IOException {
    return open(sourceOf(in), new CarReader(limits, new Sha256()), limits);
  }

  /**
   * Reads the header of a file from a blocking channel with {@link CarLimits#DEFAULT}. The channel
   * is closed with this, and when this method fails.
   *
   * @throws CarException if it has no header
   */
  public static CarStream open(ReadableByteChannel in) throws IOException {
    return open(in, CarLimits.DEFAULT);
  }

  /** The same with limits of its own. */
  public static CarStream open(ReadableByteChannel in, CarLimits limits) throws IOException {
    return open(sourceOf(in), new CarReader(limits, new Sha256()), limits);
  }

  /** The same, but believes the CIDs of a file: none of its blocks counts as {@link #hashed}. */
  public static CarStream openWithoutHashing(InputStream in, CarLimits limits) throws IOException {
    return open(sourceOf(in), CarReader.withoutHashing(limits), limits);
  }

  private static CarStream open(Source source, CarReader reader, CarLimits limits)
      throws IOException {
    CarStream car = new CarStream(source, reader, limits);
    try {
      car.readHeader();
    } catch (IOException | RuntimeException e) {
      try {
        source.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
    return car;
  }

  private static Source sourceOf(InputStream in) {
    return new Source() {
      @Override
      public int read(byte[] out, int offset, int length) throws IOException {
        return in.read(out, offset, length);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private static Source sourceOf(ReadableByteChannel in) {
    return new Source() {
      @Override
      public int read(byte[] out, int offset, int length) throws IOException {
        int read = in.read(ByteBuffer.wrap(out, offset, length));
        if (read == 0) { // asking again would be a busy wait
          throw new IllegalStateException("the channel does not block");
        }
        return read;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private void readHeader() throws IOException {
    await(limits.maxHeaderBytes());
    car.header();
    for (int i = 0; i < car.roots(); i++) {
      roots.add(car.root(i));
    }
  }

  /** The roots, which may be none (CAR-06). */
  public List<Cid> roots() {
    return List.copyOf(roots);
  }

  /**
   * Goes to the next block; false at the end of the file.
   *
   * @throws CarException if the file is cut off, or the block is not what its CID says
   */
  public boolean next() throws IOException {
    await(limits.maxSectionBytes());
    return car.next();
  }

  /** Reads until the next section is in the buffer, or the file ends. */
  private void await(int limit) throws IOException {
    for (int missing = car.missing(limit); missing > 0; missing = car.missing(limit)) {
      if (!fill(missing)) {
        return; // the reader decides whether the file may end here
      }
    }
  }

  private boolean fill(int missing) throws IOException {
    int kept = filled - car.position();
    long fileOffset = car.fileOffset();
    if (car.position() > 0) { // else a source that gives a byte at a time costs the square of it
      System.arraycopy(buffer, car.position(), buffer, 0, kept);
    }
    if (kept == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(2L * kept, (long) kept + missing));
    }
    int read = source.read(buffer, kept, buffer.length - kept);
    filled = kept + Math.max(0, read);
    car.window(buffer, 0, filled, fileOffset);
    return read >= 0;
  }

  /** True if the hash of the current block was checked, which it is when its CID is blessed. */
  public boolean hashed() {
    return car.hashed();
  }

  /** The buffer, which the offsets refer to until {@link #next} is called: read only. */
  public byte[] array() {
    return buffer;
  }

  /** Where the CID of the current block begins in {@link #array}. */
  public int cidOffset() {
    return car.cidOffset();
  }

  /** The length of the CID of the current block. */
  public int cidLength() {
    return car.cidLength();
  }

  /** Where the data of the current block begins in {@link #array}. */
  public int dataOffset() {
    return car.dataOffset();
  }

  /** The length of the data of the current block. */
  public int dataLength() {
    return car.dataLength();
  }

  /** The CID of the current block. */
  public Cid cid() {
    return car.cid();
  }

  /** A copy of the data of the current block. */
  public Bytes copyData() {
    return Bytes.wrap(Arrays.copyOfRange(buffer, dataOffset(), dataOffset() + dataLength()));
  }

  /** How many bytes of the file lie behind: header and blocks up to the current one included. */
  public long position() {
    return car.fileOffset();
  }

  /** Closes the stream or channel. */
  @Override
  public void close() throws IOException {
    source.close();
  }
}
