// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.testing.Gen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is appended is what is read, from memory, from the files, and after a restart. */
class LogAppendTest {
  private static final int LARGEST = 5_000_000;

  /** Catches a byte lost or moved at the end of a slab, a chunk, a segment or a batch. */
  @Test
  void append_isReadBackEverywhere() {
    Gen.forAll(
        150,
        gen -> {
          MemoryStorage storage = new MemoryStorage();
          int slabBytes = gen.oneOf(1 << 10, 1 << 13, 1 << 16);
          LiveTail tail = new LiveTail(1 << 26, slabBytes);
          LogOptions options =
              TestLog.options(
                  gen.oneOf(FsyncPolicy.values()), gen.oneOf(1 << 12, 1 << 15, 1 << 20));
          List<Stored> expected = new ArrayList<>();
          TestLog first = new TestLog(storage, options, new TestLog.Clock(), tail);
          for (int batches = gen.between(1, 12); batches > 0; batches--) {
            appendBatch(gen, first, slabBytes, expected);
          }
          assertThat(Stored.ofTail(tail, LogOptions.LOWEST_SEQ - 1)).isEqualTo(expected);
          assertThat(Stored.ofCold(first.reader, 0)).isEqualTo(expected);
          assertThat(Stored.ofStorage(storage)).isEqualTo(expected);
          first.close();
          TestLog second = new TestLog(storage, options);
          assertThat(Stored.ofCold(second.reader, 0)).isEqualTo(expected);
          assertThat(second.log.nextSeq()).isEqualTo(expected.getLast().seq() + 1);
          second.close();
          assertThat(storage.openFiles()).isZero();
        });
  }

  private static void appendBatch(Gen gen, TestLog log, int slabBytes, List<Stored> expected) {
    List<OutboundEvent> batch = new ArrayList<>();
    for (int events = gen.between(1, 8); events > 0; events--) {
      batch.add(Events.raw(gen, length(gen, slabBytes)));
    }
    long seq = log.log.append(batch);
    for (OutboundEvent event : batch) {
      long time = event.receivedMicros();
      long last = expected.isEmpty() ? 0 : expected.getLast().receivedMicros();
      expected.add(new Stored(seq, Math.max(time, last), Events.message(event, seq)));
      seq++;
    }
  }

  /** Small ones, those that just fill a slab or a WebSocket length, and seldom very large ones. */
  private static int length(Gen gen, int slabBytes) {
    return switch (gen.nextInt(gen.size() > 80 ? 6 : 5)) {
      case 0 -> gen.between(2, 40);
      case 1 -> gen.between(110, 140);
      case 2 -> Math.max(2, slabBytes - gen.between(96, 130));
      case 3 -> gen.between(65_500, 65_560);
      case 4 -> gen.between(2, 4000);
      default -> gen.oneIn(8) ? LARGEST - 8 : gen.between(100_000, 700_000);
    };
  }

  /** Catches a seq spliced to the wrong place or in the wrong form. */
  @Test
  void append_putsTheNumberIntoTheFrame() {
    long[] upstream = {1, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffffL, 1L << 32, (1L << 53) - 1};
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    for (long theirs : upstream) {
      OutboundEvent event = Events.identity(theirs, 300);
      long seq = log.append(event);
      Stored stored = Stored.ofTail(log.tail, seq - 1).getFirst();
      Bytes message = stored.message();
      Bytes frame = message.slice(4, message.length() - 4);
      RepoEvent read = ((Frame.Message) new FrameCodec().decode(frame)).event();
      assertThat(((RepoEvent.Sequenced) read).seq()).isEqualTo(seq).isEqualTo(stored.seq());
      assertThat(((RepoEvent.Sequenced) read).source().canonical()).isTrue();
      assertThat(frame.length()).isEqualTo(event.frameLength());
    }
  }

  /** A lane that was slow and a clock that was set back must not make times fall. */
  @Test
  void append_timesNeverGoBack() {
    MemoryStorage storage = new MemoryStorage();
    LogOptions options = TestLog.options(FsyncPolicy.BATCH, 1 << 12);
    TestLog log = new TestLog(storage, options);
    log.append(Events.received(Events.identity(1, 2000), 5_000_000));
    log.append(
        Events.received(Events.identity(2, 2000), 4_000_000),
        Events.received(Events.identity(3, 2000), 6_000_000));
    log.append(Events.received(Events.identity(4, 100), 1_000_000));
    log.close();
    TestLog again = new TestLog(storage, options);
    again.append(Events.received(Events.identity(5, 100), 2_000_000));
    assertThat(Stored.ofStorage(storage).stream().map(Stored::receivedMicros))
        .containsExactly(5_000_000L, 5_000_000L, 6_000_000L, 6_000_000L, 6_000_000L);
    assertThat(storage.names(".log")).hasSizeGreaterThan(1);
  }

  /** The number by which FutureCursor is decided is the next one, also before anything is there. */
  @Test
  void nextSeq_isTheNextToBeGiven() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    assertThat(log.log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ);
    assertThat(log.append(Events.identity(1, 1), Events.identity(2, 1)))
        .isEqualTo(LogOptions.LOWEST_SEQ);
    assertThat(log.log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ + 2);
    assertThat(log.tail.lastSeq()).isEqualTo(LogOptions.LOWEST_SEQ + 1);
  }

  @Test
  void nextSeq_isRaisedByAFloor() {
    LogOptions options =
        new LogOptions(FsyncPolicy.BATCH, 1 << 20, Duration.ofDays(3), 0, 9_000_000_000L);
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.append();
    log.close();
    TestLog raised = new TestLog(storage, options);
    assertThat(raised.append()).isEqualTo(9_000_000_000L);
    raised.close();
    assertThat(new TestLog(storage, TestLog.batch()).append()).isEqualTo(9_000_000_001L);
  }

  /** The store may apply what is durable and nothing more (invariant 1). */
  @Test
  void durableSeq_followsThePolicy() {
    for (FsyncPolicy policy : FsyncPolicy.values()) {
      MemoryStorage storage = new MemoryStorage();
      TestLog log = new TestLog(storage, TestLog.options(policy, 1 << 20));
      long before = log.log.durableSeq();
      long seq = log.append();
      assertThat(log.log.durableSeq()).isEqualTo(policy == FsyncPolicy.BATCH ? seq : before);
      log.log.force();
      assertThat(log.log.durableSeq()).isEqualTo(seq);
      assertThat(Stored.ofStorage(storage.afterPowerLoss()).getLast().seq()).isEqualTo(seq);
    }
  }

  /** Under BATCH nobody may see what a power loss could still take. */
  @Test
  void append_isDurableBeforeItIsSeen() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    List<Long> seen = new ArrayList<>();
    log.tail.addListener(
        () -> {
          seen.add(log.tail.lastSeq());
          assertThat(Stored.ofStorage(storage.afterPowerLoss()).getLast().seq())
              .isEqualTo(log.tail.lastSeq());
        });
    for (int i = 0; i < 20; i++) {
      long seq = log.append(Events.identity(1, 500), Events.identity(2, 500));
      assertThat(seen).last().isEqualTo(seq + 1);
    }
  }

  /** What could not be read back must not be written: it would be lost while it counts as kept. */
  @Test
  void append_refusesAFrameThatIsTooLarge() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    byte[] frame = new byte[LARGEST - 7];
    OutboundEvent event =
        Events.event(EventKind.COMMIT, new EncodedFrame(Bytes.wrap(frame), 4, 1, true), 1);
    assertThat(event.frameLength()).isEqualTo(LARGEST + 1);
    assertThatThrownBy(() -> log.append(event))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("5000001");
  }
}
