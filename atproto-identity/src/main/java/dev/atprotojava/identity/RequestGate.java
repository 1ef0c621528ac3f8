// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Lets requests through, so many at a time and so many a second, and has the rest wait in a queue
 * of bounded length, first come, first served. No thread waits.
 *
 * <p>The rate is one number, the time at which the next request would be on schedule. It may lie in
 * the future by as much as a burst takes, and no further.
 */
final class RequestGate {
  /** A request in the queue. One of the two is called, once. */
  interface Waiting {
    /** May start now; {@link RequestGate#release} must follow. */
    void start();

    /** Will not start, because the queue was cleared. */
    void refuse();
  }

  private static final int BURST_PART_OF_SECOND = 10;

  private final RequestLimits limits;
  private final long intervalNanos;
  private final long burstNanos;
  private final LongSupplier nanoClock;
  private final Timer timer;

  private final ReentrantLock lock = new ReentrantLock();
  // The rest is owned by the lock.
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private int running;
  private long scheduledNanos;
  private boolean wakeUpIsSet;

  RequestGate(RequestLimits limits, LongSupplier nanoClock, Timer timer) {
    this.limits = limits;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / limits.perSecond();
    this.burstNanos = TimeUnit.SECONDS.toNanos(1) / BURST_PART_OF_SECOND;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.scheduledNanos = nanoClock.getAsLong() - burstNanos;
  }

  /** Queues a request and starts it if it can; false, and nothing else, if the queue is full. */
  boolean submit(Waiting request) {
    List<Waiting> starting;
    lock.lock();
    try {
      boolean idle = queue.isEmpty() && running < limits.concurrent();
      if (!idle && queue.size() >= limits.queued()) {
        return false;
      }
      queue.add(request);
      starting = takeDue();
    } finally {
      lock.unlock();
    }
    starting.forEach(Waiting::start);
    return true;
  }

  /** A request that was started has ended. */
  void release() {
    List<Waiting> starting;
    lock.lock();
    try {
      running--;
      starting = takeDue();
    } finally {
      lock.unlock();
    }
    starting.forEach(Waiting::start);
  }

  private void wakeUp() {
    List<Waiting> starting;
    lock.lock();
    try {
      wakeUpIsSet = false;
      starting = takeDue();
    } finally {
      lock.unlock();
    }
    starting.forEach(Waiting::start);
  }

  /** Refuses everything that waits. */
  void clear() {
    List<Waiting> refused;
    lock.lock();
    try {
      refused = new ArrayList<>(queue);
      queue.clear();
    } finally {
      lock.unlock();
    }
    refused.forEach(Waiting::refuse);
  }

  /** How many wait. */
  int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> takeDue() {
    if (queue.isEmpty() || running >= limits.concurrent()) {
      return List.of();
    }
    long now = nanoClock.getAsLong();
    // Unused time beyond a burst is lost.
    scheduledNanos = Math.max(scheduledNanos - now, -burstNanos) + now;
    List<Waiting> due = new ArrayList<>();
    while (!queue.isEmpty() && running < limits.concurrent() && scheduledNanos - now <= 0) {
      due.add(queue.remove());
      running++;
      scheduledNanos += intervalNanos;
    }
    if (!queue.isEmpty() && running < limits.concurrent() && !wakeUpIsSet) {
      wakeUpIsSet = true;
      timer.schedule(scheduledNanos - now, this::wakeUp);
    }
    return due;
  }
}
