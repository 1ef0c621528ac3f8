// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.log.MemoryLog;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.testing.Gen;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A consumer of a real log, with a socket that takes what a test lets it, on the test's clock.
 * Invariant 7 and design section 9.
 */
class ConsumerSessionTest {
  private static final Consumers.Peer PEER = new Consumers.Peer("192.0.2.1", "test");
  private static final long ALL = 1 << 30;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final ManualLoop loop = new ManualLoop();
  private final ArrayDeque<Runnable> reads = new ArrayDeque<>();
  private MemoryLog log = new MemoryLog(ALL, reads::add);
  private Consumers consumers = consumers();
  private final ScriptedConsumer socket = new ScriptedConsumer();

  private Consumers consumers() {
    Consumers all =
        new Consumers(
            log.log(),
            log.tail(),
            log.reader(),
            InstantSource.fixed(Instant.parse("2024-06-01T12:00:00Z")),
            () -> loop.now);
    log.tail().addListener(all);
    return all;
  }

  @BeforeEach
  void fill() {
    log.append(100, 200, 300);
  }

  private void useLog(MemoryLog other) {
    log = other;
    consumers = consumers();
  }

  private ConsumerSession open(Cursor cursor) {
    return consumers.open(cursor, PEER, socket, loop);
  }

  /** Runs the loop and the reading of files until neither has anything to do. */
  private void settle() {
    while (true) {
      boolean ran = loop.run();
      Runnable read = reads.poll();
      if (read != null) {
        read.run();
      } else if (!ran) {
        return;
      }
    }
  }

