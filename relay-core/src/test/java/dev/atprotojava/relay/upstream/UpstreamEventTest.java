// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The end of an event gives back what it took and moves its host's cursor (invariants 1 and 6).
 * Catches memory that is never given back, and a cursor that passes what is not durable.
 */
class UpstreamEventTest {
  private final TestHost host = new TestHost(1, "pds.example.com");
  private final TestAccount account = new TestAccount(1);

  @Test
  void dropped_countsTheReasonAndEnds() {
    UpstreamEvent event = host.send(account.identity(5));
    assertThat(host.chargedBytes()).isPositive();
    event.dropped(DropReason.STALE_REV);
    assertThat(host.chargedBytes()).isZero();
    assertThat(host.link().durableSeq()).isEqualTo(5);
    assertThat(host.link().drops(DropReason.STALE_REV)).isEqualTo(1);
    assertThat(host.drops()).containsExactly(DropReason.STALE_REV);
    assertThat(host.link().emitted()).isZero();
  }

  @Test
  void end_inAnyOrder_movesTheCursorOverWhatIsDone() {
    Gen.forAll(
        100,
        gen -> {
          TestHost any = new TestHost(1, "pds.example.com");
          List<UpstreamEvent> underWay = new ArrayList<>();
          int count = gen.between(1, 30);
          for (int seq = 1; seq <= count; seq++) {
            underWay.add(any.send(account.identity(seq)));
          }
          int durable = 0;
          while (!underWay.isEmpty()) {
            UpstreamEvent event = underWay.remove(gen.nextInt(underWay.size()));
            if (gen.oneIn(2)) {
              event.durable();
              durable++;
            } else {
              event.dropped(DropReason.REPEAT_LIMITED);
            }
            long first = underWay.stream().mapToLong(UpstreamEvent::upstreamSeq).min().orElse(99);
            assertThat(any.link().durableSeq()).isEqualTo(Math.min(first - 1, count));
            assertThat(any.underWay() == 0).isEqualTo(underWay.isEmpty());
          }
          assertThat(any.chargedBytes()).isZero();
          assertThat(any.link().emitted()).isEqualTo(durable);
          assertThat(any.drops()).hasSize(count - durable);
        });
  }

  /** Damage: an event of a host's old numbers that moves the cursor of its new ones. */
  @Test
  void end_afterTheHostBeganAnew_movesNoCursor() {
    UpstreamEvent old = host.send(account.identity(500));
    host.link().cursor.restart(1, 0);
    UpstreamEvent first = host.send(account.identity(1));
    assertThat(old.epoch()).isZero();
    assertThat(first.epoch()).isEqualTo(1);
    old.durable();
    assertThat(host.link().durableSeq()).isZero();
    assertThat(host.underWay()).isEqualTo(1);
    first.durable();
    assertThat(host.link().durableSeq()).isEqualTo(1);
    assertThat(host.chargedBytes()).isZero();
  }
}
