// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether a host that is only observed has shown that nothing needs to be waived for it (RL-42):
 * two hundred clean commits over at least a day, updates and deletes among them, and none that was
 * waived anything. Each that was begins the count anew. Thread-safe.
 */
public final class PostureRatchet {
  private static final long COMMITS = 200;
  private static final Duration TIME = Duration.ofHours(24);

  /**
   * How far the host has come.
   *
   * @param since when the first clean commit came
   * @param commits how many came since
   */
  public record Progress(Instant since, long commits, boolean updates, boolean deletes) {}

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Progress progress;
  private boolean due;

  /** Begins where an earlier life of the process was; null for at the beginning. */
  PostureRatchet(@Nullable Progress progress) {
    this.progress = progress;
  }

  /** A commit passed. */
  void commit(boolean clean, boolean updates, boolean deletes, Instant now) {
    lock.lock();
    try {
      if (!clean) {
        progress = null;
        due = false;
        return;
      }
      Progress before = progress == null ? new Progress(now, 0, false, false) : progress;
      progress =
          new Progress(
              before.since(),
              before.commits() + 1,
              before.updates() || updates,
              before.deletes() || deletes);
      due =
          progress.commits() >= COMMITS
              && progress.updates()
              && progress.deletes()
              && Duration.between(progress.since(), now).compareTo(TIME) >= 0;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything, since the operator decided. */
  void reset() {
    lock.lock();
    try {
      progress = null;
      due = false;
    } finally {
      lock.unlock();
    }
  }

  /** True once it is shown. */
  boolean isDue() {
    lock.lock();
    try {
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** How far the host has come; null if it is at the beginning. */
  @Nullable Progress progress() {
    lock.lock();
    try {
      return progress;
    } finally {
      lock.unlock();
    }
  }
}
