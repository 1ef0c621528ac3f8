// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FormatsDoc;
import dev.atprotojava.relay.FormatsDoc.Field;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.sync.AccountStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * The part of {@code docs/formats.md} about the log, against the files that the log writes. Catches
 * a page that says something else than the code.
 */
class FormatsDocTest {
  private static final long FIRST = LogOptions.LOWEST_SEQ;
  private static final String SEGMENT = SegmentLayout.fileName(FIRST);
  private static final FormatsDoc DOC = FormatsDoc.read();

  /** Reads fields by what the page says. */
  private record Fields(Map<String, Field> fields, ByteBuffer in) {
    static Fields of(String heading, byte[] bytes, int at) {
      ByteBuffer in = ByteBuffer.wrap(bytes, at, bytes.length - at).slice();
      return new Fields(DOC.fields(heading), in.order(ByteOrder.LITTLE_ENDIAN));
    }

    Field field(String name) {
      Field field = fields.get(name);
      assertThat(field).as(name).isNotNull();
      return field;
    }

    long number(String name) {
      return field(name).in(in);
    }

    String text(String name) {
      return new String(field(name).bytesIn(in), StandardCharsets.US_ASCII);
    }

    long checksum(int from, int length) {
      CRC32C crc = new CRC32C();
      crc.update(in.slice(from, length));
      return crc.getValue();
    }
  }

