// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final List<String> happened = new ArrayList<>();

  /** Damage: an order that depends on the heap of the queue, so that a seed gives no single run. */
  @Test
  void advance_runsByTimeAndThenByOrderOfScheduling() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      clock.schedule(Duration.ofSeconds(2), () -> happened.add(name));
    }
    clock.schedule(Duration.ofSeconds(1), () -> happened.add("first"));
    clock.advance(Duration.ofSeconds(2));
    assertThat(happened).containsExactly("first", "a", "b", "c", "d", "e");
  }

  /** Damage: time that is wrong inside a task, or that jumps over what a task schedules. */
  @Test
  void advance_showsEachTaskItsOwnTime_andRunsWhatTasksSchedule() {
    clock.schedule(
        Duration.ofMillis(10),
        () -> {
          happened.add("at " + clock.nanos());
          clock.schedule(Duration.ofMillis(5), () -> happened.add("then " + clock.nanos()));
        });
    clock.advance(Duration.ofMillis(20));
    assertThat(happened).containsExactly("at 10000000", "then 15000000");
    assertThat(clock.instant()).isEqualTo(Networks.START.plusMillis(20));
  }

  /** Damage: a timer that fires after it was called off, or one beyond the time that passes. */
  @Test
  void advance_leavesOutTheCancelledAndTheLater() {
    VirtualClock.Task cancelled = clock.schedule(Duration.ofMillis(1), () -> happened.add("no"));
    clock.schedule(Duration.ofMillis(3), () -> happened.add("later"));
    cancelled.cancel();
    clock.advance(Duration.ofMillis(2));
    assertThat(happened).isEmpty();
    assertThat(clock.runNext()).isTrue();
    assertThat(happened).containsExactly("later");
    assertThat(clock.runNext()).isFalse();
  }
}
