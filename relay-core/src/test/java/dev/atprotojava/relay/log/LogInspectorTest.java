// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogInspector.Frames;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the operator is told of a log. Catches damage that is passed over in silence, a sound log
 * that is called damaged, and an inspection that changes or locks anything.
 */
class LogInspectorTest {
  private static final long FIRST = LogOptions.LOWEST_SEQ;
  private static final String OLDEST = SegmentLayout.fileName(FIRST);
  private static final int WS_LENGTH = RecordLayout.PAYLOAD + 1;

  /** Three segments of two, two and one events, closed. */
  private static MemoryStorage threeSegments() {
    MemoryStorage storage = new MemoryStorage();
    try (TestLog log = open(storage)) {
      for (int i = 1; i <= 5; i++) {
        log.append(Events.identity(i, 3000));
      }
    }
    assertThat(storage.names(".log")).hasSize(3);
    assertThat(storage.names(".idx")).hasSize(2);
    return storage;
  }

  private static TestLog open(MemoryStorage storage) {
    return new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 12));
  }

  private static LogReport verify(LogStorage storage) {
    return LogInspector.verify(storage, "here");
  }

  private static List<String> dump(LogStorage storage, long from, long to, Frames frames) {
    List<String> lines = new ArrayList<>();
    LogInspector.dump(storage, "here", new LogDump(from, to, frames, lines::add));
    return lines;
  }

  private static List<Long> seqs(List<String> lines) {
    return lines.stream().map(line -> Long.parseLong(line.split("\t", -1)[0])).toList();
  }

  @Test
  void verify_ofASoundLog() {
    LogReport report = verify(threeSegments());
    assertThat(report.isSound()).isTrue();
    assertThat(report.closed()).isTrue();
    assertThat(report.nextSeq()).isEqualTo(FIRST + 5);
    assertThat(report.records()).isEqualTo(5);
    assertThat(report.segments())
        .extracting(LogReport.Segment::firstSeq)
        .containsExactly(FIRST, FIRST + 2, FIRST + 4);
    assertThat(report.segments())
        .extracting(LogReport.Segment::lastSeq)
        .containsExactly(FIRST + 1, FIRST + 3, FIRST + 4);
    assertThat(report.segments())
        .extracting(LogReport.Segment::index)
        .containsExactly(LogReport.Index.USABLE, LogReport.Index.USABLE, LogReport.Index.NONE);
    assertThat(report.bytes())
        .isEqualTo(report.segments().stream().mapToLong(LogReport.Segment::bytes).sum())
        .isGreaterThan(15_000);
    assertThat(report.lines())
        .hasSize(4)
        .first()
        .asString()
        .startsWith(OLDEST + " seq " + FIRST + " to " + (FIRST + 1) + ", 2 records, ")
        .contains("created 2024-06-01T12:00:00Z", "indexed");
    assertThat(report.lines().getLast()).endsWith("next seq " + (FIRST + 5) + ", closed: sound");
  }

  /** The relay has the lock, writes on, and may be in the middle of a record. */
  @Test
  void verify_ofALogInUse(@TempDir Path directory) throws IOException {
    LogOptions options = TestLog.options(FsyncPolicy.NEVER, 1 << 12);
    try (DirectoryStorage storage = new DirectoryStorage(directory);
        SegmentedEventLog log =
            SegmentedEventLog.open(
                storage,
                options,
                TestLog.KEY_ID,
                new TestLog.Clock(),
                new LiveTail(1 << 20, 1 << 16))) {
      for (int i = 0; i < 4; i++) {
        log.append(List.of(Events.identity(1, 3000)));
        LogReport report = LogInspector.verify(directory);
        assertThat(report.isSound()).isTrue();
        assertThat(report.closed()).isFalse();
        assertThat(report.records()).isEqualTo(i + 1);
      }
      Path newest = directory.resolve(log.segments().getLast().fileName);
      byte[] whole = Files.readAllBytes(newest);
      Files.write(newest, Arrays.copyOf(whole, whole.length - 100));
      List<Path> before = files(directory);
      LogReport report = LogInspector.verify(directory);
      assertThat(report.isSound()).isTrue();
      assertThat(report.records()).isEqualTo(3);
      assertThat(report.segments().getLast().tail()).isPositive();
      List<String> lines = new ArrayList<>();
      LogInspector.dump(directory, 0, Long.MAX_VALUE, Frames.NONE, lines::add);
      assertThat(seqs(lines)).containsExactly(FIRST, FIRST + 1, FIRST + 2);
      assertThat(files(directory)).isEqualTo(before);
      Files.write(newest, whole);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /** No single bit of an old segment may change without the report saying so. */
  @Test
  void verify_noticesEveryFlippedBit() {
    MemoryStorage whole = new MemoryStorage();
    try (TestLog log = open(whole)) {
      log.append(Events.identity(1, 10), Events.account(2), Events.identity(3, 5000));
      log.append();
    }
    int size = whole.bytes(OLDEST).length;
    assertThat(whole.names(".log")).hasSize(2);
    for (int bit = 0; bit < size * 8; bit += bit < 3000 ? 1 : 997) {
      MemoryStorage storage = whole.afterKill();
      storage.flip(OLDEST, bit);
      LogReport report = verify(storage);
      boolean padding = isPadding(whole.bytes(OLDEST), bit / 8);
      assertThat(report.isSound()).as("bit " + bit).isEqualTo(padding);
    }
  }

  private static boolean isPadding(byte[] segment, int offset) {
    ByteBuffer in = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
    int at = 64;
    while (at + Stored.sizeAt(in, at) <= offset) {
      at += Stored.sizeAt(in, at);
    }
    return offset >= at + 8 + in.getInt(at);
  }

  @Test
  void verify_tellsWhereTheDamageIs() {
    MemoryStorage storage = threeSegments();
    int second = 64 + Stored.sizeAt(ByteBuffer.wrap(storage.bytes(OLDEST)), 64);
    storage.flip(OLDEST, 8L * 200);
    LogReport report = verify(storage);
    LogReport.Segment damaged = report.segments().getFirst();
    assertThat(damaged.fences()).containsExactly(new LogReport.Fence(64, second));
    assertThat(damaged.records()).isEqualTo(1);
    assertThat(report.isSound()).isFalse();
    assertThat(report.fences()).isEqualTo(1);
    assertThat(report.lines())
        .contains("  damaged from byte 64 to " + second)
        .last()
        .asString()
        .endsWith("NOT SOUND");
  }

  /** In the newest segment it is a record being written; in another one it is lost. */
  @Test
  void verify_ofATornTail() {
    MemoryStorage storage = threeSegments();
    for (String name : storage.names(".log")) {
      MemoryStorage torn = storage.afterKill();
      byte[] bytes = torn.bytes(name);
      torn.put(name, Arrays.copyOf(bytes, bytes.length - 9));
      LogReport report = verify(torn);
      assertThat(report.isSound()).as(name).isEqualTo(name.equals(storage.names(".log").getLast()));
      assertThat(report.records()).isEqualTo(4);
    }
  }

  @Test
  void verify_ofASegmentThatWasOnlyBegun() {
    MemoryStorage storage = threeSegments();
    String begun = SegmentLayout.fileName(FIRST + 5);
    storage.put(begun, new byte[10]);
    LogReport report = verify(storage);
    assertThat(report.isSound()).isTrue();
    assertThat(report.segments().getLast().fileName()).isEqualTo(begun);
    assertThat(report.lines()).anyMatch(line -> line.startsWith(begun + " empty, 0 records"));
  }

  @Test
  void verify_ofIndexes() {
    MemoryStorage storage = threeSegments();
    String name = SegmentIndex.fileName(FIRST);
    storage.flip(name, 100);
    assertThat(verify(storage).segments().getFirst().index()).isEqualTo(LogReport.Index.STALE);
    assertThat(verify(storage).isSound()).isTrue();
    storage.flip(name, 100);
    byte[] wrong = storage.bytes(name);
    ByteBuffer index = ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN);
    index.putLong(32, index.getLong(32) + 8);
    CRC32C crc = new CRC32C();
    crc.update(wrong, 0, wrong.length - 4);
    index.putInt(wrong.length - 4, (int) crc.getValue());
    storage.put(name, wrong);
    LogReport report = verify(storage);
    assertThat(report.segments().getFirst().index()).isEqualTo(LogReport.Index.WRONG);
    assertThat(report.isSound()).isFalse();
  }

  /** Another version is told by its number, a lost reservation by its name; nothing is thrown. */
  @Test
  void verify_ofFilesThatCannotBeRead() {
    MemoryStorage version = threeSegments();
    version.flip(OLDEST, 8 * 8);
    assertThat(verify(version).segments().getFirst().problems())
        .singleElement()
        .asString()
        .contains("log format 1");
    MemoryStorage renamed = threeSegments();
    renamed.put(SegmentLayout.fileName(FIRST + 1), renamed.bytes(OLDEST));
    assertThat(verify(renamed).isSound()).isFalse();
    MemoryStorage lost = new MemoryStorage();
    lost.put(OLDEST, threeSegments().bytes(OLDEST));
    assertThat(verify(lost).problems()).singleElement().asString().contains("reservation");
    MemoryStorage old = threeSegments();
    byte[] reservation = old.bytes(SeqReservation.FILE);
    try (TestLog log = open(old)) {
      log.append();
    }
    old.put(SeqReservation.FILE, reservation);
    assertThat(verify(old).problems()).singleElement().asString().contains("not reserved");
    MemoryStorage failing = threeSegments();
    failing.failAfter(MemoryStorage.Operation.READ, 1);
    assertThat(verify(failing).segments().getFirst().problems())
        .singleElement()
        .asString()
        .contains("cannot be read");
    assertThat(failing.openFiles()).isZero();
  }

  /** A record that is whole but says something else than its frame was not written by us. */
  @Test
  void verify_comparesRecordAndFrame() {
    for (int field : new int[] {RecordLayout.SEQ, RecordLayout.KIND, WS_LENGTH}) {
      MemoryStorage storage = threeSegments();
      rewrite(storage, field, (byte) 4);
      assertThat(verify(storage).segments().getFirst().problems())
          .as("field " + field)
          .first()
          .asString()
          .contains("seq " + (field == RecordLayout.SEQ ? FIRST + 4 : FIRST));
    }
    MemoryStorage earlier = new MemoryStorage();
    try (TestLog log = new TestLog(earlier, TestLog.batch())) {
      OutboundEvent event = Events.identity(1, 10);
      log.append(Events.received(event, 1000), Events.received(event, 1000));
    }
    rewrite(earlier, RecordLayout.RECEIVED, (byte) 255);
    assertThat(verify(earlier).lines()).anyMatch(line -> line.contains("time before"));
  }

  /** Erased records have no frame any more, which is in order. */
  @Test
  void verify_ofAnErasedRecord() {
    MemoryStorage storage = threeSegments();
    byte[] bytes = storage.bytes(OLDEST);
    int end = 64 + 8 + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(64);
    Arrays.fill(bytes, 64 + RecordLayout.PAYLOAD, end, (byte) 0);
    storage.put(OLDEST, bytes);
    rewrite(storage, RecordLayout.FLAGS, (byte) 5);
    assertThat(verify(storage).isSound()).isTrue();
    assertThat(dump(storage, 0, FIRST, Frames.NONE))
        .singleElement()
        .asString()
        .contains("\tidentity\t-\t-\t")
        .endsWith("\terased");
  }

  /** Changes a byte of the first record and makes its checksum right again. */
  private static void rewrite(MemoryStorage storage, int field, byte value) {
    byte[] bytes = storage.bytes(OLDEST);
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(64 + field, value);
    CRC32C crc = new CRC32C();
    crc.update(out.slice(64 + 8, out.getInt(64)));
    out.putInt(64 + 4, (int) crc.getValue());
    storage.put(OLDEST, bytes);
  }

  @Test
  void verify_refusesWhatIsNoLog(@TempDir Path directory) {
    assertThatThrownBy(() -> LogInspector.verify(directory))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("there is no event log in");
    assertThatThrownBy(() -> LogInspector.verify(directory.resolve("absent")))
        .isInstanceOf(RelayException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void dump_ofARange() {
    MemoryStorage storage = threeSegments();
    assertThat(seqs(dump(storage, 0, Long.MAX_VALUE, Frames.NONE)))
        .containsExactly(FIRST, FIRST + 1, FIRST + 2, FIRST + 3, FIRST + 4);
    for (long from = FIRST; from <= FIRST + 5; from++) {
      for (long to = from - 1; to <= FIRST + 5; to++) {
        List<Long> expected = new ArrayList<>();
        for (long seq = from; seq <= Math.min(to, FIRST + 4); seq++) {
          expected.add(seq);
        }
        assertThat(seqs(dump(storage, from, to, Frames.NONE))).isEqualTo(expected);
      }
    }
  }

  /** A range inside a long segment is found by its index, and not cut short by it. */
  @Test
  void dump_ofARangeInALongSegment() {
    MemoryStorage storage = new MemoryStorage();
    try (TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.NEVER, 2 << 20))) {
      for (int i = 0; i < 30; i++) {
        log.append(Events.identity(i, 100_000));
      }
    }
    assertThat(storage.names(".log")).hasSize(2);
    for (int from = 0; from < 20; from++) {
      for (int to = from; to < 20; to++) {
        assertThat(seqs(dump(storage, FIRST + from, FIRST + to, Frames.NONE)))
            .hasSize(to - from + 1)
            .startsWith(FIRST + from)
            .endsWith(FIRST + to);
      }
    }
    storage.flip(OLDEST, 8L * 1_000_000);
    List<String> lines = dump(storage, FIRST + 8, FIRST + 11, Frames.NONE);
    assertThat(lines).anyMatch(line -> line.startsWith("# " + OLDEST + " is damaged from byte "));
  }

  @Test
  void dump_columns() {
    MemoryStorage storage = new MemoryStorage();
    try (TestLog log = new TestLog(storage, TestLog.batch())) {
      log.append(
          Events.received(Events.commit(1), 1717243200000001L),
          Events.identity(2, 3),
          Events.raw(Gen.of(1), 20));
    }
    List<String> lines = dump(storage, 0, Long.MAX_VALUE, Frames.JSON);
    assertThat(lines.getFirst())
        .startsWith(
            FIRST
                + "\t7\t2024-06-01T12:00:00.000001Z\tcommit\tdid:plc:ewvi7nxzyoun6zhxrhs64oiz\t"
                + "3jzfcijpj2z2a\t"
                + Events.commit(1).frameLength()
                + "\t-\t{\"ops\":[],")
        .contains("\"seq\":" + FIRST);
    assertThat(lines.get(1)).contains("\tidentity\t", "\t-\t", "\"filler\":{\"$bytes\":\"AAAA\"}");
    String raw = Events.message(Events.raw(Gen.of(1), 20), FIRST + 2).toHex().substring(4);
    assertThat(lines.get(2)).endsWith("\t" + raw);
    assertThat(dump(storage, FIRST + 2, FIRST + 2, Frames.HEX).getFirst()).endsWith("\t" + raw);
  }
}
