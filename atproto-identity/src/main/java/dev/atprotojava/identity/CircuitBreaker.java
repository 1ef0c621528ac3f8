// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches one directory, and stops asking one that fails (ID-04).
 *
 * <pre>
 *             8 failures in a row,          a trial is due
 *   CLOSED  --- or "come later" ---&gt;  OPEN  ---------------&gt;  HALF_OPEN
 *     ^                                ^                          |
 *     |                                +------ it fails ----------+
 *     +------------------ any request succeeds -------------------+
 * </pre>
 *
 * <p>Closed again only by a success, never by time alone: whoever pauses because this is open would
 * otherwise run into the same wall with everything that has gathered. The trials are made by the
 * directory, so that they come even when nobody asks.
 */
final class CircuitBreaker {
  /** What to do about a result. */
  enum Change {
    NONE,
    OPENED,
    CLOSED
  }

  static final int FAILURES_TO_OPEN = 8;
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);
  private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;
  private final RandomGenerator random;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile DirectoryState state = DirectoryState.CLOSED;
  // Owned by the lock.
  private int failures;
  private long pauseNanos;
  private long trialAtNanos;

  CircuitBreaker(LongSupplier nanoClock, RandomGenerator random) {
    this.nanoClock = nanoClock;
    this.random = random;
  }

  DirectoryState state() {
    return state;
  }

  /** Whether requests may pass. */
  boolean admits() {
    return state == DirectoryState.CLOSED;
  }

  Change succeeded() {
    if (state == DirectoryState.CLOSED && failures == 0) {
      return Change.NONE; // read without the lock; a failure at this moment is counted or is not
    }
    lock.lock();
    try {
      boolean wasClosed = state == DirectoryState.CLOSED;
      state = DirectoryState.CLOSED;
      failures = 0;
      return wasClosed ? Change.NONE : Change.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  Change failed() {
    lock.lock();
    try {
      failures++;
      return switch (state) {
        case CLOSED -> {
          if (failures < FAILURES_TO_OPEN) {
            yield Change.NONE;
          }
          pauseNanos = FIRST_PAUSE.toNanos();
          yield open(pauseNanos);
        }
        // Of requests that were under way when it opened.
        case OPEN -> Change.NONE;
        case HALF_OPEN -> {
          pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
          yield open(pauseNanos);
        }
      };
    } finally {
      lock.unlock();
    }
  }

  /** The directory wants to be left alone, for a time that it may have named. */
  Change limited(@Nullable Duration retryAfter) {
    Duration pause = retryAfter == null ? DEFAULT_RETRY_AFTER : retryAfter;
    pause = pause.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : pause;
    pause = pause.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : pause;
    lock.lock();
    try {
      if (state == DirectoryState.OPEN) {
        return Change.NONE;
      }
      pauseNanos = Math.max(pauseNanos, FIRST_PAUSE.toNanos());
      return open(pause.toNanos());
    } finally {
      lock.unlock();
    }
  }

  // Up to a fifth later, so that relays that failed together do not return together.
  private Change open(long forNanos) {
    state = DirectoryState.OPEN;
    trialAtNanos = nanoClock.getAsLong() + forNanos + random.nextLong(forNanos / 5 + 1);
    return Change.OPENED;
  }

  /** Time until the next trial; none while closed. */
  long nanosUntilTrial() {
    lock.lock();
    try {
      return state == DirectoryState.OPEN ? Math.max(0, trialAtNanos - nanoClock.getAsLong()) : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a trial may be made now; one that is made ends with a result. */
  boolean beginTrial() {
    lock.lock();
    try {
      if (state != DirectoryState.OPEN || trialAtNanos - nanoClock.getAsLong() > 0) {
        return false;
      }
      state = DirectoryState.HALF_OPEN;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
