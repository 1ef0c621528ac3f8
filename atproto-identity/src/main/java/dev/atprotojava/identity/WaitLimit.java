// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Notices when somebody has waited long enough. All may wait equally long, so whoever began first
 * is first, and one timer is enough for all; a timer for each would keep what is long over.
 */
final class WaitLimit {
  /** Is told of those whose time is over. */
  interface TimeOut {
    void over(Flight flight, CompletableFuture<IdentityLookup> group);
  }

  private record Wait(long endNanos, Flight flight, CompletableFuture<IdentityLookup> group) {}

  private final long limitNanos;
  private final Wiring wiring;
  private final TimeOut timeOut;

  private final ReentrantLock lock = new ReentrantLock();
  // These two are owned by the lock.
  private final ArrayDeque<Wait> waits = new ArrayDeque<>();
  private boolean timerIsSet;

  WaitLimit(long limitNanos, Wiring wiring, TimeOut timeOut) {
    this.limitNanos = limitNanos;
    this.wiring = wiring;
    this.timeOut = timeOut;
  }

  void begin(Flight flight, CompletableFuture<IdentityLookup> group) {
    lock.lock();
    try {
      dropEnded();
      waits.add(new Wait(wiring.nanoClock().getAsLong() + limitNanos, flight, group));
      if (!timerIsSet) {
        timerIsSet = true;
        wiring.timer().schedule(limitNanos, this::ring);
      }
    } finally {
      lock.unlock();
    }
  }

  private void ring() {
    List<Wait> over = new ArrayList<>();
    lock.lock();
    try {
      long now = wiring.nanoClock().getAsLong();
      for (Wait first = first(); first != null && first.endNanos() - now <= 0; first = first()) {
        over.add(waits.remove());
      }
      Wait next = waits.peek();
      timerIsSet = next != null;
      if (next != null) {
        wiring.timer().schedule(next.endNanos() - now, this::ring);
      }
    } finally {
      lock.unlock();
    }
    over.forEach(wait -> timeOut.over(wait.flight(), wait.group()));
  }

  private @Nullable Wait first() {
    dropEnded();
    return waits.peek();
  }

  private void dropEnded() {
    for (Wait first = waits.peek(); first != null && first.group().isDone(); first = waits.peek()) {
      waits.remove();
    }
  }
}
