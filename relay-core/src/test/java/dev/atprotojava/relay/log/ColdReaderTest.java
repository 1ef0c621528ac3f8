// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.log.ColdReader.Result;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.testing.Gen;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Whoever reads the files at a cursor gets every event behind it, once, in order. */
class ColdReaderTest {
  private static final long FIRST = LogOptions.LOWEST_SEQ;

  private static TestLog filled(Gen gen, LogOptions options, int events) {
    TestLog log = new TestLog(new MemoryStorage(), options);
    List<OutboundEvent> batch = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      batch.add(Events.raw(gen, gen.oneIn(20) ? gen.between(2, 600_000) : gen.between(2, 20_000)));
      if (gen.oneIn(4)) {
        log.log.append(batch);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      log.log.append(batch);
    }
    return log;
  }

  private static List<Long> seqs(List<Stored> records) {
    return records.stream().map(Stored::seq).toList();
  }

  private static Chunk found(Result result) {
    assertThat(result).isInstanceOf(Result.Found.class);
    return ((Result.Found) result).chunk();
  }

  /** Any cursor: at, between, before and behind the records, with gaps from unclean stops. */
  @Test
  void after_anyCursorFindsExactlyWhatFollows() {
    Gen.forAll(
        60,
        gen -> {
          LogOptions options =
              TestLog.options(FsyncPolicy.NEVER, gen.oneOf(1 << 12, 1 << 20, 1 << 24));
          TestLog first = filled(gen, options, gen.between(1, 120));
          TestLog log = new TestLog(first.storage.afterKill(), options);
          log.append(Events.identity(1, 100));
          log.append(Events.identity(2, 70_000));
          List<Stored> all = Stored.ofStorage(log.storage);
          long last = all.getLast().seq();
          for (int i = 0; i < 6; i++) {
            long at = gen.oneOf(all).seq();
            long cursor =
                gen.oneOf(0L, FIRST - 2, FIRST - 1, at, at, at + 1, last - 1, last, last + 5);
            List<Stored> expected = all.stream().filter(stored -> stored.seq() > cursor).toList();
            assertThat(Stored.ofCold(log.reader, cursor)).as("after " + cursor).isEqualTo(expected);
            Result result = log.reader.after(cursor).join();
            if (expected.isEmpty()) {
              assertThat(result).isInstanceOf(Result.End.class);
            } else {
              Chunk chunk = found(result);
              int index = chunk.after(cursor);
              assertThat(RecordLayout.seqAt(chunk.memory, chunk.offsets[index]))
                  .isEqualTo(expected.getFirst().seq());
              log.reader.release(chunk);
            }
          }
        });
  }

