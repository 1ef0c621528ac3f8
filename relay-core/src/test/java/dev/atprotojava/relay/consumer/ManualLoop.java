// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** An I/O thread that runs when a test says, on a clock that the test moves. */
final class ManualLoop implements ConsumerLoop {
  private record Timed(long at, long number, Runnable task) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::number));
  private long number;
  long now = -5_000_000_000L; // only differences mean something

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void executeAfter(Runnable task, long delayNanos) {
    timed.add(new Timed(now + delayNanos, number++, task));
  }

  /** Runs what is to run now; false if there was nothing. */
  boolean run() {
    boolean any = false;
    while (true) {
      while (!timed.isEmpty() && timed.peek().at <= now) {
        tasks.add(timed.remove().task);
      }
      Runnable task = tasks.poll();
      if (task == null) {
        return any;
      }
      any = true;
      task.run();
    }
  }

  /** Runs one task, if there is one. */
  void runOne() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  void pass(long millis) {
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    run();
    while (!timed.isEmpty() && timed.peek().at <= end) {
      now = Math.max(now, timed.peek().at);
      run();
    }
    now = end;
  }
}
