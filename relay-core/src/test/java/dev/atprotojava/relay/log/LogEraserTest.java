// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.log.Accounts.Raw;
import dev.atprotojava.relay.log.LogEraser.Outcome;
import dev.atprotojava.relay.log.MemoryStorage.Operation;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is erased, and what a crash leaves of it. Catches content that stays, a record of another
 * account that is touched, an offset that moves, and a file that is half of each.
 */
class LogEraserTest {
  private static final long ALICE = 2;

  /** An order to erase one account, that is never called off. */
  private static class OneAccount implements LogEraser.Order {
    @Override
    public boolean covers(long didHash) {
      return didHash == ALICE;
    }

    @Override
    public boolean isCalledOff() {
      return false;
    }

    @Override
    public boolean carryOut(long upToSeq, LogEraser.Step step) throws IOException {
      step.take();
      return true;
    }
  }

  private static TestLog open(MemoryStorage storage) {
    return new TestLog(storage, TestLog.options(FsyncPolicy.BATCH, 1 << 15));
  }

  private static Outcome erase(TestLog log) throws IOException {
    return new LogEraser(log.log).run(new OneAccount(), log.log.nextSeq());
  }

  private static void eraseAll(TestLog log) {
    try {
      if (erase(log) == Outcome.NOT_YET) {
        log.log.rollIfAsked();
        assertThat(erase(log)).isEqualTo(Outcome.DONE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isHers(Raw record) {
    return record.didHash() == ALICE && record.isContent();
  }

  private static void assertErased(Raw before, Raw after) {
    byte[] expected = before.withoutPayload();
    System.arraycopy(after.bytes(), 4, expected, 4, 4); // the checksum, which is right
    assertThat(after.bytes()).isEqualTo(expected);
  }

  private static void assertSame(Raw before, Raw after) {
    assertThat(after.file()).isEqualTo(before.file());
    assertThat(after.at()).isEqualTo(before.at());
    assertThat(after.bytes()).isEqualTo(before.bytes());
  }

  private static void assertEither(List<Raw> before, List<Raw> after) {
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      if (isHers(before.get(i)) && after.get(i).erased()) {
        assertErased(before.get(i), after.get(i));
      } else {
        assertSame(before.get(i), after.get(i));
      }
    }
  }

  @Test
  void run_takesTheContentOfOneAccountAndNothingElse() {
    Gen.forAll(
        60,
        gen -> {
          TestLog log = open(new MemoryStorage());
          Accounts.fill(gen, log, gen.between(1, 150));
          List<Raw> before = Accounts.records(log.storage);
          List<Stored> cached = Stored.ofCold(log.reader, 0);
          assertThat(cached).hasSameSizeAs(before);
          eraseAll(log);
          List<Raw> after = Accounts.records(log.storage);
          assertEither(before, after);
          assertThat(after.stream().filter(Raw::erased).count())
              .isEqualTo(before.stream().filter(LogEraserTest::isHers).count());
          assertThat(log.storage.names(".new")).isEmpty();
          assertThat(log.storage.openFiles()).as("the newest segment").isEqualTo(1);
          // The old indexes lead to the same places, of this process and of the next.
          long cursor = gen.oneOf(before).seq() - gen.between(0, 1);
          List<Long> expected = before.stream().map(Raw::seq).filter(seq -> seq > cursor).toList();
          for (TestLog reader : List.of(log, open(log.storage.afterKill()))) {
            assertThat(Stored.ofCold(reader.reader, cursor))
                .extracting(Stored::seq)
                .isEqualTo(expected);
          }
          eraseAll(log);
          assertEither(after, Accounts.records(log.storage)); // once more changes nothing
        });
  }

  /** Invariant 1 and 2 hold across it: whatever is left is a log, and the rest goes then. */
  @Test
  void run_crashAnywhere_leavesOneOrTheOther() {
    Gen.forAll(
        40,
        gen -> {
          TestLog log = open(new MemoryStorage());
          Accounts.fill(gen, log, gen.between(20, 80));
          log.log.force();
          List<Raw> before = Accounts.records(log.storage);
          List<MemoryStorage> crashes = new ArrayList<>();
          int oneIn = gen.oneOf(3, 20);
          log.storage.watch(
              _ -> {
                if (crashes.size() < 30 && gen.oneIn(oneIn)) {
                  crashes.add(log.storage.afterKill());
                  crashes.add(log.storage.afterPowerLoss());
                  crashes.add(log.storage.afterPowerLoss(gen));
                }
              });
          eraseAll(log);
          log.storage.watch(_ -> {});
          for (MemoryStorage crash : crashes) {
            TestLog next = open(crash);
            assertThat(next.storage.names(".new")).isEmpty();
            assertEither(before, Accounts.records(next.storage));
            eraseAll(next);
            List<Raw> after = Accounts.records(next.storage);
            assertThat(after.stream().filter(LogEraserTest::isHers)).allMatch(Raw::erased);
            assertThat(next.append()).isGreaterThan(before.getLast().seq());
          }
          // Once the eraser said that it is done, no power loss brings anything back.
          assertThat(Accounts.records(log.storage.afterPowerLoss()))
              .filteredOn(LogEraserTest::isHers)
              .allMatch(Raw::erased);
        });
  }

  private static TestLog withSomethingOfHers() {
    TestLog log = open(new MemoryStorage());
    Gen.forAll(
        1,
        gen -> {
          for (int i = 0; i < 60; i++) {
            log.append(Accounts.event(gen, EventKind.COMMIT, 1 + i % 3, 2000));
          }
        });
    assertThat(log.storage.names(".log")).hasSizeGreaterThan(2);
    return log;
  }

  /** Damage: an account that was let back, and whose posts are gone nevertheless. */
  @Test
  void run_calledOff_changesNothing() throws IOException {
    TestLog log = withSomethingOfHers();
    List<Raw> before = Accounts.records(log.storage);
    LogEraser.Order order =
        new OneAccount() {
          @Override
          public boolean carryOut(long upToSeq, LogEraser.Step step) {
            return false;
          }
        };
    assertThat(new LogEraser(log.log).run(order, log.log.nextSeq())).isEqualTo(Outcome.CALLED_OFF);
    assertThat(Accounts.records(log.storage)).usingRecursiveComparison().isEqualTo(before);
    assertThat(log.storage.names(".new")).isEmpty();
  }

  /** Damage: a segment that was deleted, and is there again with a hole behind it. */
  @Test
  void run_segmentLeavesMeanwhile_staysAway() throws IOException {
    TestLog log = withSomethingOfHers();
    String oldest = log.storage.names(".log").getFirst();
    LogEraser.Order order =
        new OneAccount() {
          @Override
          public boolean carryOut(long upToSeq, LogEraser.Step step) throws IOException {
            log.clock.advance(Duration.ofDays(4));
            log.log.retain();
            step.take();
            return true;
          }
        };
    assertThat(log.storage.names(".log")).contains(oldest);
    new LogEraser(log.log).run(order, log.log.nextSeq());
    assertThat(log.storage.names(".log")).doesNotContain(oldest).hasSize(1);
    assertThat(log.storage.names(".new")).isEmpty();
  }

  /** Damage: a full disk that costs the log, or that leaves a takedown half done for good. */
  @ParameterizedTest
  @EnumSource(names = {"CREATE", "APPEND", "FORCE", "RENAME", "SYNC_DIRECTORY", "READ", "OPEN"})
  void run_storageFails_canBeTriedAgain(Operation operation) throws IOException {
    TestLog log = withSomethingOfHers();
    List<Raw> before = Accounts.records(log.storage);
    log.storage.failAfter(operation, 0);
    assertThatThrownBy(() -> erase(log)).isInstanceOf(IOException.class);
    assertThat(log.storage.names(".new")).isEmpty();
    assertEither(before, Accounts.records(log.storage));
    log.append();
    eraseAll(log);
    assertThat(Accounts.records(log.storage.afterPowerLoss()))
        .filteredOn(LogEraserTest::isHers)
        .hasSize(20)
        .allMatch(Raw::erased);
  }

  /** Damage: content that is back after a power loss though it was said to be erased. */
  @Test
  void run_nameWasNotDurable_isMadeSoBeforeItIsDone() {
    TestLog log = new TestLog(new MemoryStorage(), TestLog.batch());
    log.append(Events.commit(1));
    log.log.askToRoll();
    log.log.rollIfAsked();
    LogEraser.Order everybody =
        new OneAccount() {
          @Override
          public boolean covers(long didHash) {
            return true;
          }
        };
    LogEraser eraser = new LogEraser(log.log);
    log.storage.failAfter(Operation.SYNC_DIRECTORY, 0);
    assertThatThrownBy(() -> eraser.run(everybody, log.log.nextSeq()))
        .isInstanceOf(IOException.class);
    assertThat(Accounts.records(log.storage.afterPowerLoss())).noneMatch(Raw::erased);
    assertThatCode(() -> eraser.run(everybody, log.log.nextSeq())).doesNotThrowAnyException();
    assertThat(Accounts.records(log.storage.afterPowerLoss())).allMatch(Raw::erased);
  }

  /** A stretch that is damaged stays as it is, and keeps nothing from being erased. */
  @Test
  void run_damage_isPassedOver() throws IOException {
    TestLog log = withSomethingOfHers();
    String oldest = log.storage.names(".log").getFirst();
    log.storage.flip(oldest, (64 + 96 + 50) * 8); // in the first record, which is not hers
    byte[] damaged = Arrays.copyOf(log.storage.bytes(oldest), 64 + 2000);
    eraseAll(log);
    byte[] left = log.storage.bytes(oldest);
    assertThat(Arrays.copyOf(left, damaged.length)).isEqualTo(damaged);
    int second = 64 + Stored.sizeAt(ByteBuffer.wrap(left), 64);
    assertThat(left[second + 25] & 4).as("flags of the second").isEqualTo(4);
  }

  /** What an operator is shown of it. */
  @Test
  void inspector_showsWhatIsErased() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    List<OutboundEvent> events = List.of(Events.commit(1), Events.identity(2, 9), Events.sync(3));
    long first = log.log.append(events);
    LogEraser.Order everybody =
        new OneAccount() {
          @Override
          public boolean covers(long didHash) {
            return true;
          }
        };
    log.log.askToRoll();
    log.log.rollIfAsked();
    assertThat(new LogEraser(log.log).run(everybody, log.log.nextSeq())).isEqualTo(Outcome.DONE);
    LogReport report = LogInspector.verify(storage, "memory");
    assertThat(report.isSound()).as(report.lines().toString()).isTrue();
    assertThat(report.segments().getFirst().records()).isEqualTo(3);
    assertThat(report.segments().getFirst().erased()).isEqualTo(2);
    assertThat(report.lines().getFirst()).contains("3 records, 2 of them erased, ");
    List<String> lines = new ArrayList<>();
    LogInspector.dump(
        storage, "memory", new LogDump(first, first + 9, LogInspector.Frames.NONE, lines::add));
    assertThat(lines.get(0)).contains("\tcommit\t").endsWith("\terased");
    assertThat(lines.get(1)).contains("\tidentity\t" + Events.DID).endsWith("\t-");
    assertThat(lines.get(2)).contains("\tsync\t").endsWith("\terased");
  }

  /** A mark without the zeros would be a promise that is not kept. */
  @Test
  void inspector_findsWhatIsOnlyMarked() {
    MemoryStorage storage = new MemoryStorage();
    TestLog log = new TestLog(storage, TestLog.batch());
    log.append(Events.commit(1));
    String name = storage.names(".log").getFirst();
    byte[] bytes = storage.bytes(name);
    bytes[64 + 25] |= 4;
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    ByteBuffer in = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    crc.update(in.slice(64 + 8, in.getInt(64)));
    in.putInt(64 + 4, (int) crc.getValue());
    storage.put(name, bytes);
    assertThat(LogInspector.verify(storage, "memory").lines())
        .anyMatch(line -> line.contains("marked as erased, and is not"));
  }

  /** Nothing to seal, nothing to do: the appender is not made to write empty segments. */
  @Test
  void rollIfAsked_emptySegment_staysTheNewest() {
    TestLog log = open(new MemoryStorage());
    log.log.askToRoll();
    log.log.rollIfAsked();
    assertThat(log.storage.names(".log")).hasSize(1);
    long first = log.append();
    log.log.rollIfAsked();
    assertThat(log.storage.names(".log")).as("asked once").hasSize(1);
    log.log.askToRoll();
    log.log.rollIfAsked();
    assertThat(log.storage.names(".log")).hasSize(2);
    assertThat(log.append()).isEqualTo(first + 1);
    assertThat(LogOptions.LOWEST_SEQ).isEqualTo(first);
  }
}
