// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The files to the byte, as {@link RecordLayout}, {@link SegmentLayout}, {@link SegmentIndex} and
 * {@link SeqReservation} draw them. The bytes here were made by another program from the drawings.
 * Catches a change of the format that leaves its number as it was.
 */
class LogFormatTest {
  private static final long FIRST = LogOptions.LOWEST_SEQ;
  private static final String SEGMENT = "0000000004294967296.log";
  private static final String INDEX = "0000000004294967296.idx";

  private static final String HEADER =
      "415452454c41594c000000004000000000000000010000000427d47884de98b9"
          + "00d0edd6d21906000000000000000000000000000000000000000000db7a0f71";

  private static final String COMMIT =
      "6600000042bc29d3000000000100000001d0edd6d21906000101000207000000"
          + "030000000427d4782c01000000000000067cf0ea7368fd172f47605dec137639"
          + "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"
          + "820ca01b0000000100000000ffee0000";

  /** Of an account without a repository, taken down there and here, waived. */
  private static final String ACCOUNT =
      "6300000071cf51ab010000000100000001d0edd6d21906000402130200000000"
          + "000000000427d478000000000000000000000000000000002f47605dec137639"
          + "0000000000000000000000000000000000000000000000000000000000000000"
          + "82091b00000001000000010000000000";

  private static final String RESERVED =
      "415452454c415952000000000000000000001000010000000427d47884de98b9" + "00000000f0e86f8e";

  private static final String CLOSED =
      "415452454c415952000000000100000002000000010000000427d47884de98b9"
          + "020000000500000001000000090000000200000004942e96";

  /** A whole segment in hexadecimal; {@code docs/formats.md} has the same. */
  static String segment() {
    return HEADER + COMMIT + ACCOUNT;
  }

  private static OutboundEvent commit() {
    return Events.received(
        Events.event(
            EventKind.COMMIT, new EncodedFrame(Bytes.fromHex("a019012cffee"), 1, 3, true), 300),
        1717243200000001L);
  }

  private static OutboundEvent account() {
    AccountRecord after =
        new AccountRecord(
            1,
            Events.DID,
            Events.KEY.hash(Events.DID),
            7,
            AccountStatus.TAKENDOWN,
            LocalStatus.TAKENDOWN,
            true,
            null);
    EncodedFrame frame = new EncodedFrame(Bytes.fromHex("00"), 0, 1, true);
    return new OutboundEvent(
        EventKind.ACCOUNT, frame, new Events.From(0, 0, 0), after, true, 5, 0, 1);
  }

