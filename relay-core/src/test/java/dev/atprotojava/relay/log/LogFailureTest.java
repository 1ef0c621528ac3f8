// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.MemoryStorage.Operation;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A write or a force that failed once says that nobody knows what is on the disk (invariant 9).
 * Catches a second try, which would succeed and hide it.
 */
class LogFailureTest {
  private static void assertFatal(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> assertThat(e.category()).isEqualTo(RelayException.Category.FATAL));
  }

  private static void assertDead(TestLog log, long seen) {
    assertFatal(log::append);
    assertFatal(log.log::force);
    assertFatal(log.log::retain);
    assertFatal(() -> log.log.setEpoch(1, 1));
    assertThat(log.tail.lastSeq()).isEqualTo(seen);
    assertThat(log.log.durableSeq()).isLessThanOrEqualTo(seen);
    assertThat(Stored.ofCold(log.reader, 0)).last().extracting(Stored::seq).isEqualTo(seen);
    log.close();
    assertThat(log.storage.openFiles()).isZero();
    // It was not closed in good order, so the numbers that may be on the disk are not used again.
    TestLog next = new TestLog(log.storage.afterKill(), TestLog.batch());
    assertThat(next.log.nextSeq()).isEqualTo(LogOptions.LOWEST_SEQ + SeqReservation.BLOCK);
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"APPEND", "FORCE"})
  void append_failsForEver(Operation operation) {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    long seen = log.append();
    log.storage.failAfter(operation, 0);
    assertFatal(log::append);
    assertDead(log, seen);
  }

  /** Each operation of a roll may fail: force, index, header, directory. */
  @Test
  void append_failsForEver_whereverRollingFails() {
    Operation[] failing = {
      Operation.FORCE, Operation.CREATE, Operation.APPEND, Operation.SYNC_DIRECTORY
    };
    for (Operation operation : failing) {
      for (int calls = 0; calls < 2; calls++) {
        TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 12));
        long seen = log.append(Events.identity(1, 5000));
        log.storage.failAfter(operation, operation == Operation.SYNC_DIRECTORY ? 0 : calls);
        assertFatal(log::append);
        assertDead(log, seen);
      }
    }
  }

  @Test
  void force_failsForEver() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.INTERVAL, 1 << 20));
    long seen = log.append();
    long durable = log.log.durableSeq();
    log.storage.failAfter(Operation.FORCE, 0);
    assertFatal(log.log::force);
    assertThat(log.log.durableSeq()).isEqualTo(durable);
    assertDead(log, seen);
  }

  @Test
  void setEpoch_failsForEver() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    long seen = log.append();
    log.storage.failAfter(Operation.RENAME, 0);
    assertFatal(() -> log.log.setEpoch(4, 1));
    assertDead(log, seen);
  }

  @Test
  void retain_failsForEver() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.options(FsyncPolicy.BATCH, 1 << 12));
    for (int i = 0; i < 3; i++) {
      log.append(Events.identity(1, 5000));
    }
    log.storage.volumeBytes(1);
    log.storage.failAfter(Operation.DELETE, 0);
    assertFatal(log.log::retain);
    assertFatal(log::append);
  }

  /**
   * Also what is no trouble of the disk: half a batch may be written, and must not be published.
   */
  @Test
  void append_failsForEver_afterABrokenEvent() {
    TestLog log =
        new TestLog(
            new MemoryStorage(),
            TestLog.batch(),
            new TestLog.Clock(),
            new LiveTail(1 << 20, 1 << 10));
    long seen = log.append();
    OutboundEvent broken =
        Events.event(EventKind.COMMIT, new EncodedFrame(Bytes.wrap(new byte[20]), 18, 9, true), 1);
    Gen gen = Gen.of(1);
    assertFatal(() -> log.log.append(List.of(Events.raw(gen, 900), Events.raw(gen, 900), broken)));
    assertDead(log, seen);
  }

  /** A disk that fails while a log is opened: the start fails with a sentence, not with a trace. */
  @Test
  void open_failsWithASentence() {
    for (Operation operation : Operation.values()) {
      MemoryStorage storage = new MemoryStorage();
      try (TestLog log = new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 12))) {
        log.append(Events.identity(1, 5000));
        log.append(Events.identity(2, 10), Events.identity(3, 10));
      }
      MemoryStorage failing = storage.afterKill();
      if (operation == Operation.DELETE || operation == Operation.TRUNCATE) {
        failing.put(SegmentIndex.fileName(1), new byte[1]);
        String newest = failing.names(".log").getLast();
        failing.put(newest, Arrays.copyOf(failing.bytes(newest), 300)); // within the second
      }
      failing.failAfter(operation, 0);
      assertThatThrownBy(() -> new TestLog(failing, TestLog.batch()))
          .as(operation.name())
          .isInstanceOf(RelayException.class)
          .hasMessageContaining("the event log cannot be opened")
          .hasMessageContaining("injected: " + operation);
    }
  }
}