  private static MemoryStorage written() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.log.setEpoch(5, 2);
    log.append(Events.received(Events.commit(300), log.clock.micros() + 5));
    return storage;
  }

  @Test
  void segmentHeader() {
    Fields header = Fields.of("Segment header", written().bytes(SEGMENT), 0);
    assertThat(header.text("magic")).isEqualTo("ATRELAYL");
    assertThat(header.number("version")).isEqualTo(SegmentLayout.VERSION);
    assertThat(header.number("header length")).isEqualTo(SegmentLayout.HEADER);
    assertThat(header.number("first seq")).isEqualTo(FIRST);
    assertThat(header.number("key id")).isEqualTo(TestLog.KEY_ID);
    assertThat(header.number("created")).isEqualTo(new TestLog.Clock().micros());
    assertThat(header.field("zeros").bytesIn(header.in)).containsOnly(0);
    assertThat(header.number("checksum")).isEqualTo(header.checksum(0, 60));
    assertThat(header.field("checksum").at() + header.field("checksum").bytes())
        .isEqualTo(SegmentLayout.HEADER);
  }

  @Test
  void record() {
    byte[] segment = written().bytes(SEGMENT);
    Fields record = Fields.of("Record", segment, SegmentLayout.HEADER);
    byte[] message = Events.message(Events.commit(300), FIRST).toByteArray();
    int length = (int) record.number("length");
    assertThat(length).isEqualTo(RecordLayout.PAYLOAD - 8 + message.length);
    assertThat(record.number("checksum")).isEqualTo(record.checksum(8, length));
    assertThat(record.number("seq")).isEqualTo(FIRST);
    assertThat(record.number("received")).isEqualTo(new TestLog.Clock().micros() + 5);
    assertThat(record.number("kind")).isEqualTo(EventKind.COMMIT.code());
    assertThat(record.number("flags")).isEqualTo(RecordLayout.FLAG_VERIFIED);
    assertThat(record.number("status")).isZero();
    assertThat(record.number("websocket header length")).isEqualTo(4);
    assertThat(record.number("host")).isEqualTo(7);
    assertThat(record.number("epoch")).isEqualTo(3);
    assertThat(record.number("mark")).isEqualTo(TestLog.KEY_ID & 0xffffffffL);
    assertThat(record.number("upstream seq")).isEqualTo(300);
    assertThat(record.number("rev")).isEqualTo(Events.REV.value());
    assertThat(record.number("did hash")).isEqualTo(Events.KEY.hash(Events.DID).low());
    byte[] digest = new byte[32];
    Events.DATA.writeDigest(digest, 0);
    assertThat(record.field("data").bytesIn(record.in)).isEqualTo(digest);
    byte[] payload = new byte[message.length];
    record.in.get(record.field("payload").at(), payload);
    assertThat(payload).isEqualTo(message);
  }

  /** The constants, each by the name that the page gives it. */
  @Test
  void record_offsetsAreTheConstants() {
    Map<String, Integer> constants = new HashMap<>();
    constants.put("length", RecordLayout.LENGTH);
    constants.put("checksum", RecordLayout.CRC);
    constants.put("seq", RecordLayout.SEQ);
    constants.put("received", RecordLayout.RECEIVED);
    constants.put("kind", RecordLayout.KIND);
    constants.put("flags", RecordLayout.FLAGS);
    constants.put("status", RecordLayout.STATUS);
    constants.put("websocket header length", RecordLayout.WS_HEADER);
    constants.put("host", RecordLayout.HOST);
    constants.put("epoch", RecordLayout.EPOCH);
    constants.put("mark", RecordLayout.MARK);
    constants.put("upstream seq", RecordLayout.UPSTREAM_SEQ);
    constants.put("rev", RecordLayout.REV);
    constants.put("did hash", RecordLayout.DID_HASH);
    constants.put("data", RecordLayout.DATA);
    constants.put("payload", RecordLayout.PAYLOAD);
    Map<String, Integer> drawn = new HashMap<>();
    DOC.fields("Record").forEach((name, field) -> drawn.put(name, field.at()));
    assertThat(drawn).isEqualTo(constants);
  }

  @Test
  void numbersOfKindsFlagsAndStatuses() {
    Map<String, String> kinds = new HashMap<>();
    for (EventKind kind : EventKind.values()) {
      kinds.put(lower(kind), String.valueOf(kind.code()));
    }
    assertThat(DOC.table("kind")).isEqualTo(kinds);
    assertThat(DOC.table("flag"))
        .isEqualTo(
            Map.of(
                "verified", String.valueOf(RecordLayout.FLAG_VERIFIED),
                "waived", String.valueOf(RecordLayout.FLAG_WAIVED),
                "erased", String.valueOf(RecordLayout.FLAG_ERASED)));
    Map<String, String> upstream = new HashMap<>();
    for (AccountStatus status : AccountStatus.values()) {
      upstream.put(lower(status), String.valueOf(StatusByte.of(status, LocalStatus.ACTIVE)));
    }
    assertThat(DOC.table("host's word")).isEqualTo(upstream);
    Map<String, String> local = new HashMap<>();
    for (LocalStatus status : LocalStatus.values()) {
      local.put(lower(status), String.valueOf(StatusByte.of(AccountStatus.ACTIVE, status) >> 4));
    }
    assertThat(DOC.table("relay's decision")).isEqualTo(local);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The example is what the log writes: {@link LogFormatTest} has the same bytes. */
  @Test
  void example() {
    String hex = DOC.code("hex").replaceAll("\\s", "");
    assertThat(hex).isEqualTo(LogFormatTest.segment());
    MemoryStorage storage = new MemoryStorage();
    storage.put(SEGMENT, HexFormat.of().parseHex(hex));
    LogReport.Segment segment = LogInspector.verify(storage, "here").segments().getFirst();
    assertThat(segment.records()).isEqualTo(2);
    assertThat(DOC.text()).contains("A segment of " + segment.bytes() + " bytes with two records");
  }

  @Test
  void index() throws Exception {
    SegmentIndex index = new SegmentIndex();
    index.add(FIRST, 64);
    index.add(FIRST + 9, 64 + SegmentIndex.STRIDE - 8);
    index.add(FIRST + 10, 64 + SegmentIndex.STRIDE);
    MemoryStorage storage = new MemoryStorage();
    index.save(storage, FIRST, 600_000);
    byte[] bytes = storage.bytes(SegmentIndex.fileName(FIRST));
    Fields head = Fields.of("Index", bytes, 0);
    assertThat(head.text("magic")).isEqualTo("ATRELAYI");
    assertThat(head.number("version")).isZero();
    assertThat(head.number("count")).isEqualTo(2);
    assertThat(head.number("segment size")).isEqualTo(600_000);
    int entries = head.field("entries").at();
    assertThat(head.in.getLong(entries + 16)).isEqualTo(FIRST + 10);
    assertThat(head.in.getLong(entries + 24)).isEqualTo(64 + SegmentIndex.STRIDE);
    assertThat(head.in.getInt(entries + 32)).isEqualTo((int) head.checksum(0, bytes.length - 4));
    assertThat(bytes).hasSize(entries + 2 * 16 + 4);
    assertThat(DOC.text()).contains(grouped(SegmentIndex.STRIDE) + " bytes or more behind");
  }

  @Test
  void reservation() {
    byte[] bytes = written().bytes(SeqReservation.FILE);
    Fields head = Fields.of("Reservation", bytes, 0);
    assertThat(head.text("magic")).isEqualTo("ATRELAYR");
    assertThat(head.number("version")).isZero();
    assertThat(head.number("closed")).isZero();
    assertThat(head.number("reserved until")).isEqualTo(FIRST + SeqReservation.BLOCK);
    assertThat(head.number("key id")).isEqualTo(TestLog.KEY_ID);
    assertThat(head.number("hosts")).isEqualTo(1);
    int epochs = head.field("epochs").at();
    assertThat(head.in.getInt(epochs)).isEqualTo(5);
    assertThat(head.in.getInt(epochs + 4)).isEqualTo(2);
    assertThat(head.in.getInt(epochs + 8)).isEqualTo((int) head.checksum(0, bytes.length - 4));
    assertThat(bytes).hasSize(epochs + 8 + 4);
    assertThat(DOC.text())
        .contains("reserved in blocks of " + grouped(SeqReservation.BLOCK) + ";")
        .contains("A frame has at most " + grouped(RecordLayout.MAX_FRAME) + " bytes")
        .contains(grouped(LogOptions.defaults().segmentBytes()) + " bytes by default");
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  @Test
  void files() {
    assertThat(DOC.table("file").keySet())
        .containsExactlyInAnyOrder(
            "`" + SEGMENT + "`",
            "`" + SEGMENT + LogEraser.SUFFIX + "`",
            "`" + SegmentIndex.fileName(FIRST) + "`",
            "`" + SeqReservation.FILE + "`",
            "`reservation.new`",
            "`lock`");
  }

  /** What the operator is told, word for word. */
  @Test
  void refusals() {
    for (String name : new String[] {SEGMENT, SeqReservation.FILE}) {
      MemoryStorage version = written();
      byte[] bytes = version.bytes(name);
      bytes[8] = 1;
      version.put(name, bytes);
      String sentence = refusal(() -> new TestLog(version, TestLog.batch()));
      assertThat(DOC.text()).contains(sentence.replace(SeqReservation.FILE, SEGMENT));
    }
    MemoryStorage foreign = new MemoryStorage();
    foreign.put("evts-1.dat", new byte[1]);
    assertThat(DOC.text()).contains(refusal(() -> new TestLog(foreign, TestLog.batch())));
    MemoryStorage other = written();
    long otherKey = new DidHash.Key(1, 2).id();
    assertThat(DOC.text())
        .contains(
            refusal(
                () ->
                    SegmentedEventLog.open(
                        other,
                        TestLog.batch(),
                        otherKey,
                        new TestLog.Clock(),
                        new LiveTail(1 << 20, 1 << 16))));
  }

  private static String refusal(Runnable start) {
    Throwable refused = catchThrowable(start::run);
    assertThat(refused).isInstanceOf(RelayException.class);
    return String.valueOf(refused.getMessage());
  }
}