  private void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      loop.pass(1000);
      settle();
    }
  }

  /** The socket takes so many bytes more. */
  private void take(ConsumerSession session, long bytes) {
    socket.room = bytes;
    if (socket.waits) {
      socket.waits = false;
      session.writable();
    }
    settle();
  }

  private static Frame decode(Bytes payload) {
    return new FrameCodec().decode(payload);
  }

  private void assertEndedWith(String error, int code) {
    List<ScriptedConsumer.Message> messages = socket.messages();
    ScriptedConsumer.Message word = messages.get(messages.size() - 2);
    assertThat(decode(word.payload()))
        .isInstanceOfSatisfying(Frame.Error.class, e -> assertThat(e.error()).isEqualTo(error));
    assertClose(code);
  }

  private void assertClose(int code) {
    ScriptedConsumer.Message last = socket.messages().getLast();
    assertThat(last.opcode()).isEqualTo(CLOSE);
    assertThat(ByteBuffer.wrap(last.payload().toByteArray()).getShort()).isEqualTo((short) code);
    assertThat(socket.closed).isTrue();
  }

  private void assertEnding(EndReason reason) {
    assertThat(consumers.endings(reason)).as("counted").isEqualTo(1);
    assertThat(consumers.lastEndings())
        .extracting(Consumers.Ending::reason)
        .containsExactly(reason);
    assertThat(consumers.count()).isZero();
    assertThat(socket.closed).isTrue();
  }

  // Where it begins.

  @Test
  void open_live_getsWhatComesFromNowOn() {
    long last = log.log().nextSeq() - 1;
    ConsumerSession session = open(new Cursor.Live());
    log.append(10);
    log.append(20, 5000);
    settle();
    pass(1);
    assertThat(socket.events()).isEqualTo(log.messagesAfter(last)).hasSize(3);
    assertThat(session.position()).isEqualTo(last + 3);
    assertThat(session.frames()).isEqualTo(3);
    assertThat(session.bytes()).isEqualTo(socket.bytes());
    assertThat(session.isBehind()).isFalse();
  }

  @Test
  void open_oldest_getsTheWholeWindow_unasked() {
    open(new Cursor.Oldest());
    settle();
    assertThat(socket.events()).isEqualTo(log.messagesAfter(0));
  }

  /** SC-41: a cursor of the future is an error; the next number is the first that is one. */
  @Test
  void open_future_isToldAndClosed() {
    open(new Cursor.After(log.log().nextSeq()));
    settle();
    assertEndedWith("FutureCursor", 1008);
    assertEnding(EndReason.FUTURE_CURSOR);
    assertThat(socket.messages()).hasSize(2);
  }

  @Test
  void open_atTheLastEvent_isLive() {
    open(new Cursor.After(log.log().nextSeq() - 1));
    settle();
    assertThat(socket.messages()).isEmpty();
    assertThat(socket.closed).isFalse();
  }

  /** SC-41: first the word, then the whole window. */
  @Test
  void open_outdated_isToldFirst() {
    long oldest = log.log().oldestSeq();
    open(new Cursor.After(oldest - 2));
    settle();
    assertThat(decode(socket.messages().getFirst().payload()))
        .isEqualTo(
            new Frame.Message(
                new RepoEvent.InfoEvent("OutdatedCursor", "the window begins behind the cursor")));
    assertThat(socket.events().subList(1, 4)).isEqualTo(log.messagesAfter(0));
  }

  @Test
  void open_justBeforeTheWindow_isNotOutdated() {
    open(new Cursor.After(log.log().oldestSeq() - 1));
    settle();
    assertThat(socket.events()).isEqualTo(log.messagesAfter(0));
  }

  /**
   * RL-13: from files through memory into live, at any speed and with any pieces, every event
   * behind the cursor comes once, in order, byte for byte.
   */
  @Test
  void replay_passesIntoLive_withoutGapOrRepeat() {
    Gen.forAll(
        80,
        gen -> {
          ConsumerSessionTest any = new ConsumerSessionTest();
          any.replay(gen);
        });
  }

  private void replay(Gen gen) {
    appendSome(gen, gen.between(1, 150));
    if (gen.oneIn(2)) {
      useLog(log.afterKill(reads::add));
      appendSome(gen, gen.between(1, 100));
    }
    List<Long> seqs = log.seqs();
    long cursor = gen.oneOf(seqs) + gen.between(-1, 1);
    cursor = Math.min(cursor, log.log().nextSeq() - 1);
    ConsumerSession session = open(new Cursor.After(cursor));
    for (int i = gen.between(0, 150); i > 0; i--) {
      switch (gen.nextInt(6)) {
        case 0 -> appendSome(gen, gen.between(1, 6));
        case 1 -> loop.runOne();
        case 2 -> {
          if (!reads.isEmpty()) {
            reads.poll().run();
          }
        }
        case 3 -> loop.pass(gen.between(0, 20));
        case 4 -> socket.room = gen.oneIn(3) ? gen.nextInt(20_000) : gen.nextInt(600);
        default -> {
          if (socket.waits) {
            socket.waits = false;
            session.writable();
          }
        }
      }
    }
    socket.room = Long.MAX_VALUE;
    while (session.isBehind() || socket.waits) {
      take(session, Long.MAX_VALUE);
      pass(1);
    }
    assertThat(socket.events()).isEqualTo(log.messagesAfter(cursor));
    assertThat(socket.messages()).hasSameSizeAs(socket.events());
    assertThat(socket.closed).isFalse();
    assertThat(session.bytes()).isEqualTo(socket.bytes());
  }

  private void appendSome(Gen gen, int count) {
    for (int left = count; left > 0; ) {
      int[] fillers = new int[Math.min(left, gen.between(1, 5))];
      for (int i = 0; i < fillers.length; i++) {
        fillers[i] = gen.oneIn(15) ? gen.between(3000, 80_000) : gen.nextInt(700);
      }
      log.append(fillers);
      left -= fillers.length;
    }
  }

  // How it ends.

  /** A minute with less than 64 kB, and behind: told after the message that is being written. */
  @Test
  void tick_stalledAndBehind_isTooSlow_andToldIfItReadsAgain() {
    ConsumerSession session = open(new Cursor.Oldest());
    take(session, 0);
    List<Bytes> before = log.messagesAfter(0);
    log.append(3000);
    log.append(100);
    settle();
    socket.room = 1000;
    pass(1);
    take(session, 1000);
    pass(57);
    assertThat(socket.closed).isFalse();
    pass(4);
    assertThat(socket.closed).as("five seconds to say why").isFalse();
    take(session, Long.MAX_VALUE);
    assertEndedWith("ConsumerTooSlow", 1008);
    assertEnding(EndReason.TOO_SLOW);
    List<Bytes> events = socket.events();
    assertThat(events.subList(0, 4).subList(0, 3)).isEqualTo(before);
    assertThat(events.subList(0, events.size() - 1))
        .isEqualTo(log.messagesAfter(0).subList(0, events.size() - 1));
  }

  @Test
  void tick_stalledForGood_isClosedFiveSecondsLater() {
    open(new Cursor.Oldest());
    socket.room = 0;
    log.append(3000, 100);
    settle();
    int before = socket.bytes();
    pass(59);
    assertThat(socket.closed).isFalse();
    pass(8);
    assertEnding(EndReason.TOO_SLOW);
    assertThat(socket.bytes()).isEqualTo(before);
  }

  /** What it took long ago does not count: each minute is one of its own. */
  @Test
  void tick_fastAtFirst_thenStalled_isTooSlowToo() {
    for (int i = 0; i < 100; i++) {
      log.append(60_000);
    }
    socket.room = 2_000_000;
    open(new Cursor.Oldest());
    settle();
    assertThat(socket.bytes()).isEqualTo(2_000_000);
    pass(59);
    assertThat(consumers.lastEndings()).isEmpty();
    pass(70);
    assertEnding(EndReason.TOO_SLOW);
  }

  /** Never for being far behind alone: 64 kB a minute are enough, for hours (invariant 7). */
  @Test
  void tick_slowButReading_staysHoweverFarBehind() {
    for (int i = 0; i < 200; i++) {
      log.append(60_000);
    }
    socket.room = 0;
    ConsumerSession session = open(new Cursor.Oldest());
    settle();
    for (int minute = 0; minute < 120; minute++) {
      for (int i = 0; i < 4; i++) {
        take(session, ConsumerSession.MIN_BYTES / 4);
        pass(15);
      }
    }
    assertThat(socket.closed).isFalse();
    assertThat(session.isBehind()).isTrue();
    assertThat(consumers.lastEndings()).isEmpty();
  }

  /** Whoever has everything may take its time with the rest of the last message. */
  @Test
  void tick_stalledButNotBehind_isNotTooSlow() {
    ConsumerSession session = open(new Cursor.Live());
    socket.room = 50;
    log.append(3000);
    settle();
    pass(600);
    assertThat(socket.closed).isFalse();
    take(session, Long.MAX_VALUE);
    assertThat(socket.events()).hasSize(1);
  }

  /** RL-16: silence is answered with a ping, and only silence after that with an end. */
  @Test
  void tick_silent_isPingedAndThenEnded() {
    open(new Cursor.Live());
    pass(29);
    assertThat(socket.messages()).isEmpty();
    pass(2);
    assertThat(socket.messages())
        .extracting(ScriptedConsumer.Message::opcode)
        .containsExactly(PING);
    pass(43);
    assertThat(socket.closed).as("after 74 seconds").isFalse();
    pass(2);
    assertEnding(EndReason.SILENT);
  }

  /** Any byte either way is life, a whole answer is not needed. */
  @Test
  void tick_anyByteIsASignOfLife() {
    ConsumerSession session = open(new Cursor.Live());
    byte[] pong = {(byte) 0x8a, (byte) 0x84, 0, 0, 0, 0, 1, 2, 3, 4};
    for (int i = 0; i < 100; i++) {
      pass(60);
      session.received(ByteBuffer.wrap(pong, i % pong.length, 1));
    }
    assertThat(socket.closed).isFalse();
    int pings = socket.messages().size();
    for (int i = 0; i < 20; i++) {
      pass(25);
      log.append(10);
      settle();
    }
    pass(1);
    assertThat(socket.messages()).as("no pings while events are taken").hasSize(pings + 20);
  }

  @Test
  void received_ping_isAnswered() {
    ConsumerSession session = open(new Cursor.Live());
    byte[] ping = {(byte) 0x89, (byte) 0x83, 1, 2, 3, 4, 1 ^ 'a', 2 ^ 'b', 3 ^ 'c'};
    session.received(ByteBuffer.wrap(ping));
    settle();
    ScriptedConsumer.Message pong = socket.messages().getFirst();
    assertThat(pong.opcode()).isEqualTo(PONG);
    assertThat(pong.payload()).isEqualTo(Bytes.wrap(new byte[] {'a', 'b', 'c'}));
  }

  /** Invariant 6: a consumer that pings and does not read makes no heap of pongs. */
  @Test
  void received_pingsWithoutEnd_keepABound() {
    ConsumerSession session = open(new Cursor.Live());
    socket.room = 1;
    byte[] ping = {(byte) 0x89, (byte) 0x80, 1, 2, 3, 4};
    for (int i = 0; i < 10_000; i++) {
      session.received(ByteBuffer.wrap(ping));
    }
    take(session, Long.MAX_VALUE);
    assertThat(socket.messages()).hasSizeBetween(1, 32);
  }

  @Test
  void received_nonsense_isAProtocolError() {
    ConsumerSession session = open(new Cursor.Live());
    session.received(ByteBuffer.wrap(new byte[] {(byte) 0xff, 0, 0}));
    settle();
    assertClose(1002);
    assertEnding(EndReason.PROTOCOL_ERROR);
  }

  @Test
  void received_close_isAnsweredAndCloses() {
    ConsumerSession session = open(new Cursor.Live());
    session.received(ByteBuffer.wrap(new byte[] {(byte) 0x88, (byte) 0x80, 1, 2, 3, 4}));
    settle();
    assertClose(1000);
    assertEnding(EndReason.DISCONNECTED);
  }

  @Test
  void write_toABrokenSocket_ends() {
    open(new Cursor.Live());
    socket.broken = true;
    log.append(10);
    settle();
    pass(1);
    assertEnding(EndReason.DISCONNECTED);
    log.append(10);
    pass(1);
  }

  @Test
  void close_tellsEverybody() {
    open(new Cursor.Live());
    consumers.close();
    settle();
    assertClose(1001);
    assertEnding(EndReason.SHUTDOWN);
  }

  /** Nothing is held of the log by one that stops in the middle: its memory goes round (6). */
  @Test
  void write_stoppedInTheMiddle_holdsNothing() {
    socket.room = 1100;
    ConsumerSession session = open(new Cursor.Oldest());
    settle();
    for (int i = 0; i < 500; i++) {
      log.append(2000);
    }
    assertThat(log.slabsInUse()).isLessThanOrEqualTo(5);
    take(session, Long.MAX_VALUE);
    pass(1);
    assertThat(socket.events()).isEqualTo(log.messagesAfter(0));
  }

  /** Damage: a consumer that has lost its place goes on behind a gap that it cannot see. */
  @Test
  void pump_outOfTheWindow_whileReplaying_isTold() {
    useLog(new MemoryLog(1 << 15, reads::add));
    for (int i = 0; i < 100; i++) {
      log.append(1000);
    }
    ConsumerSession session = open(new Cursor.Oldest());
    socket.room = 3000;
    while (!socket.waits) {
      if (!reads.isEmpty()) {
        reads.poll().run();
      }
      loop.run();
    }
    for (int i = 0; i < 100; i++) {
      log.append(1000);
    }
    log.retain();
    take(session, Long.MAX_VALUE);
    pass(1);
    assertEndedWith("ConsumerTooSlow", 1008);
    assertEnding(EndReason.OUT_OF_WINDOW);
    assertNoGap();
  }

  private void assertNoGap() {
    List<Bytes> events = new ArrayList<>(socket.events());
    events.removeLast(); // the error
    assertThat(events).isEqualTo(log.messagesAfter(0).subList(0, events.size()));
  }

  /** The same from memory: stalled there, it must not be taken to the beginning of the files. */
  @Test
  void pump_outOfTheWindow_whileLive_isTold() {
    useLog(new MemoryLog(1 << 15, reads::add));
    log.append(100);
    ConsumerSession session = open(new Cursor.Oldest());
    settle();
    assertThat(socket.events()).hasSize(1);
    socket.room = 500;
    log.append(1000);
    settle();
    pass(1);
    assertThat(socket.waits).as("it holds half a message from memory").isTrue();
    for (int i = 0; i < 200; i++) {
      log.append(1000);
    }
    log.retain();
    assertThat(log.log().oldestSeq()).isGreaterThan(session.position() + 1);
    take(session, Long.MAX_VALUE);
    pass(1);
    assertEndedWith("ConsumerTooSlow", 1008);
    assertEnding(EndReason.OUT_OF_WINDOW);
    assertNoGap();
  }

  /**
   * 64 kB a minute <i>while behind</i> (invariant 7). Damage: a consumer that had everything for 59
   * seconds, and is ended because a burst has just begun.
   */
  @Test
  void tick_behindOnlyNow_isNotTooSlow() {
    ConsumerSession session = open(new Cursor.Live());
    pass(59);
    socket.room = 500;
    log.append(3000, 3000, 3000);
    settle();
    pass(3);
    assertThat(session.isBehind()).isTrue();
    assertThat(consumers.endings(EndReason.TOO_SLOW)).isZero();
    take(session, Long.MAX_VALUE);
    assertThat(socket.closed).isFalse();
    assertThat(socket.events()).hasSize(3);
  }
}
