// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/**
 * Runs things later. The seam through which a {@link CachingDirectory} waits, so that a test or a
 * simulation can move the clock instead.
 */
@FunctionalInterface
public interface Timer {

  /**
   * Runs a task once, when a time has passed. Tasks are short and do not block; they may run on any
   * thread, but not within this call. A timer that was shut down may drop them.
   */
  void schedule(long delayNanos, Runnable task);
}
