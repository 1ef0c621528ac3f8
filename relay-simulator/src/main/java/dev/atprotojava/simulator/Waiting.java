// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The patience of a program: it waits for things to become true, and stops waiting when somebody
 * stops the program. Thread-safe.
 */
final class Waiting {
  private static final int POLL_MILLIS = 20;

  private final LongSupplier nanoClock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Something that becomes true. */
  interface Condition {
    boolean holds() throws InterruptedException, ProgramFailure;
  }

  Waiting(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Ends all waiting, and waits itself until the program has put everything away. */
  void stop(Duration limit) {
    stopped.countDown();
    try {
      finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that everything is put away. */
  void finish() {
    finished.countDown();
  }

  /** Whether somebody stops the program. */
  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Lets time pass; true if somebody stops the program. */
  boolean pause(int millis) throws InterruptedException {
    return stopped.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Waits until a condition holds; false if it does not in time, or somebody stops the program. */
  boolean until(Duration limit, Condition condition) throws InterruptedException, ProgramFailure {
    long end = nanoClock.getAsLong() + limit.toNanos();
    while (!condition.holds()) {
      if (pause(POLL_MILLIS) || nanoClock.getAsLong() > end) {
        return false;
      }
    }
    return true;
  }
}
