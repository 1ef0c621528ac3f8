// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which accounts are to be fetched, and when; few at once. Only so many wait here: the others are
 * marked in the store, and looked for there when there is room (SC-63, SC-75). Of those that wait
 * for a time to come a host has a quarter at most, and all hosts together a half, so that hosts
 * that make their accounts wait keep no others away.
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

  /**
   * An account that waits.
   *
   * @param host in whose share it is; null if it waits for nothing but its turn
   */
  private record Waiting(Did did, @Nullable String host, long dueNanos, long number) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueNanos).thenComparingLong(Waiting::number));
  private final Set<Did> dids = new HashSet<>();
  private final Map<String, Integer> ofHosts = new HashMap<>();
  private int ofAllHosts;
  private int coming;
  private final NanoClock clock;
  private final int maxRunning;
  private final int maxWaiting;
  private final int maxOfHost;
  private final int maxOfHosts;
  private int running;
  private long numbers;
  private boolean moreInStore = true;
  private boolean refused; // some went back to the store that must not come at once
  private long lookedNanos;

  ResyncScheduler(NanoClock clock, int maxRunning, int maxWaiting) {
    this.clock = clock;
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
    this.maxOfHost = Math.max(1, maxWaiting / 4);
    this.maxOfHosts = Math.max(1, maxWaiting / 2);
    this.lookedNanos = clock.nanos();
  }

  /**
   * Lets an account wait for its turn; false if there is no room, and the store must do.
   *
   * @param host the account's server; empty if it is not known, and then one as good as any
   */
  boolean schedule(Did did, String host, Duration wait) {
    lock.lock();
    try {
      if (dids.contains(did)) {
        return true;
      }
      if (dids.size() >= maxWaiting) {
        moreInStore = true;
        return false;
      }
      String shareOf = wait.isZero() ? null : host;
      if (shareOf != null
          && (ofAllHosts >= maxOfHosts || ofHosts.getOrDefault(shareOf, 0) >= maxOfHost)) {
        refused = true;
        return false;
      }
      dids.add(did);
      if (shareOf != null) {
        ofHosts.merge(shareOf, 1, Integer::sum);
        ofAllHosts++;
      }
      waiting.add(new Waiting(did, shareOf, clock.nanos() + wait.toNanos(), numbers++));
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

  /** So many accounts of the store are on their way here, by way of their lanes. */
  void come(int count) {
    lock.lock();
    try {
      coming += count;
    } finally {
      lock.unlock();
    }
  }

  /** One of them was looked at, and waits here now if it has to. */
  void arrived() {
    lock.lock();
    try {
      coming--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many more have a place. */
  int room() {
    lock.lock();
    try {
      return maxWaiting - dids.size() - coming;
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

  private void remove(Waiting head) {
    waiting.remove();
    dids.remove(head.did());
    if (head.host() != null) {
      ofAllHosts--;
      ofHosts.computeIfPresent(head.host(), (host, count) -> count == 1 ? null : count - 1);
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
        long now = clock.nanos();
        long untilLook = lookedNanos + LOOK_EVERY_NANOS - now;
        boolean wanted = moreInStore || (untilLook <= 0 && (refused || head == null));
        if (wanted && dids.size() - ofAllHosts + coming <= maxWaiting / 4) {
          look = true;
          moreInStore = false;
          refused = false;
          lookedNanos = now;
        } else if (running < maxRunning && head != null && head.dueNanos() - now <= 0) {
          remove(head);
          running++;
          next = head.did();
        } else {
          long wait = untilLook > 0 ? untilLook : LOOK_EVERY_NANOS;
          if (running < maxRunning && head != null) {
            wait = Math.min(wait, head.dueNanos() - now);
          }
          changed.awaitNanos(wait);
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
