// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which accounts are to be fetched, and when; few at once. Only so many wait here: the others are
 * marked in the store, and looked for there when there is room (SC-63, SC-75).
 */
final class ResyncScheduler {
  private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What the scheduler tells. */
  interface Listener {
    /** The account's turn: {@link #ended} must follow. */
    void begin(Did did) throws InterruptedException;

    /** There is room: look into the store for accounts that wait there. */
    void lookForMore() throws InterruptedException;
  }

  private record Waiting(Did did, long dueNanos, long number) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueNanos).thenComparingLong(Waiting::number));
  private final Set<Did> dids = new HashSet<>();
  private final NanoClock clock;
  private final int maxRunning;
  private final int maxWaiting;
  private int running;
  private long numbers;
  private boolean moreInStore = true;

  ResyncScheduler(NanoClock clock, int maxRunning, int maxWaiting) {
    this.clock = clock;
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
  }

  /** Lets an account wait for its turn; false if there is no room, and the store must do. */
  boolean schedule(Did did, Duration wait) {
    lock.lock();
    try {
      if (dids.contains(did)) {
        return true;
      }
      if (dids.size() >= maxWaiting) {
        moreInStore = true;
        return false;
      }
      dids.add(did);
      waiting.add(new Waiting(did, clock.nanos() + wait.toNanos(), numbers++));
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A turn is over. */
  void ended() {
    lock.lock();
    try {
      running--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int room() {
    lock.lock();
    try {
      return maxWaiting - dids.size();
    } finally {
      lock.unlock();
    }
  }

  /** More waits in the store than there was room for. */
  void moreWaits() {
    lock.lock();
    try {
      moreInStore = true;
    } finally {
      lock.unlock();
    }
  }

  /** Runs until it is interrupted. */
  void run(Listener listener) throws InterruptedException {
    while (true) {
      Did next = null;
      boolean look = false;
      lock.lockInterruptibly();
      try {
        Waiting head = waiting.peek();
        long due = head == null ? LOOK_EVERY_NANOS : head.dueNanos() - clock.nanos();
        if (moreInStore && dids.size() <= maxWaiting / 2) {
          look = true;
          moreInStore = false;
        } else if (running < maxRunning && head != null && due <= 0) {
          waiting.remove();
          dids.remove(head.did());
          running++;
          next = head.did();
        } else {
          long wait = running < maxRunning ? Math.min(due, LOOK_EVERY_NANOS) : LOOK_EVERY_NANOS;
          long left = changed.awaitNanos(wait);
          look = left <= 0 && waiting.isEmpty();
        }
      } finally {
        lock.unlock();
      }
      if (look) {
        listener.lookForMore();
      }
      if (next != null) {
        listener.begin(next);
      }
    }
  }
}
