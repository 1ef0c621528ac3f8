// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
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
 * record was checked against its checksum once, when its chunk was read. Damage, and sectors that
 * the disk does not give, are passed over and counted.
 *
 * <p>A future that a method returns fails with {@link UncheckedIOException} if a file cannot be
 * opened or its index not be read: nothing is known then about what is in it, and to go on behind
 * it would be to hide a gap.
 */
public final class ColdReader {
  private static final Logger LOG = LoggerFactory.getLogger(ColdReader.class);

  /** Most chunks end with a record of a few kilobytes; a larger one gets memory of its own. */
  private static final int POOLED = SegmentIndex.STRIDE + (64 << 10);

  /** Enough for the few threads that read; above, the cache is what keeps memory. */
  private static final int MAX_FREE = 8;

  /** What became of a request. */
  sealed interface Result {
    /** A chunk with at least one record, with a reference for the one who asked. */
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
   * @param maxBytes how much of what was read is kept, besides what readers hold at the moment
   */
  public ColdReader(SegmentedEventLog log, Executor pool, long maxBytes) {
    this.log = log;
    this.pool = pool;
    this.maxBytes = maxBytes;
  }

  /** The first number that may still be there. */
  long oldestSeq() {
    return log.oldestSeq();
  }

  /** The accounts whose content readers do not get. */
  HiddenAccounts hidden() {
    return log.hidden();
  }

  /** The number of damaged stretches that readers met, those met again included. */
  public long damaged() {
    return damaged.sum();
  }

  /**
   * The chunk that has the first event after a seq; the first of the window if that is further on.
   * Never {@link Result.Gone}: who must not miss an event looks at {@link
   * SegmentedEventLog#oldestSeq} once the answer is there.
   */
  CompletableFuture<Result> after(long seq) {
    return CompletableFuture.supplyAsync(() -> findAfter(seq), pool);
  }

  /** The first chunk that has an event, from a position on: where a chunk began or {@code next}. */
  CompletableFuture<Result> at(LogPosition position) {
    return CompletableFuture.supplyAsync(() -> find(position, Long.MIN_VALUE), pool);
  }

  private Result findAfter(long seq) {
    while (true) {
      Segment segment = segmentOf(seq);
      try {
        SegmentIndex.Snapshot index = segment.index(log.storage());
        long offset =
            index.count() == 0 ? SegmentLayout.HEADER : index.offset(index.chunkOf(seq + 1));
        Result found = find(new LogPosition(segment.firstSeq, offset), seq);
        if (!(found instanceof Result.Gone)) {
          return found;
        }
      } catch (IOException e) {
        requireGone(segment, e);
      }
      // It was deleted between the look and the reading, so the window begins further on.
    }
  }

  /** The last segment that begins at or below the next seq, or the oldest. */
  private Segment segmentOf(long seq) {
    List<Segment> segments = log.segments();
    int i = segments.size() - 1;
    while (i > 0 && segments.get(i).firstSeq > seq + 1) {
      i--;
    }
    return segments.get(i);
  }

  /** The first chunk from a position on that has an event after a seq. */
  private Result find(LogPosition from, long afterSeq) {
    LogPosition position = from;
    while (true) {
      List<Segment> segments = log.segments();
      int i = indexOf(segments, position);
      if (i < 0) {
        return new Result.Gone();
      }
      try {
        Stretch stretch = stretch(segments, i, position);
        if (stretch.key.from() < stretch.key.to()) {
          Chunk chunk = chunk(stretch);
          if (chunk.after(afterSeq) < chunk.count) {
            return new Result.Found(chunk);
          }
          release(chunk);
        }
        if (stretch.next == null) {
          return new Result.End();
        }
        position = stretch.next;
      } catch (IOException e) {
        requireGone(segments.get(i), e);
        return new Result.Gone();
      }
    }
  }

  /** Returns if a file could not be read because it was deleted in good order. */
  private void requireGone(Segment segment, IOException e) {
    if (!(e instanceof NoSuchFileException) || log.segments().contains(segment)) {
      LOG.error("segment={} cannot be read: {}", segment.fileName, e.toString());
      throw new UncheckedIOException(e);
    }
  }

  private static int indexOf(List<Segment> segments, LogPosition position) {
    int i = segments.size() - 1;
    while (i >= 0 && segments.get(i).firstSeq != position.segment()) {
      i--;
    }
    return i;
  }

  private record Stretch(Segment segment, Chunk.Key key, @Nullable LogPosition next) {}