  /** Who was at the end goes on when there is more, also in a new segment, also behind a gap. */
  @Test
  void after_goesOnBehindTheEnd() {
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 12);
    TestLog before = new TestLog(new MemoryStorage(), options);
    before.append(Events.identity(1, 5000));
    TestLog log = new TestLog(before.storage.afterKill(), options);
    // The chunk at the end is read, and kept, before a segment follows it behind a gap.
    assertThat(seqs(Stored.ofCold(log.reader, 0))).containsExactly(FIRST);
    assertThat(log.reader.after(FIRST).join()).isInstanceOf(Result.End.class);
    long next = log.append(Events.identity(1, 5000));
    assertThat(next).isEqualTo(FIRST + SeqReservation.BLOCK);
    assertThat(seqs(Stored.ofCold(log.reader, 0))).containsExactly(FIRST, next);
    assertThat(seqs(Stored.ofCold(log.reader, FIRST))).containsExactly(next);
    log.append();
    assertThat(seqs(Stored.ofCold(log.reader, FIRST))).containsExactly(next, next + 1);
    log.append();
    assertThat(seqs(Stored.ofCold(log.reader, next + 1))).containsExactly(next + 2);
  }

  /** What is written but not yet published is not there for a reader of files either. */
  @Test
  void after_seesNothingBeforeItIsPublished() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 22));
    for (int i = 0; i < 12; i++) {
      log.append(Events.identity(1, 100_000));
    }
    List<Long> last = new ArrayList<>();
    storage.watch(
        operation -> {
          if (operation == MemoryStorage.Operation.FORCE) {
            storage.watch(more -> {});
            last.addAll(seqs(Stored.ofCold(log.reader, FIRST)));
            assertThat(log.reader.after(FIRST + 11).join()).isInstanceOf(Result.End.class);
          }
        });
    OutboundEvent[] batch = new OutboundEvent[12];
    Arrays.fill(batch, Events.identity(1, 100_000));
    log.append(batch);
    assertThat(last).hasSize(11).last().isEqualTo(FIRST + 11);
    assertThat(seqs(Stored.ofCold(log.reader, FIRST))).hasSize(23);
  }

  /** Damage within a chunk costs the records it is in; each stretch is counted. */
  @Test
  void at_passesOverDamageInASealedSegment() {
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 20);
    TestLog whole = new TestLog(new MemoryStorage(), options);
    for (int i = 0; i < 300; i++) {
      whole.append(Events.identity(i, 4000));
    }
    whole.close();
    String name = SegmentLayout.fileName(FIRST);
    List<Stored> all = Stored.ofStorage(whole.storage);
    int size = Stored.sizeAt(ByteBuffer.wrap(whole.storage.bytes(name)), 64);
    MemoryStorage storage = whole.storage.afterKill();
    for (int record : new int[] {0, 7, 8, 60, 61, 62, 100}) {
      storage.flip(name, 8L * (64 + (long) size * record + 300));
    }
    TestLog log = new TestLog(storage, options);
    List<Long> expected = new ArrayList<>(seqs(all));
    expected.removeAll(
        List.of(FIRST, FIRST + 7, FIRST + 8, FIRST + 60, FIRST + 61, FIRST + 62, FIRST + 100));
    assertThat(seqs(Stored.ofCold(log.reader, 0))).isEqualTo(expected);
    assertThat(log.reader.damaged()).isEqualTo(4);
    assertThat(log.log.holes()).as("only the newest is looked through at the start").isZero();
    assertThat(seqs(Stored.ofCold(log.reader, FIRST + 60)).getFirst()).isEqualTo(FIRST + 63);
  }

  /** A hole as large as a segment must not be read into memory as one chunk. */
  @Test
  void at_passesOverALargeHole_withBoundedMemory() {
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 25);
    TestLog whole = new TestLog(new MemoryStorage(), options);
    OutboundEvent large = Events.identity(1, Gen.of(1).bytes(300_000));
    whole.append(Events.identity(1, 10));
    for (int i = 0; i < 60; i++) {
      whole.append(large);
    }
    MemoryStorage storage = whole.storage.afterKill();
    String name = SegmentLayout.fileName(FIRST);
    byte[] bytes = storage.bytes(name);
    Arrays.fill(bytes, 1000, bytes.length - 400_000, (byte) 0);
    storage.put(name, bytes);
    TestLog log = new TestLog(storage, options);
    assertThat(log.log.holes()).isEqualTo(1);
    Chunk chunk = found(log.reader.after(0).join());
    assertThat(chunk.memory.capacity()).isLessThanOrEqualTo(SegmentIndex.MAX_CHUNK);
    log.reader.release(chunk);
    assertThat(seqs(Stored.ofCold(log.reader, 0))).containsExactly(FIRST, FIRST + 60);
    // And the same when the hole is at the beginning.
    Arrays.fill(bytes, 64, 1000, (byte) 0);
    storage.put(name, bytes);
    TestLog again = new TestLog(storage, options);
    assertThat(seqs(Stored.ofCold(again.reader, 0))).containsExactly(FIRST + 60);
  }

  /** The largest record at the end of a chunk: the longest chunk there is. */
  @Test
  void at_readsTheLongestChunk() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 25));
    int small = RecordLayout.size(20);
    int filler = SegmentIndex.STRIDE - 8 - small - RecordLayout.PAYLOAD - 10;
    assertThat(small + RecordLayout.size(filler)).isEqualTo(SegmentIndex.STRIDE - 8);
    log.append(frame(20));
    log.append(frame(filler));
    log.append(frame(RecordLayout.MAX_FRAME));
    log.append(frame(20));
    assertThat(seqs(Stored.ofCold(log.reader, 0))).hasSize(4);
    Chunk chunk = found(log.reader.after(0).join());
    assertThat(chunk.count).isEqualTo(3);
    assertThat(chunk.memory.limit()).isEqualTo(SegmentIndex.MAX_CHUNK - 8);
    log.reader.release(chunk);
  }

  /** An event whose frame will have this length. */
  private static OutboundEvent frame(int length) {
    return Events.event(
        EventKind.COMMIT, new EncodedFrame(Bytes.wrap(new byte[length - 8]), 3, 1, true), 1);
  }

  /** The cache has a bound, and memory is used again only when nobody reads it any more. */
  @Test
  void cache_isBounded_andNeverReusesWhatIsRead() {
    Gen.forAll(
        20,
        gen -> {
          TestLog log = filled(gen, TestLog.options(FsyncPolicy.NEVER, 1 << 22), 400);
          List<Stored> all = Stored.ofStorage(log.storage);
          long bound = 1_000_000;
          ColdReader reader = new ColdReader(log.log, Runnable::run, bound);
          IdentityHashMap<Chunk, List<Stored>> held = new IdentityHashMap<>();
          for (int step = 0; step < 200; step++) {
            Chunk chunk = found(reader.after(gen.oneOf(all).seq() - 1).join());
            if (gen.oneIn(3)) {
              held.put(chunk, contents(chunk));
            } else {
              reader.release(chunk);
            }
            if (held.size() > 20 || gen.oneIn(40)) {
              held.forEach(
                  (kept, before) -> {
                    assertThat(contents(kept)).isEqualTo(before);
                    reader.release(kept);
                  });
              held.clear();
            }
            assertThat(reader.heldBytes())
                .isLessThan(bound + SegmentIndex.MAX_CHUNK + 8L * (SegmentIndex.STRIDE + 65_536));
          }
        });
  }

  private static List<Stored> contents(Chunk chunk) {
    List<Stored> all = new ArrayList<>();
    for (int i = 0; i < chunk.count; i++) {
      all.add(Stored.at(chunk.memory, chunk.offsets[i]));
    }
    return all;
  }

  /** Two who read at the same place read the file once. */
  @Test
  void cache_sharesChunks() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    log.append();
    Chunk first = found(log.reader.after(0).join());
    log.storage.failAfter(MemoryStorage.Operation.OPEN, 0);
    assertThat(found(log.reader.after(0).join())).isSameAs(first);
    log.reader.release(first);
    assertThat(found(log.reader.after(0).join())).isSameAs(first);
  }

  /** Sectors that the disk does not give are damage: passed over, counted, and no end of it all. */
  @Test
  void at_passesOverWhatTheDiskDoesNotGive() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 22));
    for (int i = 0; i < 20; i++) {
      log.append(Events.identity(1, 100_000));
    }
    log.storage.failAfter(MemoryStorage.Operation.READ, 1);
    List<Long> seqs = seqs(Stored.ofCold(log.reader, 0));
    assertThat(seqs).hasSize(17).startsWith(FIRST, FIRST + 1, FIRST + 2, FIRST + 6);
    assertThat(log.reader.damaged()).isEqualTo(1);
  }

  /** A file that cannot be opened says nothing: to go on behind it would hide a gap. */
  @Test
  void after_failsIfAFileCannotBeOpened() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    log.append();
    log.storage.failAfter(MemoryStorage.Operation.OPEN, 0);
    assertThatThrownBy(() -> log.reader.after(0).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(UncheckedIOException.class);
    assertThat(seqs(Stored.ofCold(log.reader, 0))).hasSize(1);
  }

  /** A segment that somebody removed by hand must not send a reader round in circles. */
  @Test
  void after_failsIfAFileIsMissing() throws Exception {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    log.append(Events.identity(1, 5000));
    log.append(Events.identity(1, 5000));
    log.storage.delete(SegmentLayout.fileName(FIRST));
    assertThatThrownBy(() -> log.reader.after(0).join())
        .hasCauseInstanceOf(UncheckedIOException.class);
    assertThat(seqs(Stored.ofCold(log.reader, FIRST))).containsExactly(FIRST + 1);
  }

  /**
   * Readers at all speeds while the log grows, rolls and forgets. Catches a chunk that ends in the
   * middle of a record, a place behind a chunk that does not exist, an end that is none.
   */
  @Test
  void concurrently_readersSeeEveryEventOnce() throws Exception {
    MemoryStorage storage = new MemoryStorage();
    LogOptions options =
        new LogOptions(FsyncPolicy.BATCH, 1 << 17, Duration.ofDays(3), 1 << 22, FIRST);
    TestLog log = new TestLog(storage, options);
    AtomicLong end = new AtomicLong(Long.MAX_VALUE);
    AtomicLong read = new AtomicLong();
    ColdReader reader;
    try (ExecutorService files = Executors.newFixedThreadPool(2);
        ExecutorService readers = Executors.newFixedThreadPool(3)) {
      reader = new ColdReader(log.log, files, 1 << 20);
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        futures.add(readers.submit(() -> follow(log.log, reader, end, read)));
      }
      Gen gen = Gen.of(3);
      OutboundEvent[] events = new OutboundEvent[64];
      for (int i = 0; i < events.length; i++) {
        events[i] = Events.raw(gen, i == 9 ? 200_000 : gen.between(2, 3000));
      }
      for (int i = 0; i < 4000; i++) {
        log.append(events[i % 64], events[(i * 7 + 1) % 64]);
        if (i % 50 == 0) {
          log.log.retain();
        }
      }
      end.set(log.log.nextSeq() - 1);
      for (Future<?> future : futures) {
        future.get();
      }
    }
    // What is in the window at the end is read by all three, however late they came to run.
    long inWindow = log.log.nextSeq() - log.log.oldestSeq();
    assertThat(read.get()).isGreaterThanOrEqualTo(3 * inWindow).isGreaterThan(1000);
    assertThat(reader.damaged()).isZero();
    log.close();
    assertThat(storage.openFiles()).isZero();
  }

  private static void follow(
      SegmentedEventLog log, ColdReader reader, AtomicLong end, AtomicLong read) {
    long last = FIRST - 1;
    while (last < end.get()) {
      Result result = reader.after(last).join();
      // As its documentation says: what is still in the window now was so when it was read.
      boolean fellOut = log.oldestSeq() > last + 1;
      while (result instanceof Result.Found found) {
        Chunk chunk = found.chunk();
        for (int i = chunk.after(last); i < chunk.count; i++) {
          Stored record = Stored.at(chunk.memory, chunk.offsets[i]);
          if (!fellOut) {
            assertThat(record.seq()).isEqualTo(last + 1);
          }
          fellOut = false;
          last = record.seq();
          read.incrementAndGet();
        }
        LogPosition next = chunk.next;
        reader.release(chunk);
        if (next == null) {
          break;
        }
        result = reader.at(next).join();
      }
    }
  }
}
