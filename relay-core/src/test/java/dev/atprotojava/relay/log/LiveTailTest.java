// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.testing.Gen;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The window in memory: what it says it has, it has; what it gives, is whole. */
class LiveTailTest {
  private static final int SLAB = 1 << 12;
  private static final long BEGIN = 1000;

  private final RecordWriter writer = new RecordWriter(5);

  /** Appends records as the log does, in one batch. */
  private long append(LiveTail tail, long seq, OutboundEvent... events) {
    Slab slab = null;
    long next = seq;
    for (OutboundEvent event : events) {
      Slab now = tail.slabFor(RecordLayout.size(event.frameLength()));
      if (slab != null && now != slab) {
        tail.publish(slab, slab.written, next - 1);
      }
      slab = now;
      writer.put(slab, event, next++, 0);
    }
    if (slab != null) {
      tail.publish(slab, slab.written, next - 1);
    }
    tail.announce();
    return next;
  }

  private static LiveTail tail(int slabs) {
    LiveTail tail = new LiveTail(slabs * SLAB, SLAB);
    tail.begin(BEGIN - 1);
    return tail;
  }

  private static List<Long> seqs(LiveTail tail, long after) {
    return Stored.ofTail(tail, after).stream().map(Stored::seq).toList();
  }

  @Test
  void empty_coversWhatIsStillToCome() {
    LiveTail tail = tail(4);
    assertThat(tail.covers(BEGIN - 1)).isTrue();
    assertThat(tail.covers(BEGIN - 2)).isFalse();
    assertThat(tail.lastSeq()).isEqualTo(BEGIN - 1);
    assertThat(tail.newestNumber()).isZero();
    assertThat(tail.numberAfter(BEGIN - 1)).isZero();
    assertThat(tail.acquire(0)).isNull();
    assertThat(tail.acquire(1)).isNull();
  }

  /** Nobody may see what was written and not yet published: it may not be durable. */
  @Test
  void publish_showsNoMoreThanItSays() {
    LiveTail tail = tail(4);
    append(tail, BEGIN, Events.identity(1, 10));
    Slab slab = tail.slabFor(200);
    int end = slab.end();
    writer.put(slab, Events.identity(1, 10), BEGIN + 1, 0);
    assertThat(tail.lastSeq()).isEqualTo(BEGIN);
    assertThat(slab.end()).isEqualTo(end).isLessThan(slab.written);
    tail.publish(slab, slab.written, BEGIN + 1);
    assertThat(slab.end()).isEqualTo(slab.written);
    assertThat(tail.lastSeq()).isEqualTo(BEGIN + 1);
  }

  @Test
  void announce_tellsAllListeners() {
    LiveTail tail = tail(4);
    List<Long> told = new ArrayList<>();
    tail.addListener(() -> told.add(tail.lastSeq()));
    tail.addListener(() -> told.add(-tail.lastSeq()));
    append(tail, BEGIN, Events.identity(1, 10), Events.identity(2, 5000));
    assertThat(told).containsExactly(BEGIN + 1, -BEGIN - 1);
  }

  /** The window is bounded in bytes, whatever the sizes of the records (invariant 6). */
  @Test
  void window_isTheNewestPartOfTheLog() {
    Gen.forAll(
        200,
        gen -> {
          int slabs = gen.between(2, 8);
          LiveTail tail = tail(slabs);
          long seq = BEGIN;
          for (int batches = gen.between(1, 40); batches > 0; batches--) {
            OutboundEvent[] batch = new OutboundEvent[gen.between(1, 4)];
            for (int i = 0; i < batch.length; i++) {
              batch[i] =
                  Events.raw(
                      gen, gen.oneIn(10) ? gen.between(SLAB, 5 * SLAB) : gen.between(2, 900));
            }
            long first = seq;
            seq = append(tail, seq, batch);
            assertThat(tail.lastSeq()).isEqualTo(seq - 1);
            assertThat(tail.covers(seq - 1)).isTrue();
            if (RecordLayout.size(batch[batch.length - 1].frameLength()) <= SLAB) {
              assertThat(heldBytes(tail)).isLessThanOrEqualTo((long) slabs * SLAB);
            }
            assertCoversWhatItHas(tail, first - 1, seq - 1);
          }
        });
  }

  private static long heldBytes(LiveTail tail) {
    long bytes = 0;
    long newest = tail.newestNumber();
    for (long number = newest; number > 0; number--) {
      Slab slab = tail.acquire(number);
      if (slab == null) {
        break;
      }
      bytes += slab.memory.capacity();
      tail.release(slab);
    }
    return bytes;
  }

  private static void assertCoversWhatItHas(LiveTail tail, long from, long last) {
    for (long after = Math.max(BEGIN - 1, from - 300); after <= last; after++) {
      if (tail.covers(after)) {
        List<Long> expected = new ArrayList<>();
        for (long seq = after + 1; seq <= last; seq++) {
          expected.add(seq);
        }
        assertThat(seqs(tail, after)).isEqualTo(expected);
      }
    }
  }

