// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads old events from the files, for consumers that are behind.
 *
 * <p>Files are only ever touched by a small pool of platform threads. What was read is kept in
 * chunks of a bounded number of bytes, shared by consumers that read at the same place; every
 * record was checked against its checksum once, when its chunk was read. Damage is passed over and
 * counted.
 */
public final class ColdReader {
  private static final Logger LOG = LoggerFactory.getLogger(ColdReader.class);
  private static final int POOLED = 2 * SegmentIndex.STRIDE;

  /** What became of a request. */
  sealed interface Result {
    /** A chunk, with a reference for the one who asked. */
    record Found(Chunk chunk) implements Result {}

    /** There is nothing more in the files: the rest is in memory. */
    record End() implements Result {}

    /** The place is not there any more: it fell out of the window. */
    record Gone() implements Result {}
  }

  private final SegmentedEventLog log;
  private final Executor pool;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Chunk.Key, Chunk> cache = new LinkedHashMap<>(64, 0.75f, true);
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private long cachedBytes;
  private final LongAdder damaged = new LongAdder();

  /**
   * A reader.
   *
   * @param pool where files are read: platform threads, at most a few
   * @param maxBytes how much of what was read is kept
   */
  public ColdReader(SegmentedEventLog log, Executor pool, long maxBytes) {
    this.log = log;
    this.pool = pool;
    this.maxBytes = maxBytes;
  }

  /** The number of damaged stretches that readers met. */
  public long damaged() {
    return damaged.sum();
  }

  /** The chunk that has the first event after a seq, or comes before it with only holes between. */
  CompletableFuture<Result> after(long seq) {
    return CompletableFuture.supplyAsync(
        () -> {
          LogPosition position = locate(seq);
          return position == null ? new Result.End() : find(position);
        },
        pool);
  }

  /** The chunk that begins at a position. */
  CompletableFuture<Result> at(LogPosition position) {
    return CompletableFuture.supplyAsync(() -> find(position), pool);
  }

  private @Nullable LogPosition locate(long seq) {
    List<Segment> segments = log.segments();
    int i = segments.size() - 1;
    while (i > 0 && segments.get(i).firstSeq > seq + 1) {
      i--;
    }
    Segment segment = segments.get(i);
    try {
      SegmentIndex.Snapshot index = segment.index(log.storage());
      if (index.count() == 0) {
        return i + 1 < segments.size()
            ? new LogPosition(segments.get(i + 1).firstSeq, SegmentLayout.HEADER)
            : null;
      }
      return new LogPosition(segment.firstSeq, index.offset(index.chunkOf(seq + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result find(LogPosition position) {
    Stretch stretch = stretch(position);
    if (stretch == null) {
      return new Result.Gone();
    }
    if (stretch.key.from() >= stretch.key.to()) {
      return stretch.next == null ? new Result.End() : find(stretch.next);
    }
    Chunk cached = cached(stretch.key);
    if (cached != null) {
      return new Result.Found(cached);
    }
    try {
      return new Result.Found(keep(load(stretch)));
    } catch (NoSuchFileException e) {
      return new Result.Gone();
    } catch (IOException e) {
      LOG.error("segment={} cannot be read: {}", stretch.segment.fileName, e.toString());
      return new Result.Gone();
    }
  }

  private @Nullable Chunk cached(Chunk.Key key) {
    lock.lock();
    try {
      Chunk chunk = cache.get(key);
      return chunk != null && chunk.retain() ? chunk : null;
    } finally {
      lock.unlock();
    }
  }

  /** Puts a chunk into the cache, which keeps a reference of its own. */
  private Chunk keep(Chunk chunk) {
    lock.lock();
    try {
      if (cache.putIfAbsent(chunk.key, chunk) == null) {
        chunk.retain();
        cachedBytes += chunk.memory.capacity();
        evict();
      }
    } finally {
      lock.unlock();
    }
    return chunk;
  }

  private record Stretch(Segment segment, Chunk.Key key, @Nullable LogPosition next) {}

  private @Nullable Stretch stretch(LogPosition position) {
    List<Segment> segments = log.segments();
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      if (segment.firstSeq == position.segment()) {
        return stretch(segments, i, position);
      }
    }
    return null;
  }

  private @Nullable Stretch stretch(List<Segment> segments, int i, LogPosition position) {
    Segment segment = segments.get(i);
    long end = segment.end(); // before the index, so that no chunk ends behind it
    try {
      SegmentIndex.Snapshot index = segment.index(log.storage());
      int chunk = index.chunkAt(position.offset());
      boolean last = chunk + 1 >= index.count() || index.offset(chunk + 1) >= end;
      long to = last ? end : index.offset(chunk + 1);
      LogPosition next =
          !last
              ? new LogPosition(segment.firstSeq, to)
              : i + 1 < segments.size()
                  ? new LogPosition(segments.get(i + 1).firstSeq, SegmentLayout.HEADER)
                  : null;
      return new Stretch(segment, new Chunk.Key(segment.firstSeq, position.offset(), to), next);
    } catch (IOException e) {
      return null;
    }
  }

  private void evict() {
    var eldest = cache.values().iterator();
    while (cachedBytes > maxBytes && cache.size() > 1 && eldest.hasNext()) {
      Chunk gone = eldest.next();
      eldest.remove();
      cachedBytes -= gone.memory.capacity();
      release(gone);
    }
  }

  private Chunk load(Stretch stretch) throws IOException {
    int length = Math.toIntExact(stretch.key.to() - stretch.key.from());
    ByteBuffer memory = allocate(length);
    try (LogStorage.LogFile file = log.storage().openToRead(stretch.segment.fileName)) {
      file.read(memory, stretch.key.from());
    }
    memory.flip();
    int[] offsets = new int[128];
    int count = 0;
    for (int at = 0; at < memory.limit(); ) {
      if (!RecordLayout.isValid(memory, at, memory.limit())) {
        at = afterDamage(memory, at);
        damaged.increment();
        LOG.error(
            "segment={} damaged in chunk at {}", stretch.segment.fileName, stretch.key.from());
        continue;
      }
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, count * 2);
      }
      offsets[count++] = at;
      at += RecordLayout.sizeAt(memory, at);
    }
    return new Chunk(stretch.key, memory, offsets, count, stretch.next);
  }

  private static int afterDamage(ByteBuffer memory, int from) {
    int at = from + RecordLayout.ALIGNMENT;
    while (at < memory.limit() && !RecordLayout.isValid(memory, at, memory.limit())) {
      at += RecordLayout.ALIGNMENT;
    }
    return at;
  }

  private ByteBuffer allocate(int length) {
    if (length <= POOLED) {
      lock.lock();
      try {
        ByteBuffer pooled = free.poll();
        if (pooled != null) {
          return pooled.clear().limit(length);
        }
      } finally {
        lock.unlock();
      }
    }
    return ByteBuffer.allocateDirect(Math.max(length, POOLED))
        .order(ByteOrder.LITTLE_ENDIAN)
        .limit(length);
  }

  /** Gives back a reference to a chunk. */
  void release(Chunk chunk) {
    if (chunk.release() && chunk.memory.capacity() == POOLED) {
      lock.lock();
      try {
        if ((free.size() + 1L) * POOLED <= maxBytes) {
          free.push(chunk.memory);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
