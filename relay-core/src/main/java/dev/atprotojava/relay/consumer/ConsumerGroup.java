// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import dev.atprotojava.sync.client.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The sessions of one I/O thread, which are woken together.
 *
 * <p>A wake writes to every session that can take something, and a system call each is what costs;
 * so the more sessions there are, the longer the group waits for more to gather: {@value
 * #WAKES_PER_SECOND} writes a second are made without waiting, and no event waits longer than 15
 * ms.
 */
final class ConsumerGroup {
  private static final long WAKES_PER_SECOND = 20_000;
  private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(15);
  private static final long TICK = TimeUnit.SECONDS.toNanos(1);

  private final ConsumerLoop loop;
  private final NanoClock clock;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile long pumpedAt;
  private volatile int size;

  // Owned by the loop's thread.
  private final List<ConsumerSession> sessions = new ArrayList<>();
  private boolean ticking;

  ConsumerGroup(ConsumerLoop loop, NanoClock clock) {
    this.loop = loop;
    this.clock = clock;
    this.pumpedAt = clock.nanos();
  }

  /** Adds a session; on the loop's thread. */
  void add(ConsumerSession session) {
    sessions.add(session);
    size = sessions.size();
    if (!ticking) {
      ticking = true;
      loop.executeAfter(this::tick, TICK);
    }
  }

  /** Removes a session; on the loop's thread. */
  void remove(ConsumerSession session) {
    sessions.remove(session);
    size = sessions.size();
  }

  /** There is more to read. For any thread; never waits. */
  void wake() {
    int now = size;
    if (now == 0 || !scheduled.compareAndSet(false, true)) {
      return;
    }
    long wait = Math.min(LONGEST_WAIT, now * TimeUnit.SECONDS.toNanos(1) / WAKES_PER_SECOND);
    long passed = clock.nanos() - pumpedAt;
    if (passed >= wait) {
      loop.execute(this::pump);
    } else {
      loop.executeAfter(this::pump, wait - passed);
    }
  }

  private void pump() {
    pumpedAt = clock.nanos();
    scheduled.set(false); // before the sessions look, so that no wake is lost
    for (ConsumerSession session : List.copyOf(sessions)) {
      session.pump();
    }
  }

  private void tick() {
    for (ConsumerSession session : List.copyOf(sessions)) {
      session.tick();
    }
    ticking = !sessions.isEmpty();
    if (ticking) {
      loop.executeAfter(this::tick, TICK);
    }
  }
}