  private Stretch stretch(List<Segment> segments, int i, LogPosition position) throws IOException {
    Segment segment = segments.get(i);
    long end = segment.end(); // before the index, so that no chunk ends behind it
    SegmentIndex.Snapshot index = segment.index(log.storage());
    if (index.count() == 0 || index.offset(0) >= end) {
      return new Stretch(
          segment, new Chunk.Key(segment.firstSeq, end, end, false), first(segments, i + 1));
    }
    long from = Math.max(position.offset(), index.offset(0));
    int chunk = index.chunkAt(from);
    boolean last = chunk + 1 >= index.count() || index.offset(chunk + 1) >= end;
    long to = last ? end : index.offset(chunk + 1);
    LogPosition next = last ? first(segments, i + 1) : new LogPosition(segment.firstSeq, to);
    return new Stretch(
        segment,
        new Chunk.Key(
            segment.firstSeq, from, Math.min(to, from + SegmentIndex.MAX_CHUNK), next == null),
        next);
  }

  private static @Nullable LogPosition first(List<Segment> segments, int i) {
    return i < segments.size()
        ? new LogPosition(segments.get(i).firstSeq, SegmentLayout.HEADER)
        : null;
  }

  /** The chunk of a stretch, with a reference. */
  private Chunk chunk(Stretch stretch) throws IOException {
    Chunk cached = cached(stretch.key);
    return cached != null ? cached : keep(load(stretch));
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
        cachedBytes += chunk.bytes();
        evict();
      }
    } finally {
      lock.unlock();
    }
    return chunk;
  }

  private void evict() {
    var eldest = cache.values().iterator();
    while (cachedBytes > maxBytes && cache.size() > 1 && eldest.hasNext()) {
      Chunk gone = eldest.next();
      eldest.remove();
      cachedBytes -= gone.bytes();
      release(gone);
    }
  }

  private Chunk load(Stretch stretch) throws IOException {
    ByteBuffer memory = allocate(Math.toIntExact(stretch.key.to() - stretch.key.from()));
    try (LogStorage.LogFile file = log.storage().openToRead(stretch.segment.fileName)) {
      read(file, memory, stretch);
    }
    memory.flip();
    int[] offsets = new int[128];
    int count = 0;
    long last = 0;
    int at = 0;
    while (at < memory.limit()) {
      if (!isNext(memory, at, last, stretch.segment.mark())) {
        int whole = afterDamage(memory, at, last, stretch.segment.mark());
        reportDamage(stretch, at, whole);
        at = whole;
        continue;
      }
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, count * 2);
      }
      offsets[count++] = at;
      last = RecordLayout.seqAt(memory, at);
      at += RecordLayout.sizeAt(memory, at);
    }
    return new Chunk(stretch.key, memory, offsets, count, stretch.next);
  }

  /** Reads what the disk gives; what it does not is damage like any other. */
  private void read(LogStorage.LogFile file, ByteBuffer memory, Stretch stretch)
      throws IOException {
    try {
      file.read(memory, stretch.key.from());
    } catch (ClosedChannelException e) {
      throw e; // the thread was interrupted: that says nothing about the disk
    } catch (IOException e) {
      LOG.error("segment={} cannot be read: {}", stretch.segment.fileName, e.toString());
      damaged.increment();
    }
  }

  private static boolean isNext(ByteBuffer memory, int at, long last, int mark) {
    return RecordLayout.isValid(memory, at, memory.limit(), mark)
        && RecordLayout.seqAt(memory, at) > last;
  }

  private static int afterDamage(ByteBuffer memory, int from, long last, int mark) {
    int at = from + RecordLayout.ALIGNMENT;
    while (at < memory.limit() && !isNext(memory, at, last, mark)) {
      at += RecordLayout.ALIGNMENT;
    }
    return Math.min(at, memory.limit());
  }

  private void reportDamage(Stretch stretch, int from, int to) {
    damaged.increment();
    LOG.error(
        "segment={} damaged from={} to={}: these records are lost",
        stretch.segment.fileName,
        stretch.key.from() + from,
        stretch.key.from() + to);
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
        if (free.size() < MAX_FREE) {
          free.push(chunk.memory);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** The memory of all chunks in the cache and of those waiting to be used again. */
  long heldBytes() {
    lock.lock();
    try {
      return cachedBytes + (long) free.size() * POOLED;
    } finally {
      lock.unlock();
    }
  }
}
