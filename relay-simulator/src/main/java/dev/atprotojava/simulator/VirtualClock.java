// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/**
 * Time that passes when it is told to: a wall clock, an elapsed-time clock, and the queue of what
 * is to happen. Hours of traffic run in an instant, the same way each time.
 *
 * <p>What is due at one moment runs in the order in which it was scheduled. Everything runs on the
 * thread that advances the clock. Not thread-safe.
 */
public final class VirtualClock implements InstantSource {
  private final Instant start;
  private final PriorityQueue<Task> queue = new PriorityQueue<>();
  private long nanos;
  private long scheduled;

  /** Something that is to happen, and may still be called off. */
  public static final class Task implements Comparable<Task> {
    private final long dueNanos;
    private final long order;
    private final Runnable action;
    private boolean cancelled;

    private Task(long dueNanos, long order, Runnable action) {
      this.dueNanos = dueNanos;
      this.order = order;
      this.action = action;
    }

    /** Makes it not happen, if it has not. */
    public void cancel() {
      cancelled = true;
    }

    @Override
    @SuppressWarnings("ComparableWithoutEquals") // no two tasks compare as equal
    public int compareTo(Task that) {
      int byTime = Long.compare(dueNanos, that.dueNanos);
      return byTime != 0 ? byTime : Long.compare(order, that.order);
    }
  }

  /** A clock that shows a time and stands still. */
  public VirtualClock(Instant start) {
    this.start = start;
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos);
  }

  /** Elapsed time in nanoseconds, 0 at the start. */
  public long nanos() {
    return nanos;
  }

  /** Lets something happen after a while, which may be none: then it is the next thing to run. */
  public Task schedule(Duration delay, Runnable action) {
    Task task = new Task(nanos + Math.max(0, delay.toNanos()), scheduled++, action);
    queue.add(task);
    return task;
  }

  /** Goes to the next thing that is to happen and does it; false if there is none. */
  public boolean runNext() {
    return runNext(Long.MAX_VALUE);
  }

  /** Lets a time pass, and happen what is due in it. */
  public void advance(Duration time) {
    long until = nanos + time.toNanos();
    while (runNext(until)) {}
    nanos = until;
  }

  private boolean runNext(long untilNanos) {
    for (Task task = queue.peek(); task != null; task = queue.peek()) {
      if (task.dueNanos > untilNanos) {
        return false;
      }
      queue.remove();
      if (!task.cancelled) {
        nanos = task.dueNanos;
        task.action.run();
        return true;
      }
    }
    return false;
  }
}
