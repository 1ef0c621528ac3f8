// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Both clocks and the timer of a test: time passes when the test says so. */
final class ManualTime implements InstantSource, LongSupplier, Timer {
  /** Of the nano clock, which overflows a minute later, as a real one may. */
  private static final long START = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(1);

  private record Task(long atNanos, long order, Runnable action) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order));
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private long elapsedNanos;
  private long scheduled;

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized long getAsLong() {
    return START + elapsedNanos;
  }

  @Override
  public synchronized void schedule(long delayNanos, Runnable task) {
    tasks.add(new Task(elapsedNanos + Math.max(0, delayNanos), scheduled++, task));
  }

  /** Lets time pass, and runs what becomes due at its moment. */
  void advance(Duration time) {
    long end;
    synchronized (this) {
      end = elapsedNanos + time.toNanos();
    }
    for (Runnable next = moveTo(end); next != null; next = moveTo(end)) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable moveTo(long endNanos) {
    Task next = tasks.peek();
    boolean due = next != null && next.atNanos() <= endNanos;
    long step = (due ? next.atNanos() : endNanos) - elapsedNanos;
    now = now.plusNanos(step);
    elapsedNanos += step;
    return due ? tasks.remove().action() : null;
  }

  /** Sets the wall clock alone, as an operator does. */
  synchronized void setWallClock(Instant instant) {
    now = instant;
  }

  synchronized int pendingTasks() {
    return tasks.size();
  }
}
