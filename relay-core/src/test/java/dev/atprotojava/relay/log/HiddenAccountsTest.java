// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.log.Accounts.Raw;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * RL-14, RL-70, RL-71: nobody gets the content of an account that is taken down, from wherever he
 * reads; and everybody gets all else, in order, and comes to the end.
 */
class HiddenAccountsTest {
  private static final int SLAB = 1 << 14;

  private static TestLog log(MemoryStorage storage, Gen gen) {
    int slabs = gen.oneOf(2, 1000); // so that most is in the files, or all in memory
    return new TestLog(
        storage,
        TestLog.options(FsyncPolicy.BATCH, 1 << 16),
        new TestLog.Clock(),
        new LiveTail(slabs * SLAB, SLAB));
  }

  /** Reads to the end; as much at once, and taking as much of it, as it happens. */
  private static List<Bytes> read(TestLog log, long afterSeq, Gen gen) {
    LogView view =
        new LogView(
            log.tail, log.reader, Math.max(afterSeq, log.log.oldestSeq() - 1), gen.between(1, 20));
    List<Bytes> messages = new ArrayList<>();
    ByteBuffer[] out = new ByteBuffer[20];
    for (int rounds = 0; rounds < 100_000; rounds++) {
      int count = view.collect(out, gen.between(1, 30_000));
      if (count == 0) {
        switch (view.state()) {
          case READY -> {}
          case NEEDS_LOAD -> view.load(Runnable::run, () -> {});
          case CAUGHT_UP -> {
            assertThat(view.lastSeq()).isEqualTo(log.tail.lastSeq());
            assertThat(view.isBehind()).as("forever behind, and so too slow").isFalse();
            view.close();
            return messages;
          }
          case LOADING, GONE -> throw new AssertionError(view.state());
        }
        continue;
      }
      int taken = gen.between(0, count);
      boolean part = taken < count && gen.oneIn(2);
      for (int i = 0; i < (part ? taken + 1 : taken); i++) {
        byte[] bytes = new byte[out[i].remaining()];
        out[i].get(bytes);
        messages.add(Bytes.wrap(bytes));
      }
      view.advance(taken, part);
    }
    throw new AssertionError("no end");
  }

  private static List<Bytes> expected(List<Raw> records, long afterSeq, Predicate<Raw> visible) {
    return records.stream()
        .filter(record -> record.seq() > afterSeq && visible.test(record))
        .map(record -> Stored.at(ByteBuffer.wrap(record.bytes()), 0).message())
        .toList();
  }

  @Test
  void anyReader_getsAllButTheContentOfTheHidden() {
    Gen.forAll(
        80,
        gen -> {
          TestLog log = log(new MemoryStorage(), gen);
          Accounts.fill(gen, log, gen.between(1, 150));
          List<Raw> records = Accounts.records(log.storage);
          long cursor = gen.oneOf(0L, gen.oneOf(records).seq(), records.getFirst().seq() - 1);
          List<Bytes> all = expected(records, cursor, _ -> true);
          assertThat(read(log, cursor, gen)).isEqualTo(all); // which fills the caches
          Predicate<Raw> visible = _ -> true;
          for (long account = 1; account <= 4; account++) {
            long hash = account;
            if (gen.oneIn(2)) {
              log.log.hidden().hide(hash);
              visible = visible.and(record -> !(record.didHash() == hash && record.isContent()));
            }
          }
          assertThat(read(log, cursor, gen)).isEqualTo(expected(records, cursor, visible));
          for (long account = 1; account <= 4; account++) {
            log.log.hidden().showAfter(account, 0);
          }
          assertThat(read(log, cursor, gen)).isEqualTo(all);
        });
  }

  /** What comes while an account is hidden is hidden too: it was on its way when that began. */
  @Test
  void whatComesLater_isHiddenAsWell() {
    Gen.forAll(
        1,
        gen -> {
          TestLog log = log(new MemoryStorage(), gen);
          log.log.hidden().hideAll(List.of(2L));
          log.append(Accounts.event(gen, EventKind.COMMIT, 2, 100));
          assertThat(read(log, 0, gen)).isEmpty();
          log.append(Accounts.event(gen, EventKind.ACCOUNT, 2, 100));
          log.append(Accounts.event(gen, EventKind.SYNC, 2, 100));
          log.append(Accounts.event(gen, EventKind.IDENTITY, 2, 100));
          assertThat(read(log, 0, gen)).hasSize(2);
        });
  }

  /**
   * After a reversal what was erased is gone everywhere: in the files, in chunks that were read
   * before, and in the memory of the tail.
   */
  @Test
  void erased_isGoneFromMemoryToo() {
    Gen.forAll(
        40,
        gen -> {
          TestLog log = log(new MemoryStorage(), gen);
          Accounts.fill(gen, log, gen.between(20, 100));
          List<Raw> records = Accounts.records(log.storage);
          assertThat(read(log, 0, gen)).hasSameSizeAs(records);
          log.log.hidden().hide(2);
          long[] upTo = {0};
          LogEraser.Order order =
              new LogEraser.Order() {
                @Override
                public boolean covers(long didHash) {
                  return didHash == 2;
                }

                @Override
                public boolean isCalledOff() {
                  return false;
                }

                @Override
                public boolean carryOut(long upToSeq, LogEraser.Step step) throws IOException {
                  step.take();
                  upTo[0] = upToSeq;
                  return true;
                }
              };
          erase(log, order); // but what is in the newest segment
          log.log.hidden().showAfter(2, upTo[0]);
          List<Raw> left = Accounts.records(log.storage);
          List<Bytes> expected = expected(left, 0, record -> !record.erased());
          assertThat(read(log, 0, gen)).isEqualTo(expected);
          TestLog next = log(log.storage.afterKill(), gen);
          assertThat(read(next, 0, gen)).isEqualTo(expected);
        });
  }

  private static void erase(TestLog log, LogEraser.Order order) {
    try {
      new LogEraser(log.log).run(order, log.log.nextSeq());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Against a map, with hashes that crowd into the same places. */
  @Test
  void table_isAMap() {
    Gen.forAll(
        50,
        gen -> {
          HiddenAccounts hidden = new HiddenAccounts();
          Map<Long, Boolean> expected = new HashMap<>();
          for (int i = gen.between(1, 200); i > 0; i--) {
            long hash = (long) gen.between(-20, 20) << gen.oneOf(0, 8, 32);
            boolean hide = gen.oneIn(2);
            expected.put(hash, hide);
            if (hide) {
              hidden.hide(hash);
            } else {
              hidden.showAfter(hash, gen.oneOf(0L, 77L));
            }
          }
          expected.forEach((hash, hide) -> assertThat(hidden.contains(hash)).isEqualTo(hide));
          assertThat(hidden.size())
              .isEqualTo((int) expected.values().stream().filter(hide -> hide).count());
          assertThat(hidden.contains(Long.MIN_VALUE)).isFalse();
        });
  }
}
