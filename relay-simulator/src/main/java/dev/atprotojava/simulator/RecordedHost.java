// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.Cursor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one host of a {@link Recording}, which may be sent up to the one that is
 * released. They are sent from the file as it lies in memory: nothing is copied or looked at.
 *
 * <p>Thread-safe; a feed belongs to one thread.
 */
final class RecordedHost implements FrameFeed.Source {
  private final MemorySegment frames;
  private final long[] ends;
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private volatile int released;

  private RecordedHost(MemorySegment frames, long[] ends) {
    this.frames = frames;
    this.ends = ends;
  }

  /** Opens the messages of a host, for as long as the program runs. */
  static RecordedHost open(Path frames, Path index) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(index)).order(ByteOrder.LITTLE_ENDIAN);
    long[] ends = new long[in.remaining() / Long.BYTES];
    in.asLongBuffer().get(ends);
    try (FileChannel file = FileChannel.open(frames)) {
      MemorySegment segment =
          file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), Arena.global());
      return new RecordedHost(segment, ends);
    }
  }

  /** The number of messages. */
  int size() {
    return ends.length;
  }

  /** The number of bytes of all messages. */
  long bytes() {
    return frames.byteSize();
  }

  /** Lets the messages up to a number go. */
  void release(int seq) {
    released = seq;
    wakes.forEach(Runnable::run);
  }

  /** The number of feeds that are open. */
  int subscribers() {
    return wakes.size();
  }

  @Override
  public FrameFeed subscribe(Cursor cursor, Runnable wake) {
    wakes.add(wake);
    int start = released;
    return switch (cursor) {
      case Cursor.Live _ -> new Feed(start, wake);
      case Cursor.Oldest _ -> new Feed(0, wake);
      case Cursor.After(long seq) when seq > start -> new Refusal(wake);
      case Cursor.After(long seq) -> new Feed((int) seq, wake);
    };
  }

  private final class Feed implements FrameFeed {
    private final Runnable wake;
    private int position;

    Feed(int position, Runnable wake) {
      this.position = position;
      this.wake = wake;
    }

    @Override
    public @Nullable ByteBuffer next() {
      int limit = released;
      if (position >= limit) {
        return null;
      }
      long from = position == 0 ? 0 : ends[position - 1];
      int last = Arrays.binarySearch(ends, position, limit, from + CHUNK_BYTES);
      last = Math.clamp(last < 0 ? -last - 2 : last, position, limit - 1);
      position = last + 1;
      return frames.asSlice(from, ends[last] - from).asByteBuffer();
    }

    @Override
    public boolean ended() {
      return false;
    }

    @Override
    public void close() {
      wakes.remove(wake);
    }
  }

  /** The answer to a cursor that is ahead. */
  private final class Refusal implements FrameFeed {
    private final Runnable wake;
    private boolean said;

    Refusal(Runnable wake) {
      this.wake = wake;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (said) {
        return null;
      }
      said = true;
      Bytes error = FrameEncoder.encode(new FrameBody.Error("FutureCursor", null));
      ByteBuffer out = ByteBuffer.allocate(WebSocketWire.MAX_HEADER + error.length());
      WebSocketWire.writeHeader(out, WebSocketWire.BINARY, error.length());
      return out.put(error.asByteBuffer()).flip();
    }

    @Override
    public boolean ended() {
      return said;
    }

    @Override
    public void close() {
      wakes.remove(wake);
    }
  }
}