  private static MemoryStorage written() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.append(commit(), account());
    return storage.afterKill();
  }

  @Test
  void segment_isAsDrawn() {
    assertThat(hex(written().bytes(SEGMENT))).isEqualTo(segment());
  }

  @Test
  void recordHeader_readsWhatWasWritten() {
    ByteBuffer in =
        ByteBuffer.wrap(HexFormat.of().parseHex(COMMIT + ACCOUNT)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(RecordHeader.read(in, 0))
        .isEqualTo(
            new RecordHeader(
                FIRST,
                1717243200000001L,
                EventKind.COMMIT,
                false,
                false,
                AccountStatus.ACTIVE,
                LocalStatus.ACTIVE,
                7,
                3,
                300,
                Events.REV.value(),
                Events.KEY.hash(Events.DID).low()));
    assertThat(RecordHeader.read(in, RecordLayout.sizeAt(in, 0)))
        .isEqualTo(
            new RecordHeader(
                FIRST + 1,
                1717243200000001L,
                EventKind.ACCOUNT,
                true,
                false,
                AccountStatus.TAKENDOWN,
                LocalStatus.TAKENDOWN,
                0,
                0,
                0,
                0,
                Events.KEY.hash(Events.DID).low()));
  }

  @Test
  void reservation_isAsDrawn() {
    MemoryStorage storage = written();
    assertThat(hex(storage.bytes(SeqReservation.FILE))).isEqualTo(RESERVED);
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    log.log.setEpoch(9, 2);
    log.log.setEpoch(5, 1);
    log.append(commit(), account());
    log.close();
    assertThat(hex(log.storage.bytes(SeqReservation.FILE))).isEqualTo(CLOSED);
  }

  @Test
  void index_isAsDrawn() throws Exception {
    SegmentIndex index = new SegmentIndex();
    index.add(FIRST, 64);
    index.add(FIRST + 1, 64 + 200_000);
    index.add(FIRST + 2, 64 + 400_000);
    MemoryStorage storage = new MemoryStorage();
    index.save(storage, FIRST, 64 + 600_000);
    assertThat(hex(storage.bytes(INDEX)))
        .isEqualTo(
            "415452454c415949000000000200000000280900000000000000000001000000"
                + "40000000000000000200000001000000c01a06000000000078d29711");
  }

  /** Digits of another script in a name would be another name after a change of the locale. */
  @Test
  void fileName_isTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(SegmentLayout.fileName(FIRST)).isEqualTo(SEGMENT);
      assertThat(SegmentIndex.fileName(FIRST)).isEqualTo(INDEX);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void firstSeqOf_knowsOnlyItsOwnNames() {
    assertThat(SegmentLayout.firstSeqOf(SEGMENT)).isEqualTo(FIRST);
    for (String other :
        List.of("9999999999999999999.log", "4294967296.log", INDEX, SEGMENT + "x", "reservation")) {
      assertThat(SegmentLayout.firstSeqOf(other)).as(other).isEqualTo(-1);
    }
    assertThat(SegmentIndex.firstSeqOf(INDEX)).isEqualTo(FIRST);
    assertThat(SegmentIndex.firstSeqOf(SEGMENT)).isEqualTo(-1);
  }

  /** RFC 6455 section 5.2: the shortest form of a length, as a client may require. */
  @ParameterizedTest
  @CsvSource({
    "0, 8200",
    "125, 827d",
    "126, 827e007e",
    "65535, 827effff",
    "65536, 827f0000000000010000",
    "5000000, 827f00000000004c4b40"
  })
  void putWsHeader_usesTheShortestLength(int length, String expected) {
    ByteBuffer out = ByteBuffer.allocate(10);
    RecordLayout.putWsHeader(out, 0, length);
    assertThat(hex(Arrays.copyOf(out.array(), RecordLayout.wsHeaderLength(length))))
        .isEqualTo(expected);
  }

  /** The lengths that the WebSocket header changes at, and the largest frame, through the log. */
  @ParameterizedTest
  @CsvSource({"125", "126", "65535", "65536", "4999999", "5000000"})
  void append_framesAtTheBoundaries(int length) {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    OutboundEvent event =
        Events.event(
            EventKind.SYNC, new EncodedFrame(Bytes.wrap(new byte[length - 8]), 3, 1, true), 1);
    assertThat(event.frameLength()).isEqualTo(length);
    long seq = log.append(event);
    assertThat(Stored.ofCold(log.reader, 0).getFirst().message())
        .isEqualTo(Events.message(event, seq));
  }

  // Refusals.

  private static void assertRefused(MemoryStorage storage, String... words) {
    MemoryStorage before = storage.afterKill();
    assertThatThrownBy(() -> new TestLog(storage, TestLog.batch()))
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> {
              assertThat(e.category()).isEqualTo(RelayException.Category.REFUSED);
              assertThat(e.getMessage()).contains(words).contains(" ").doesNotContain("null");
            });
    assertThat(storage.names("")).isEqualTo(before.names(""));
    for (String name : storage.names("")) {
      assertThat(storage.bytes(name)).as(name).isEqualTo(before.bytes(name));
    }
    assertThat(storage.openFiles()).isZero();
  }

  private static void change(MemoryStorage storage, String name, Consumer<ByteBuffer> change) {
    ByteBuffer bytes = ByteBuffer.wrap(storage.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    change.accept(bytes);
    storage.put(name, bytes.array());
  }

  /** Whatever another version has behind its number, it is named by it. */
  @Test
  void open_refusesAnotherVersion() {
    for (String name : List.of(SEGMENT, SeqReservation.FILE)) {
      MemoryStorage storage = written();
      change(storage, name, bytes -> bytes.putInt(8, 1));
      assertRefused(storage, name, "log format 1", "format 0 only", "Use the relay that wrote it");
    }
  }

  @Test
  void open_refusesAnotherKey() {
    MemoryStorage storage = written();
    long other = new DidHash.Key(1, 2).id();
    assertThatThrownBy(
            () ->
                SegmentedEventLog.open(
                    storage,
                    TestLog.batch(),
                    other,
                    new TestLog.Clock(),
                    new LiveTail(1 << 20, 1 << 16)))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("not of the same relay");
    MemoryStorage mixed = written();
    MemoryStorage foreign = new MemoryStorage();
    SegmentedEventLog.open(
            foreign, TestLog.batch(), other, new TestLog.Clock(), new LiveTail(1 << 20, 1 << 16))
        .close();
    mixed.put(SEGMENT, foreign.bytes(SEGMENT));
    assertRefused(mixed, SEGMENT, "not of the same relay");
  }

  @Test
  void open_refusesAForeignDirectory() {
    MemoryStorage storage = new MemoryStorage();
    storage.put("evts-1.dat", new byte[10]);
    assertRefused(storage, "evts-1.dat", "RELAY_PERSIST_DIR", "import-indigo");
  }

  /** Without it a new log would begin at the lowest number again. */
  @Test
  void open_refusesSegmentsWithoutAReservation() {
    MemoryStorage storage = new MemoryStorage();
    storage.put(SEGMENT, written().bytes(SEGMENT));
    assertRefused(storage, "reservation", "RELAY_INITIAL_SEQ_NUMBER");
  }

  /** Every damage of the reservation stops the start: a number in doubt is not given out. */
  @Test
  void open_refusesADamagedReservation() {
    byte[] whole = written().bytes(SeqReservation.FILE);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      MemoryStorage storage = written();
      storage.flip(SeqReservation.FILE, bit);
      boolean version = bit >= 64 && bit < 96;
      assertRefused(storage, "reservation", version ? "log format" : "damaged");
    }
    for (int size = 0; size < whole.length; size++) {
      MemoryStorage storage = written();
      storage.put(SeqReservation.FILE, Arrays.copyOf(whole, size));
      assertRefused(storage, "reservation", "damaged");
    }
    MemoryStorage longer = written();
    longer.put(SeqReservation.FILE, Arrays.copyOf(whole, whole.length + 8));
    assertRefused(longer, "damaged");
  }

  /** The newest segment and an old one: what stands in a damaged header is in doubt. */
  @Test
  void open_refusesADamagedSegmentHeader() {
    for (int bit = 0; bit < 64 * 8; bit++) {
      MemoryStorage storage = written();
      storage.flip(SEGMENT, bit);
      boolean version = bit >= 64 && bit < 96;
      assertRefused(storage, SEGMENT, version ? "log format" : "Check the disk");
    }
    MemoryStorage two = new MemoryStorage();
    TestLog log = new TestLog(two, TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    log.append(Events.identity(1, 5000));
    log.append(Events.identity(2, 1));
    log.close();
    assertThat(two.names(".log")).hasSize(2);
    two.flip(SEGMENT, 100);
    String newest = two.names(".log").getLast();
    two.put(newest, Arrays.copyOf(two.bytes(newest), 100)); // which must not be mended then
    two.put(SegmentIndex.fileName(1), new byte[1]);
    assertRefused(two, SEGMENT, "Check the disk");
  }

  @Test
  void open_refusesASegmentThatWasRenamed() {
    MemoryStorage storage = written();
    String wrong = "0000000004294967999.log";
    storage.put(wrong, storage.bytes(SEGMENT));
    assertRefused(storage, wrong, "was " + SEGMENT);
  }

  @Test
  void exists_isTrueOnceTheReservationIsThere() throws Exception {
    MemoryStorage storage = new MemoryStorage();
    assertThat(SegmentedEventLog.exists(storage)).isFalse();
    new TestLog(storage, TestLog.batch());
    assertThat(SegmentedEventLog.exists(storage)).isTrue();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
