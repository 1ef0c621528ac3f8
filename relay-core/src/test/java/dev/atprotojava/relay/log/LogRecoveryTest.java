// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What a start makes of a newest segment that a crash or a bad disk left in disorder. */
class LogRecoveryTest {
  private static final String FIRST = SegmentLayout.fileName(LogOptions.LOWEST_SEQ);
  private static final long AFTER_CRASH = LogOptions.LOWEST_SEQ + SeqReservation.BLOCK;

  /** A log with these frames, one batch each, whose process then died. */
  private static MemoryStorage killed(int... fillers) {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 26));
    for (int filler : fillers) {
      log.append(Events.identity(1, filler));
    }
    return storage.afterKill();
  }

  private static List<Long> seqs(List<Stored> records) {
    return records.stream().map(Stored::seq).toList();
  }

  private static int[] starts(byte[] segment) {
    List<Integer> starts = new ArrayList<>();
    for (int at = 64; at < segment.length; at += Stored.sizeAt(ByteBuffer.wrap(segment), at)) {
      starts.add(at);
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Catches a whole record cut off with the torn one, and a torn one kept. */
  @Test
  void open_cutsATornTail_whereverItIsTorn() {
    MemoryStorage whole = killed(10, 300, 10, 77, 500);
    byte[] segment = whole.bytes(FIRST);
    List<Stored> records = Stored.ofSegment(segment);
    int[] starts = starts(segment);
    for (int size = 64; size < segment.length; size++) {
      MemoryStorage storage = whole.afterKill();
      storage.put(FIRST, Arrays.copyOf(segment, size));
      int left = 0;
      while (left + 1 < starts.length && starts[left + 1] <= size) {
        left++;
      }
      List<Stored> expected = records.subList(0, left);
      try (TestLog log = new TestLog(storage, TestLog.batch())) {
        assertThat(Stored.ofCold(log.reader, 0)).isEqualTo(expected);
        assertThat(log.log.holes()).isZero();
        assertThat(storage.bytes(FIRST)).hasSize(starts[left]);
        assertThat(log.append()).isEqualTo(AFTER_CRASH);
        assertThat(Stored.ofSegment(storage.bytes(FIRST))).hasSize(left + 1);
      }
    }
  }

  /** Catches a tail that is torn in its middle and taken for whole because its length is right. */
  @Test
  void open_cutsATailOfWhichAPartWasNotWritten() {
    MemoryStorage whole = killed(10, 300, 700);
    byte[] segment = whole.bytes(FIRST);
    int[] starts = starts(segment);
    for (int from = starts[2]; from < segment.length - 8; from += 8) {
      byte[] torn = segment.clone();
      Arrays.fill(torn, from, Math.min(from + 64, segment.length), (byte) 0);
      if (Arrays.equals(torn, segment)) {
        continue; // zeros over zeros
      }
      MemoryStorage storage = whole.afterKill();
      storage.put(FIRST, torn);
      try (TestLog log = new TestLog(storage, TestLog.batch())) {
        assertThat(seqs(Stored.ofCold(log.reader, 0))).hasSize(2);
        assertThat(storage.bytes(FIRST)).hasSize(starts[2]);
      }
    }
  }

  /** Damage may cost the record that it is in, and no other, in whatever byte it is. */
  @Test
  void open_fencesDamageBeforeWholeRecords() {
    MemoryStorage whole = killed(10, 300, 90, 20);
    byte[] segment = whole.bytes(FIRST);
    List<Stored> records = Stored.ofSegment(segment);
    int[] starts = starts(segment);
    int padding = starts[3] - paddingOf(segment, starts[2]);
    for (int at = starts[2]; at < padding; at++) {
      MemoryStorage storage = whole.afterKill();
      storage.flip(FIRST, 8L * at + at % 8);
      try (TestLog log = new TestLog(storage, TestLog.batch())) {
        List<Stored> left = new ArrayList<>(records);
        left.remove(2);
        assertThat(Stored.ofCold(log.reader, 0)).as("byte " + at).isEqualTo(left);
        assertThat(log.log.holes()).isEqualTo(1);
        assertThat(log.reader.damaged()).isEqualTo(1);
        assertThat(storage.bytes(FIRST)).hasSize(segment.length);
        assertThat(log.append()).isEqualTo(AFTER_CRASH);
        assertThat(seqs(Stored.ofCold(log.reader, 0))).hasSize(4).last().isEqualTo(AFTER_CRASH);
      }
    }
  }

  private static int paddingOf(byte[] segment, int at) {
    int length = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    return (8 - (8 + length) % 8) % 8;
  }

  /** Damage in several places, of any size, costs what it hits and nothing behind it, for ever. */
  @Test
  void open_fencesAnyDamage() {
    Gen.forAll(
        200,
        gen -> {
          int[] fillers = new int[gen.between(2, 30)];
          Arrays.setAll(fillers, i -> gen.oneIn(8) ? gen.between(1000, 300_000) : gen.nextInt(900));
          MemoryStorage storage = killed(fillers);
          byte[] segment = storage.bytes(FIRST);
          List<Stored> records = Stored.ofSegment(segment);
          int[] starts = starts(segment);
          int[] ends = new int[starts.length];
          for (int i = 0; i < starts.length; i++) {
            int next = i + 1 < starts.length ? starts[i + 1] : segment.length;
            ends[i] = next - paddingOf(segment, starts[i]);
          }
          for (int holes = gen.between(1, 4); holes > 0; holes--) {
            int from = gen.between(64, segment.length - 1);
            int to = Math.min(segment.length, from + gen.between(1, gen.oneIn(3) ? 400_000 : 600));
            boolean zeros = gen.oneIn(2);
            for (int at = from; at < to; at++) {
              segment[at] = zeros ? 0 : (byte) gen.nextInt(256);
            }
          }
          byte[] before = storage.bytes(FIRST);
          storage.put(FIRST, segment);
          List<Stored> expected = new ArrayList<>();
          for (int i = 0; i < starts.length; i++) {
            if (Arrays.equals(before, starts[i], ends[i], segment, starts[i], ends[i])) {
              expected.add(records.get(i));
            }
          }
          for (int starting = 0; starting < 2; starting++) {
            TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 26));
            assertThat(Stored.ofCold(log.reader, 0)).isEqualTo(expected);
            assertFindsFromAnywhere(log, expected, gen);
            storage = storage.afterKill();
          }
        });
  }

  private static void assertFindsFromAnywhere(TestLog log, List<Stored> expected, Gen gen) {
    long cursor = LogOptions.LOWEST_SEQ + gen.nextInt(32);
    assertThat(Stored.ofCold(log.reader, cursor))
        .isEqualTo(expected.stream().filter(record -> record.seq() > cursor).toList());
  }

  /**
   * The author of a frame can put into it all of a record but the mark. Damage at the right place
   * must not bring out an event that nobody verified.
   */
  @Test
  void open_doesNotTakeAPartOfAFrameForARecord() {
    long first = LogOptions.LOWEST_SEQ;
    byte[] forged = forgedRecord(first + 5, 0);
    assertThat(seqs(recoveredFromFrameWith(forged))).containsExactly(first, first + 2);
    // The forgery is good but for that: with the mark it would be taken.
    byte[] genuine = forgedRecord(first + 5, (int) TestLog.KEY_ID);
    assertThat(seqs(recoveredFromFrameWith(genuine))).containsExactly(first, first + 5);
  }

  private static List<Stored> recoveredFromFrameWith(byte[] record) {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.append(Events.identity(1, 10));
    ByteBuffer filler = ByteBuffer.allocate(1024);
    OutboundEvent plain = Events.identity(1, 1024);
    int payload = 64 + Stored.sizeAt(ByteBuffer.wrap(storage.bytes(FIRST)), 64) + 96;
    int fillerAt = payload + 4 + plain.frameLength() - 1024;
    filler.put((8 - fillerAt % 8) % 8, record);
    OutboundEvent carrier = Events.identity(1, filler.array());
    log.append(carrier);
    log.append(Events.identity(1, 3));
    MemoryStorage crashed = storage.afterKill();
    crashed.flip(FIRST, 8L * (payload + 1)); // a bit of the carrier
    TestLog again = new TestLog(crashed, TestLog.batch());
    return Stored.ofCold(again.reader, 0);
  }

  private static byte[] forgedRecord(long seq, int mark) {
    ByteBuffer out = ByteBuffer.allocate(112).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, 112 - 8).putLong(8, seq).put(24, (byte) 1).put(27, (byte) 2).putInt(36, mark);
    CRC32C crc = new CRC32C();
    crc.update(out.slice(8, 104));
    return out.putInt(4, (int) crc.getValue()).array();
  }

  @Test
  void open_goesOnWithTheVeryNextNumberAfterACleanClose() {
    MemoryStorage storage = new MemoryStorage();
    long last = 0;
    for (int life = 0; life < 5; life++) {
      try (TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.NEVER, 1 << 12))) {
        assertThat(log.append(Events.identity(1, 900), Events.identity(2, 900)))
            .isEqualTo(life == 0 ? LogOptions.LOWEST_SEQ : last + 1);
        last = log.log.nextSeq() - 1;
      }
      storage = storage.afterPowerLoss();
    }
    assertThat(seqs(Stored.ofStorage(storage))).hasSize(10);
  }

  /**
   * Closing twice must not release numbers that were given out since by nobody: it does nothing.
   */
  @Test
  void close_twiceIsOnce() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.append();
    log.close();
    TestLog next = new TestLog(storage, TestLog.batch());
    log.close();
    next.append();
    TestLog after = new TestLog(storage.afterKill(), TestLog.batch());
    assertThat(after.log.nextSeq()).isGreaterThanOrEqualTo(AFTER_CRASH);
  }

  @Test
  void open_resumesBehindTheReservationAfterACrash() {
    MemoryStorage storage = killed(1, 2, 3);
    for (int life = 1; life < 5; life++) {
      TestLog log = new TestLog(storage, TestLog.batch());
      assertThat(log.log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ + life * SeqReservation.BLOCK);
      storage = storage.afterPowerLoss();
    }
  }

  /** The block runs out while the log is in use: the next must be durable before it is used. */
  @Test
  void append_reservesTheNextBlockInTime() {
    MemoryStorage storage = new MemoryStorage();
    LogOptions options =
        new LogOptions(FsyncPolicy.NEVER, 1 << 20, Duration.ofDays(3), 1, LogOptions.LOWEST_SEQ);
    TestLog log = new TestLog(storage, options);
    Gen gen = Gen.of(1);
    List<OutboundEvent> batch = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      batch.add(Events.raw(gen, 2));
    }
    while (log.log.nextSeq() < LogOptions.LOWEST_SEQ + SeqReservation.BLOCK + 10_000) {
      log.log.append(batch);
      log.log.retain();
      byte[] reservation = storage.afterPowerLoss().bytes(SeqReservation.FILE);
      long until = ByteBuffer.wrap(reservation).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
      assertThat(until).isGreaterThanOrEqualTo(log.log.nextSeq());
    }
  }

  /** A crash while a segment is begun leaves it without a record, or without a whole header. */
  @Test
  void open_removesASegmentThatWasOnlyBegun() {
    MemoryStorage whole = new MemoryStorage();
    TestLog first = new TestLog(whole, TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    first.append(Events.identity(1, 5000));
    MemoryStorage storage = whole.afterKill();
    long begun = LogOptions.LOWEST_SEQ + 1;
    byte[] header =
        SegmentLayout.encode(new SegmentLayout.Header(begun, TestLog.KEY_ID, first.clock.micros()))
            .array();
    for (int size = 0; size <= 64; size++) {
      for (byte[] left : List.of(Arrays.copyOf(header, size), new byte[size])) {
        MemoryStorage next = storage.afterKill();
        next.put(SegmentLayout.fileName(begun), left);
        try (TestLog log = new TestLog(next, TestLog.options(FsyncPolicy.BATCH, 1 << 12))) {
          assertThat(log.tail.covers(LogOptions.LOWEST_SEQ)).isTrue();
          assertThat(log.log.durableSeq()).isEqualTo(LogOptions.LOWEST_SEQ);
          assertThat(next.names(".log")).containsExactly(FIRST);
          assertThat(log.append()).isEqualTo(AFTER_CRASH);
          assertThat(seqs(Stored.ofCold(log.reader, 0)))
              .containsExactly(LogOptions.LOWEST_SEQ, AFTER_CRASH);
          assertThat(next.names(".log"))
              .containsExactly(FIRST, SegmentLayout.fileName(AFTER_CRASH));
        }
      }
    }
  }

  /** The same for the first segment of all. */
  @Test
  void open_beginsAnewAfterACrashBeforeTheFirstRecord() {
    MemoryStorage storage = new MemoryStorage();
    TestLog unused = new TestLog(storage, TestLog.batch());
    assertThat(unused.log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ);
    for (int size = 0; size <= 64; size++) {
      MemoryStorage next = storage.afterKill();
      next.put(FIRST, Arrays.copyOf(storage.bytes(FIRST), size));
      try (TestLog log = new TestLog(next, TestLog.batch())) {
        assertThat(log.append()).isEqualTo(AFTER_CRASH);
        assertThat(seqs(Stored.ofCold(log.reader, 0))).containsExactly(AFTER_CRASH);
      }
    }
  }

  /**
   * What a killed process wrote is in the memory of the system. It is read and sent at the next
   * start, so a power loss must not take it any more.
   */
  @Test
  void open_forcesWhatItFinds() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.NEVER, 1 << 20));
    long seq = log.append();
    MemoryStorage killed = storage.afterKill();
    TestLog again = new TestLog(killed, TestLog.options(FsyncPolicy.NEVER, 1 << 20));
    assertThat(again.log.durableSeq()).isEqualTo(seq);
    assertThat(seqs(Stored.ofStorage(killed.afterPowerLoss()))).containsExactly(seq);
  }

  /** What the reservation file forgot must not bring numbers back: an old copy was restored. */
  @Test
  void open_neverGoesBelowTheLastRecord() {
    MemoryStorage storage = new MemoryStorage();
    byte[] old;
    try (TestLog log = new TestLog(storage, TestLog.batch())) {
      log.append();
    }
    old = storage.bytes(SeqReservation.FILE);
    try (TestLog log = new TestLog(storage, TestLog.batch())) {
      log.append();
      log.append();
    }
    storage.put(SeqReservation.FILE, old);
    assertThat(new TestLog(storage, TestLog.batch()).append()).isEqualTo(LogOptions.LOWEST_SEQ + 3);
  }

  @Test
  void open_removesIndexesWithoutASegment() {
    MemoryStorage storage = killed(1);
    storage.put(SegmentIndex.fileName(17), new byte[3]);
    new TestLog(storage, TestLog.batch()).close();
    assertThat(storage.names(".idx")).isEmpty();
  }
}