  /** Numbers that were never given out are no reason to begin too late, or not to be covered. */
  @Test
  void numberAfter_findsTheBeginning_acrossGaps() {
    LiveTail tail = tail(8);
    long[] seqs = new long[12];
    for (int i = 0; i < seqs.length; i++) {
      seqs[i] = BEGIN + 10L * i;
      append(tail, seqs[i], Events.identity(1, 1800)); // two in a slab
    }
    for (long after = BEGIN - 1; after <= BEGIN + 125; after++) {
      long cursor = after;
      assertThat(seqs(tail, after))
          .isEqualTo(Arrays.stream(seqs).filter(seq -> seq > cursor).boxed().toList());
    }
    assertThat(tail.numberAfter(BEGIN - 2)).isEqualTo(LiveTail.NOT_COVERED);
    assertThat(tail.numberAfter(BEGIN - 1)).isEqualTo(1);
    assertThat(tail.numberAfter(BEGIN)).isEqualTo(1);
    assertThat(tail.numberAfter(BEGIN + 18)).isEqualTo(1);
    assertThat(tail.numberAfter(BEGIN + 19)).isEqualTo(2);
    assertThat(tail.numberAfter(Long.MAX_VALUE - 1)).isEqualTo(tail.newestNumber()).isEqualTo(6);
  }

  @Test
  void evicted_isNeitherCoveredNorGiven() {
    LiveTail tail = tail(2);
    for (int i = 0; i < 5; i++) {
      append(tail, BEGIN + i, Events.identity(1, 3500)); // one in a slab
    }
    assertThat(tail.newestNumber()).isEqualTo(5);
    assertThat(tail.acquire(3)).isNull();
    assertThat(tail.covers(BEGIN + 1)).isFalse();
    assertThat(tail.covers(BEGIN + 2)).isTrue();
    assertThat(tail.numberAfter(BEGIN + 1)).isEqualTo(LiveTail.NOT_COVERED);
    assertThat(tail.numberAfter(BEGIN + 2)).isEqualTo(4);
    assertThat(tail.acquire(6)).isNull();
  }

  /** What a reader holds stays as it is, however far the log goes on. */
  @Test
  void acquire_keepsASlabAsItIs() {
    LiveTail tail = tail(2);
    append(tail, BEGIN, Events.identity(1, 3500));
    Slab held = tail.acquire(1);
    assertThat(held).isNotNull();
    Stored before = Stored.at(held.memory, 0);
    for (int i = 1; i < 50; i++) {
      append(tail, BEGIN + i, Events.identity(1, 3000 + i));
    }
    assertThat(Stored.at(held.memory, 0)).isEqualTo(before);
    assertThat(held.number()).isEqualTo(1);
    assertThat(tail.acquire(1)).isNull();
    tail.release(held);
  }

  /** Slabs are used again: a log that runs for a year has those of its first seconds. */
  @Test
  void slabs_areUsedAgain() {
    LiveTail tail = tail(16);
    IdentityHashMap<ByteBuffer, Boolean> seen = new IdentityHashMap<>();
    long seq = BEGIN;
    for (int i = 0; i < 5000; i++) {
      seq = append(tail, seq, Events.identity(1, 3500), Events.identity(1, 3500));
      Slab slab = tail.acquire(tail.newestNumber());
      assertThat(slab).isNotNull();
      seen.put(slab.memory, true);
      tail.release(slab);
    }
    assertThat(seen).hasSizeLessThanOrEqualTo(16 + 2);
    assertThat(tail.slabs()).isEqualTo(16 + tail.freeSlabs());
  }

