// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Something that is done again and again, on a thread of its own, until it is closed or fails. */
final class PeriodicTask implements AutoCloseable {
  private final String name;
  private final ScheduledExecutorService thread;
  private final ScheduledFuture<?> task;

  PeriodicTask(String name, Duration period, Runnable action) {
    this.name = name;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    this.task = thread.scheduleAtFixedRate(action, 0, period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Sees to it that it is still done.
   *
   * @throws ProgramFailure if it has failed
   */
  void requireRunning() throws ProgramFailure {
    if (task.state() == Future.State.FAILED) {
      throw new ProgramFailure(name + " failed: " + task.exceptionNow());
    }
  }

  /** Stops it; when this returns it is not being done. */
  @Override
  public void close() {
    task.cancel(false);
    thread.close();
  }
}
