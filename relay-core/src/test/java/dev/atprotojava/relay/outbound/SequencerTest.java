// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.Origin;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Invariants 1 and 4. Catches an event that its host or the store is told of before it is durable,
 * or twice, or never; and one that another of its lane overtakes.
 */
@Timeout(60)
class SequencerTest {
  private static final long FIRST = 1L << 32;
  private static final int MAX_BATCH = 1000;

  /** A log that is as durable as the test says. */
  private static final class ScriptedLog implements EventLog {
    final List<List<OutboundEvent>> batches = new ArrayList<>();
    long durable = FIRST - 1;
    long next = FIRST;
    boolean broken;

    @Override
    public long append(List<OutboundEvent> batch) {
      if (broken) {
        throw RelayException.fatal("the disk is gone");
      }
      batches.add(List.copyOf(batch));
      long first = next;
      next += batch.size();
      return first;
    }

    @Override
    public void force() {
      durable = next - 1;
    }

    @Override
    public long durableSeq() {
      return durable;
    }

    @Override
    public long nextSeq() {
      return next;
    }
  }

  private static final class From implements Origin {
    int told;
    final List<String> order;

    From(List<String> order) {
      this.order = order;
    }

    @Override
    public int hostId() {
      return 1;
    }

    @Override
    public int epoch() {
      return 0;
    }

    @Override
    public long upstreamSeq() {
      return 1;
    }

    @Override
    public void durable() {
      told++;
      order.add("host");
    }
  }

  private final ScriptedLog log = new ScriptedLog();
  private final List<OutboundEvent> stored = new ArrayList<>();
  private final List<String> order = new ArrayList<>();
  private final Sequencer sequencer =
      new Sequencer(
          log,
          (events, firstSeq) -> {
            assertThat(firstSeq).isEqualTo(FIRST + stored.size());
            stored.addAll(events);
            assertThat(FIRST + stored.size() - 1).isLessThanOrEqualTo(log.durable);
            order.add("store");
          },
          MAX_BATCH);

  private OutboundEvent event(int bytes, int lane, long ordinal) {
    TestAccount account = new TestAccount(1);
    return new OutboundEvent(
        EventKind.COMMIT,
        new EncodedFrame(Bytes.wrap(new byte[bytes]), 0, 9, true),
        new From(order),
        new AccountRecord(
            1,
            account.did(),
            account.hash(),
            1,
            AccountStatus.ACTIVE,
            LocalStatus.ACTIVE,
            true,
            null),
        false,
        0,
        lane,
        ordinal);
  }

  private static int told(OutboundEvent event) {
    return ((From) event.origin()).told;
  }

  private boolean step() {
    try {
      return sequencer.step(0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Batches are bounded in bytes; one event may be longer, and goes alone. */
  @Test
  void step_batchesByBytes() {
    for (int bytes : new int[] {400, 600, 1, 5000, 999, 1, 1000, 1}) {
      sequencer.offer(event(bytes, 0, 1));
    }
    assertThat(sequencer.waiting()).isEqualTo(8);
    while (sequencer.waiting() > 0) {
      assertThat(step()).isTrue();
    }
    assertThat(log.batches.stream().map(SequencerTest::lengths))
        .containsExactly(
            List.of(400, 600),
            List.of(1),
            List.of(5000),
            List.of(999, 1),
            List.of(1000),
            List.of(1));
  }

  private static List<Integer> lengths(List<OutboundEvent> batch) {
    return batch.stream().map(OutboundEvent::frameLength).toList();
  }

  /** Any order of offers, steps and progress of the disk. */
  @Test
  void step_tellsOnceAndOnlyWhatIsDurable() {
    Gen.forAll(
        200,
        gen -> {
          SequencerTest any = new SequencerTest();
          long[] ordinals = new long[3];
          List<OutboundEvent> offered = new ArrayList<>();
          for (int i = gen.between(1, 80); i > 0; i--) {
            switch (gen.nextInt(4)) {
              case 0, 1 -> {
                int lane = gen.nextInt(3);
                OutboundEvent event = any.event(gen.between(9, 700), lane, ++ordinals[lane]);
                offered.add(event);
                any.sequencer.offer(event);
              }
              case 2 -> assertThat(any.step()).isTrue();
              default ->
                  any.log.durable +=
                      gen.nextInt((int) (any.log.next - any.log.durable)); // never beyond
            }
            any.assertTold(offered);
          }
          any.sequencer.close();
          while (any.step()) {
            any.assertTold(offered);
          }
          any.sequencer.force();
          assertThat(any.stored).isEqualTo(offered);
          any.assertTold(offered);
          assertThat(any.log.batches.stream().flatMap(List::stream).toList()).isEqualTo(offered);
        });
  }

  private void assertTold(List<OutboundEvent> offered) {
    for (int i = 0; i < offered.size(); i++) {
      assertThat(told(offered.get(i))).isEqualTo(i < stored.size() ? 1 : 0);
    }
  }

  /**
   * What became durable while nothing came is told all the same, or a quiet host's cursor stays.
   */
  @Test
  void step_withoutEvents_tellsWhatBecameDurable() {
    sequencer.offer(event(10, 0, 1));
    step();
    assertThat(stored).isEmpty();
    log.durable = FIRST;
    step();
    assertThat(stored).hasSize(1);
    assertThat(order).as("states before cursors").containsExactly("store", "host");
  }

  /** Invariant 9: a failed append is fatal; nobody hears that it went well. */
  @Test
  void step_afterAFailedAppend_tellsNobody() {
    OutboundEvent first = event(10, 0, 1);
    sequencer.offer(first);
    log.broken = true;
    assertThatThrownBy(this::step)
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> assertThat(e.category()).isEqualTo(RelayException.Category.FATAL));
    assertThat(told(first)).isZero();
    assertThat(stored).isEmpty();
  }

  @Test
  void close_letsWhatIsQueuedBeWritten() {
    sequencer.offer(event(900, 0, 1));
    sequencer.offer(event(900, 0, 2));
    sequencer.close();
    assertThat(step()).isTrue();
    assertThat(step()).isTrue();
    assertThat(step()).isFalse();
    assertThat(log.batches).hasSize(2);
  }

  /** Invariant 4: lanes that offer at the same time, and a sequencer that sleeps between. */
  @Test
  void offer_bySeveralLanes_keepsTheOrderOfEach() throws Exception {
    int perLane = 20_000;
    List<CompletableFuture<Void>> lanes = new ArrayList<>();
    for (int lane = 0; lane < 3; lane++) {
      int number = lane;
      OutboundEvent template = event(20, number, 0);
      lanes.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1; i <= perLane; i++) {
                  sequencer.offer(
                      new OutboundEvent(
                          template.kind(),
                          template.frame(),
                          template.origin(),
                          template.after(),
                          false,
                          0,
                          number,
                          i));
                }
              },
              task -> Thread.ofPlatform().daemon().start(task)));
    }
    long[] last = new long[3];
    int seen = 0;
    while (seen < 3 * perLane) {
      assertThat(sequencer.step(TimeUnit.SECONDS.toNanos(30))).isTrue();
      for (OutboundEvent event : log.batches.getLast()) {
        assertThat(event.ordinal()).isEqualTo(++last[event.lane()]);
        seen++;
      }
      log.batches.clear();
      log.batches.add(List.of());
    }
    assertThat(Arrays.stream(last).boxed()).containsOnly((long) perLane);
    CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
  }
}
