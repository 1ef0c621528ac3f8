// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Runs tasks when the test says so, on the thread of the test. */
final class ManualExecutor implements Executor {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Runs everything, and what comes of it. */
  void runAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Runs the oldest task. */
  void runOne() {
    tasks.remove().run();
  }

  /** Moves the oldest task behind all others. */
  void rotate() {
    tasks.add(tasks.remove());
  }

  int size() {
    return tasks.size();
  }
}
