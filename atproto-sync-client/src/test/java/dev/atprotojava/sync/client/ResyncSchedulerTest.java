// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ResyncSchedulerTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Did did(int number) {
    return Did.parse("did:plc:" + "a".repeat(23) + (char) ('a' + number));
  }

  // Damage: one host that asks for an hour, and its thousand accounts, and nobody else waits.
  @Test
  void schedule_givesAHostAShare() { // SC-75
    ResyncScheduler scheduler = new ResyncScheduler(() -> 0, 1, 8);
    assertThat(scheduler.schedule(did(0), "a.example", HOUR)).isTrue();
    assertThat(scheduler.schedule(did(1), "a.example", HOUR)).isTrue();
    assertThat(scheduler.schedule(did(2), "a.example", HOUR)).isFalse();
    assertThat(scheduler.schedule(did(1), "a.example", HOUR)).isTrue(); // it waits already
    assertThat(scheduler.schedule(did(3), "b.example", HOUR)).isTrue();
    assertThat(scheduler.schedule(did(4), "b.example", HOUR)).isTrue();
    assertThat(scheduler.schedule(did(2), "c.example", HOUR)).isFalse(); // half is for the others
    for (int i = 5; i < 9; i++) { // whoever need not wait is in nobody's share
      assertThat(scheduler.schedule(did(i), "a.example", Duration.ZERO)).isTrue();
    }
    assertThat(scheduler.schedule(did(9), "c.example", Duration.ZERO)).isFalse();
    assertThat(scheduler.room()).isZero();
  }

  @Test
  void schedule_leavesAHostOneAtLeast() {
    ResyncScheduler scheduler = new ResyncScheduler(() -> 0, 1, 2);
    assertThat(scheduler.schedule(did(0), "a.example", HOUR)).isTrue();
    assertThat(scheduler.schedule(did(1), "a.example", HOUR)).isFalse();
  }

  // Damage: a share that is used up once and for all.
  @Test
  void run_givesTheShareBack() throws Exception {
    ResyncScheduler scheduler = new ResyncScheduler(NanoClock.system(), 1, 4);
    BlockingQueue<Did> begun = new LinkedBlockingQueue<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    scheduler.run(
                        new ResyncScheduler.Listener() {
                          @Override
                          public void begin(Did did) {
                            begun.add(did);
                            scheduler.ended();
                          }

                          @Override
                          public void lookForMore() {}
                        });
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    for (int i = 0; i < 5; i++) {
      assertThat(scheduler.schedule(did(i), "a.example", Duration.ofNanos(1))).isTrue();
      assertThat(begun.poll(10, TimeUnit.SECONDS)).isEqualTo(did(i));
    }
    thread.interrupt();
    thread.join();
  }
}
