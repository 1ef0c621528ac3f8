// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Segments from their beginning to their deletion, and the indexes beside them. */
class LogSegmentsTest {
  private static final long FIRST = LogOptions.LOWEST_SEQ;
  private static final Duration WINDOW = Duration.ofDays(3);

  private static LogOptions retaining(long bytes) {
    return new LogOptions(FsyncPolicy.BATCH, 1 << 12, WINDOW, bytes, FIRST);
  }

  /** A log with so many segments of one record each. */
  private static TestLog segments(int count, LogOptions options) {
    TestLog log = new TestLog(new MemoryStorage(), options);
    for (int i = 0; i < count; i++) {
      log.append(Events.identity(1, 5000));
    }
    return log;
  }

  private static List<Long> seqs(TestLog log, long after) {
    return Stored.ofCold(log.reader, after).stream().map(Stored::seq).toList();
  }

  @Test
  void append_rollsWhenASegmentIsFull() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    log.append(Events.identity(1, 1000), Events.identity(1, 1000));
    log.append(Events.identity(1, 1000), Events.identity(1, 1000));
    assertThat(log.storage.names(".log")).hasSize(1);
    log.append(Events.identity(1, 1000));
    assertThat(log.storage.names(".log"))
        .containsExactly(SegmentLayout.fileName(FIRST), SegmentLayout.fileName(FIRST + 4));
    assertThat(log.storage.names(".idx")).containsExactly(SegmentIndex.fileName(FIRST));
    assertThat(log.storage.openFiles()).isEqualTo(1);
    assertThat(log.log.oldestSeq()).isEqualTo(FIRST);
    assertThat(seqs(log, 0)).hasSize(5);
  }

  /** What a sealed segment holds was forced, whatever the policy: only the newest is mended. */
  @Test
  void append_forcesASegmentBeforeTheNext() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.NEVER, 1 << 12));
    log.append(Events.identity(1, 5000));
    assertThat(log.log.durableSeq()).isLessThan(FIRST);
    log.append(Events.identity(1, 5000));
    assertThat(log.log.durableSeq()).isEqualTo(FIRST);
    assertThat(Stored.ofStorage(storage.afterPowerLoss())).hasSize(1);
  }

  /** The index file saves reading the segment; without it everything is found all the same. */
  @Test
  void index_isReadOrMadeAnew() {
    MemoryStorage storage = new MemoryStorage();
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 21);
    try (TestLog log = new TestLog(storage, options)) {
      for (int i = 0; i < 100; i++) {
        log.append(Events.identity(1, 40_000));
      }
    }
    String name = SegmentIndex.fileName(FIRST);
    byte[] index = storage.bytes(name);
    assertThat(ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).getInt(12)).isEqualTo(8);
    List<byte[]> damaged =
        List.of(
            index,
            new byte[0],
            Arrays.copyOf(index, index.length - 1),
            flipped(index, 200),
            flipped(index, 64),
            flipped(index, index.length * 8L - 1));
    for (byte[] bytes : damaged) {
      MemoryStorage found = storage.afterKill();
      found.put(name, bytes);
      TestLog log = new TestLog(found, options);
      assertThat(seqs(log, 0)).hasSize(100);
      assertThat(seqs(log, FIRST + 30)).hasSize(69);
      assertThat(found.bytes(name)).isEqualTo(index);
    }
    MemoryStorage without = storage.afterKill();
    without.put(name, new byte[0]);
    TestLog log = new TestLog(without, options);
    without.failAfter(MemoryStorage.Operation.CREATE, 0); // a full disk must not stop reading
    assertThat(seqs(log, 0)).hasSize(100);
  }

  private static byte[] flipped(byte[] bytes, long bit) {
    byte[] copy = bytes.clone();
    copy[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    return copy;
  }

  /**
   * A crash while rolling leaves an index of a segment that then grows on; a power loss can bring
   * that index back after it was replaced. It is whole, and wrong.
   */
  @Test
  void index_ofAShorterSegmentIsNotUsed() {
    MemoryStorage storage = new MemoryStorage();
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 23);
    byte[] early;
    try (TestLog log = new TestLog(storage, options)) {
      log.append(Events.identity(1, 100_000));
      early = earlyIndex(storage);
      while (storage.names(".log").size() == 1) {
        log.append(Events.identity(1, 100_000));
      }
    }
    storage.put(SegmentIndex.fileName(FIRST), early);
    TestLog log = new TestLog(storage, options);
    assertThat(seqs(log, 0))
        .isEqualTo(Stored.ofStorage(storage).stream().map(Stored::seq).toList());
    assertThat(storage.bytes(SegmentIndex.fileName(FIRST))).isNotEqualTo(early);
  }

  private static byte[] earlyIndex(MemoryStorage storage) {
    SegmentIndex index = new SegmentIndex();
    index.add(FIRST, SegmentLayout.HEADER);
    MemoryStorage aside = new MemoryStorage();
    try {
      index.save(aside, FIRST, storage.bytes(SegmentLayout.fileName(FIRST)).length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return aside.bytes(SegmentIndex.fileName(FIRST));
  }

  @Test
  void snapshot_findsChunks() {
    Gen.forAll(
        100,
        gen -> {
          SegmentIndex index = new SegmentIndex();
          int count = gen.between(1, 300);
          long[] seqs = new long[count];
          long[] offsets = new long[count];
          long seq = FIRST;
          long offset = SegmentLayout.HEADER;
          for (int i = 0; i < count; i++) {
            seqs[i] = seq;
            offsets[i] = offset;
            index.add(seq, offset);
            index.add(seq + 1, offset + SegmentIndex.STRIDE - 8);
            seq += gen.between(2, 50);
            offset += SegmentIndex.STRIDE + 8L * gen.nextInt(1000);
          }
          SegmentIndex.Snapshot snapshot = index.snapshot();
          assertThat(snapshot.count()).isEqualTo(count);
          int i = gen.nextInt(count);
          assertThat(snapshot.offset(i)).isEqualTo(offsets[i]);
          assertThat(snapshot.chunkOf(seqs[i])).isEqualTo(i);
          assertThat(snapshot.chunkOf(seqs[i] + 1)).isEqualTo(i);
          assertThat(snapshot.chunkOf(seqs[i] - 1)).isEqualTo(Math.max(0, i - 1));
          assertThat(snapshot.chunkAt(offsets[i])).isEqualTo(i);
          assertThat(snapshot.chunkAt(offsets[i] + 8)).isEqualTo(i);
          assertThat(snapshot.chunkAt(offsets[i] - 8)).isEqualTo(Math.max(0, i - 1));
        });
  }

  @Test
  void retain_byBytesKeepsTheNewest() {
    TestLog log = segments(10, retaining(18_000));
    long bytes = log.log.bytes();
    assertThat(bytes)
        .isEqualTo(
            log.storage.names(".log").stream().mapToLong(n -> log.storage.bytes(n).length).sum());
    log.log.retain();
    assertThat(log.storage.names(".log")).hasSize(3);
    assertThat(log.storage.names(".idx")).hasSize(2);
    assertThat(log.log.bytes()).isEqualTo(bytes * 3 / 10);
    assertThat(log.log.oldestSeq()).isEqualTo(FIRST + 7);
    assertThat(seqs(log, 0)).containsExactly(FIRST + 7, FIRST + 8, FIRST + 9);
    TestLog little = segments(3, retaining(1));
    little.log.retain();
    assertThat(little.storage.names(".log")).hasSize(1);
    little.append();
    assertThat(seqs(little, 0)).containsExactly(FIRST + 2, FIRST + 3);
  }

  @Test
  void retain_byDefaultKeepsSixtyPercentOfTheVolume() {
    TestLog log = segments(10, retaining(0));
    log.storage.volumeBytes(30_000);
    log.log.retain();
    assertThat(log.log.bytes()).isBetween(1L, 18_000L);
    assertThat(log.storage.names(".log")).hasSize(3);
  }

  /** A segment goes when everything in it is older than the window, and not before. */
  @Test
  void retain_byTimeKeepsTheWholeWindow() {
    TestLog log = new TestLog(new MemoryStorage(), retaining(0));
    for (int hour = 0; hour < 100; hour++) {
      log.append(Events.identity(1, 5000));
      log.log.retain();
      log.clock.advance(Duration.ofHours(1));
    }
    // The one begun at hour 26 is 73 hours old by its beginning, and 72 by its end.
    assertThat(log.log.oldestSeq()).isEqualTo(FIRST + 26);
    log.clock.advance(Duration.ofDays(10_000));
    log.log.retain();
    assertThat(log.storage.names(".log")).hasSize(1);
  }

  @Test
  void retain_withAnEndlessWindowKeepsAll() {
    LogOptions endless =
        new LogOptions(FsyncPolicy.BATCH, 1 << 12, Duration.ofSeconds(Long.MAX_VALUE), 0, FIRST);
    TestLog log = segments(3, endless);
    log.log.retain();
    assertThat(log.storage.names(".log")).hasSize(3);
  }

  /** After a power loss the window has no hole: what is deleted is deleted from the old end. */
  @Test
  void retain_isDurableOneByOne() {
    Gen.forAll(
        50,
        gen -> {
          TestLog log = segments(6, retaining(1));
          MemoryStorage[] crashed = new MemoryStorage[1];
          int at = gen.nextInt(15);
          int[] operations = {0};
          log.storage.watch(
              operation -> {
                if (operations[0]++ == at) {
                  crashed[0] = log.storage.afterPowerLoss(gen);
                }
              });
          log.log.retain();
          assertThat(crashed[0]).isNotNull();
          List<Long> left = Stored.ofStorage(crashed[0]).stream().map(Stored::seq).toList();
          for (int i = 0; i < left.size(); i++) {
            assertThat(left.get(i)).isEqualTo(FIRST + 6 - left.size() + i);
          }
        });
  }

  /** A reader in the middle of a segment that goes: it is told, and never given other events. */
  @Test
  void retain_leavesReadersTheirChunkAndTellsThem() {
    TestLog log = new TestLog(new MemoryStorage(), retaining(1));
    log.append(Events.identity(1, 300_000), Events.identity(2, 300_000));
    log.append(Events.identity(3, 5000));
    Chunk chunk = found(log.reader.after(FIRST - 1).join());
    LogPosition next = chunk.next;
    assertThat(next).isEqualTo(new LogPosition(FIRST, chunk.key.to()));
    log.log.retain();
    assertThat(log.storage.names("")).doesNotContain(SegmentLayout.fileName(FIRST));
    assertThat(Stored.at(chunk.memory, chunk.offsets[0]).seq()).isEqualTo(FIRST);
    log.reader.release(chunk);
    assertThat(next).isNotNull();
    assertThat(log.reader.at(next).join()).isInstanceOf(ColdReader.Result.Gone.class);
    assertThat(seqs(log, FIRST)).containsExactly(FIRST + 2);
  }

  /** It is deleted at the very moment at which a reader opens it, its index or itself. */
  @Test
  void retain_whileAReaderOpens() {
    for (boolean fresh : new boolean[] {true, false}) {
      for (int opening = 0; opening < (fresh ? 2 : 1); opening++) {
        MemoryStorage storage = segments(5, retaining(1)).storage.afterKill();
        TestLog log = new TestLog(storage, retaining(1));
        if (!fresh) {
          assertThat(seqs(log, 0)).hasSize(5);
        }
        ColdReader reader = new ColdReader(log.log, Runnable::run, 1 << 20);
        int at = opening;
        int[] openings = {0};
        storage.watch(
            operation -> {
              if (operation == MemoryStorage.Operation.OPEN && openings[0]++ == at) {
                log.log.retain();
              }
            });
        ColdReader.Result result = reader.after(FIRST - 1).join();
        assertThat(openings[0]).isGreaterThan(at);
        Chunk chunk = found(result);
        assertThat(Stored.at(chunk.memory, chunk.offsets[0]).seq()).isEqualTo(FIRST + 4);
        assertThat(log.log.oldestSeq()).isEqualTo(FIRST + 4);
      }
    }
  }

  @Test
  void at_aPlaceInADeletedSegmentIsGone() {
    TestLog log = segments(5, retaining(1));
    List<Segment> before = log.log.segments();
    log.log.retain();
    for (Segment gone : before.subList(0, 4)) {
      assertThat(log.reader.at(new LogPosition(gone.firstSeq, SegmentLayout.HEADER)).join())
          .isInstanceOf(ColdReader.Result.Gone.class);
    }
  }

  private static Chunk found(ColdReader.Result result) {
    assertThat(result).isInstanceOf(ColdReader.Result.Found.class);
    return ((ColdReader.Result.Found) result).chunk();
  }
}