  /** Readers that held on to many slabs at once must not leave the pool with all of them. */
  @Test
  void slabs_areGivenUpWhenThereAreTooMany() {
    LiveTail tail = tail(4);
    List<Slab> held = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      append(tail, BEGIN + i, Events.identity(1, 3500));
      held.add(tail.acquire(tail.newestNumber()));
    }
    assertThat(tail.slabs()).isEqualTo(100);
    held.forEach(tail::release);
    assertThat(tail.freeSlabs()).isEqualTo(4);
    assertThat(tail.slabs()).isEqualTo(4 + 4);
    for (int i = 100; i < 120; i++) {
      append(tail, BEGIN + i, Events.identity(1, 3500), Events.identity(1, 9000));
    }
    assertThat(tail.slabs()).as("large ones are not kept").isLessThanOrEqualTo(4 + 4);
  }

  /**
   * One appender, readers that keep up or fall out, readers that join anywhere: thousands of laps
   * of a small ring. Catches a slab that is used again while somebody reads it, a reader sent to
   * the wrong slab, and a slab that is lost.
   *
   * <p>It goes in rounds: all start together, the appender writes up to three rings full, and the
   * readers read until they have its last record; so they meet it also where cores are few.
   */
  @Test
  void concurrently_noTornRead_noEventSkipped_noSlabLost() throws Exception {
    Ring ring = new Ring(tail(4), 1500);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> futures =
          List.of(
              pool.submit(ring::follow),
              pool.submit(ring::follow),
              pool.submit(() -> ring.join(new Random(1))),
              pool.submit(() -> ring.join(new Random(2))));
      ring.append(Gen.of(1));
      for (Future<?> future : futures) {
        future.get();
      }
    }
    LiveTail tail = ring.tail;
    assertThat(tail.newestNumber()).as("laps").isGreaterThan(4 * 1500);
    assertThat(ring.read.get()).as("records read").isGreaterThan(1500);
    assertThat(ring.fallen.get()).as("times a reader fell out").isPositive();
    int inWindow = (int) (tail.newestNumber() - tail.numberAfter(oldest(tail))) + 1;
    assertThat(tail.slabs()).as("none is lost").isEqualTo(inWindow + tail.freeSlabs());
    assertThat(tail.freeSlabs()).isLessThanOrEqualTo(4);
  }

  /** The lowest seq that is covered. */
  private static long oldest(LiveTail tail) {
    long seq = tail.lastSeq();
    while (tail.covers(seq - 1)) {
      seq--;
    }
    return seq;
  }

  private final class Ring {
    final LiveTail tail;
    final int rounds;
    final AtomicLong read = new AtomicLong();
    final AtomicLong fallen = new AtomicLong();
    private final Phaser start = new Phaser(5);
    private volatile long roundEnd;

    Ring(LiveTail tail, int rounds) {
      this.tail = tail;
      this.rounds = rounds;
    }

    void append(Gen gen) {
      OutboundEvent[] events = new OutboundEvent[200];
      for (int i = 0; i < events.length; i++) {
        events[i] = Events.raw(gen, i % 50 == 0 ? 2 * SLAB : gen.between(2, 1200));
      }
      long seq = BEGIN;
      for (int round = 0; round < rounds; round++) {
        roundEnd = Long.MAX_VALUE;
        start.arriveAndAwaitAdvance();
        for (int batches = gen.between(1, 25); batches > 0; batches--) {
          OutboundEvent[] batch = new OutboundEvent[gen.between(1, 5)];
          for (int i = 0; i < batch.length; i++) {
            batch[i] = gen.oneOf(events);
          }
          seq = LiveTailTest.this.append(tail, seq, batch);
        }
        roundEnd = seq - 1;
        start.arriveAndAwaitAdvance();
      }
    }

    /** Runs a part of a reader's work in each round; lets the others go on if it fails. */
    private void inRounds(Runnable work) {
      try {
        for (int round = 0; round < rounds; round++) {
          start.arriveAndAwaitAdvance();
          work.run();
          start.arriveAndAwaitAdvance();
        }
      } finally {
        start.arriveAndDeregister();
      }
    }

    /** Reads as the documentation of {@link LiveTail} says. */
    void follow() {
      long[] last = {BEGIN - 1};
      long[] place = {0, 0};
      inRounds(
          () -> {
            while (last[0] < roundEnd) {
              readSome(last, place);
            }
          });
    }

    private void readSome(long[] last, long[] place) {
      Slab slab = tail.acquire(place[0]);
      if (slab == null) {
        place[0] = tail.numberAfter(last[0]);
        place[1] = 0;
        if (place[0] == LiveTail.NOT_COVERED) {
          last[0] = tail.lastSeq();
          fallen.incrementAndGet();
        } else if (place[0] == 0) {
          LockSupport.parkNanos(1000); // nothing is there yet
        }
        return;
      }
      boolean complete = tail.newestNumber() > place[0];
      int offset = (int) place[1];
      int end = slab.end();
      boolean more = offset < end;
      while (offset < end) {
        Stored record = Stored.at(slab.memory, offset);
        if (record.seq() > last[0]) {
          assertThat(record.seq()).isEqualTo(last[0] + 1);
          last[0] = record.seq();
          read.incrementAndGet();
        }
        offset += Stored.sizeAt(slab.memory, offset);
      }
      place[1] = offset;
      tail.release(slab);
      if (complete) {
        place[0]++;
        place[1] = 0;
      } else if (!more) {
        LockSupport.parkNanos(1000);
      }
    }

    /** Joins again and again a little behind the end: the very next event must be there. */
    void join(Random random) {
      inRounds(
          () -> {
            do {
              joinAt(Math.max(BEGIN - 1, tail.lastSeq() - random.nextInt(40)));
            } while (roundEnd == Long.MAX_VALUE);
          });
    }

    private void joinAt(long cursor) {
      long number = tail.numberAfter(cursor);
      long newest = tail.lastSeq();
      while (number > 0) {
        Slab slab = tail.acquire(number);
        if (slab == null) {
          // Given if it is in the window: a look after can only find that it has left.
          assertThat(tail.numberAfter(cursor)).isNotEqualTo(number);
          return;
        }
        boolean complete = tail.newestNumber() > number;
        int end = slab.end();
        long next = 0;
        for (int at = 0; at < end && next <= cursor; at += Stored.sizeAt(slab.memory, at)) {
          next = RecordLayout.seqAt(slab.memory, at);
        }
        tail.release(slab);
        if (next > cursor) {
          assertThat(next).isEqualTo(cursor + 1);
          return;
        }
        if (!complete) {
          assertThat(newest).isLessThanOrEqualTo(cursor);
          return;
        }
        number++;
      }
    }
  }
}
