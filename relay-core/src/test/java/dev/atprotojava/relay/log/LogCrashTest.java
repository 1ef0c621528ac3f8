// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Logs that crash again and again, at any operation on the storage, opening included (invariants 1
 * and 2). Catches a missing force, a directory that was not synced, a number given twice, a reader
 * that stumbles over what a crash left.
 */
class LogCrashTest {
  /** What the outside world knows, over all lives. */
  private static final class World {
    final Map<Long, Bytes> appended = new HashMap<>();
    final Map<Integer, Integer> epochs = new HashMap<>();
    long highestReturned;
  }

  /** A moment of a life at which it could end. */
  private record Moment(
      MemoryStorage killed,
      MemoryStorage lost,
      MemoryStorage torn,
      long published,
      long durable,
      long highestReturned,
      Map<Integer, Integer> epochs) {}

  @Test
  void nothingSeenIsLost_nothingIsGivenTwice() {
    Gen.forAll(400, LogCrashTest::manyLives);
  }

  private static void manyLives(Gen gen) {
    World world = new World();
    MemoryStorage storage = new MemoryStorage();
    long published = 0;
    long durable = 0;
    Map<Integer, Integer> epochs = Map.of();
    FsyncPolicy policy = gen.oneOf(FsyncPolicy.values());
    for (int life = gen.between(2, 6); life > 0; life--) {
      Life now = new Life(gen, world, storage, policy, published, durable, epochs);
      now.live();
      if (gen.oneIn(4)) {
        now.log.close();
        published = now.log.tail.lastSeq();
        durable = published;
        epochs = Map.copyOf(world.epochs);
        storage = gen.oneIn(2) ? storage.afterKill() : storage.afterPowerLoss();
        continue;
      }
      Moment end = now.moments.isEmpty() ? now.moment() : gen.oneOf(now.moments);
      epochs = end.epochs;
      world.epochs.clear();
      world.epochs.putAll(epochs);
      world.highestReturned = end.highestReturned;
      durable = end.durable;
      if (gen.oneIn(3)) {
        storage = end.killed;
        published = end.published;
      } else {
        storage = gen.oneIn(2) ? end.lost : end.torn;
        published = end.durable;
      }
    }
    new Life(gen, world, storage, policy, published, durable, epochs);
  }

  /** From one start to the next crash. */
  private static final class Life {
    private final Gen gen;
    private final World world;
    private final MemoryStorage storage;
    final List<Moment> moments = new ArrayList<>();
    final TestLog log;
    private long durableBefore;
    private long publishedBefore;

    Life(
        Gen gen,
        World world,
        MemoryStorage storage,
        FsyncPolicy policy,
        long published,
        long durable,
        Map<Integer, Integer> epochs) {
      this.gen = gen;
      this.world = world;
      this.storage = storage;
      this.publishedBefore = published;
      this.durableBefore = durable;
      Map<Integer, Integer> promised = Map.copyOf(epochs);
      // A crash while it opens may take no more than the one before.
      storage.watch(operation -> remember(publishedBefore, durableBefore, promised));
      log = new TestLog(storage, TestLog.options(policy, 1 << 12));
      storage.watch(operation -> {});
      check(published, promised);
    }

    private void check(long published, Map<Integer, Integer> promised) {
      List<Stored> found = Stored.ofCold(log.reader, 0);
      long last = 0;
      for (Stored record : found) {
        assertThat(record.seq()).as("rises").isGreaterThan(last);
        assertThat(record.message()).isEqualTo(world.appended.get(record.seq()));
        last = record.seq();
      }
      List<Long> expected =
          world.appended.keySet().stream().filter(seq -> seq <= published).sorted().toList();
      assertThat(found.stream().map(Stored::seq).filter(seq -> seq <= published).toList())
          .as("nothing is lost")
          .isEqualTo(expected);
      // What was never promised may be gone; from now on only what is here can be missed.
      world.appended.keySet().retainAll(found.stream().map(Stored::seq).toList());
      assertThat(log.log.nextSeq()).isGreaterThan(world.highestReturned).isGreaterThan(last);
      assertThat(log.log.durableSeq()).isGreaterThanOrEqualTo(durableBefore);
      assertThat(log.tail.lastSeq()).isLessThan(log.log.nextSeq());
      promised.forEach(
          (host, epoch) -> assertThat(log.log.epoch(host)).isGreaterThanOrEqualTo(epoch));
      if (!found.isEmpty()) {
        assertThat(log.log.durableSeq()).as("what is read was forced").isEqualTo(last);
        assertThat(log.tail.covers(last)).as("a reader at the end waits in memory").isTrue();
      }
    }

    void live() {
      storage.watch(
          operation ->
              remember(log.tail.lastSeq(), log.log.durableSeq(), Map.copyOf(world.epochs)));
      for (int steps = gen.between(0, 12); steps > 0; steps--) {
        switch (gen.nextInt(8)) {
          case 0 -> log.log.force();
          case 1 -> {
            int host = gen.nextInt(4);
            int epoch = log.log.epoch(host) + 1;
            log.log.setEpoch(host, epoch);
            world.epochs.put(host, epoch);
          }
          default -> append();
        }
      }
      storage.watch(operation -> {});
    }

    private void append() {
      List<OutboundEvent> batch = new ArrayList<>();
      long seq = log.log.nextSeq();
      for (int events = gen.between(1, 5); events > 0; events--) {
        OutboundEvent event = Events.raw(gen, gen.oneIn(10) ? 9000 : gen.between(2, 1200));
        world.appended.put(seq, Events.message(event, seq));
        batch.add(event);
        seq++;
      }
      assertThat(log.log.append(batch)).isEqualTo(seq - batch.size());
      world.highestReturned = seq - 1;
    }

    private void remember(long published, long durable, Map<Integer, Integer> epochs) {
      if (gen.oneIn(4)) {
        moments.add(
            new Moment(
                storage.afterKill(),
                storage.afterPowerLoss(),
                storage.afterPowerLoss(gen),
                published,
                durable,
                world.highestReturned,
                epochs));
      }
    }

    Moment moment() {
      return new Moment(
          storage.afterKill(),
          storage.afterPowerLoss(),
          storage.afterPowerLoss(gen),
          log.tail.lastSeq(),
          log.log.durableSeq(),
          world.highestReturned,
          Map.copyOf(world.epochs));
    }
  }
}
