// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.syntax.Did;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells the lanes that named accounts may have missed something, when the server says that the
 * stream has a gap (SC-46). However often it says so, no account waits to be told more than once:
 * what comes while some still wait leads to one more round when they are through. Thread-safe.
 */
final class GapMarking {
  private final Set<Did> accounts;
  private final Consumer<Did> mark;
  private int waiting;
  private boolean again;

  /**
   * A marking.
   *
   * @param mark tells one account, and must not wait; {@link #ended} follows, on any thread
   */
  GapMarking(Set<Did> accounts, Consumer<Did> mark) {
    this.accounts = accounts;
    this.mark = mark;
  }

  /** The stream has a gap here. */
  synchronized void begin() {
    if (waiting > 0) {
      again = true;
      return;
    }
    waiting = accounts.size();
    accounts.forEach(mark);
  }

  /** One account was told. */
  synchronized void ended() {
    waiting--;
    if (waiting == 0 && again) {
      again = false;
      begin();
    }
  }
}
