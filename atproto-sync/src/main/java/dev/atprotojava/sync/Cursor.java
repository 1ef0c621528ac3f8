// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/**
 * Where a reader of a stream wants to begin. A cursor is exclusive: the first event is the one
 * after it (T-60), though some servers send the one it names again (SC-42).
 */
public sealed interface Cursor {
  /** Only what happens from now on. */
  record Live() implements Cursor {}

  /** Everything the server still has: {@code cursor=0}. */
  record Oldest() implements Cursor {}

  /**
   * Everything after an event.
   *
   * @param seq the last one that was processed, 1 to 2^53 - 1
   */
  record After(long seq) implements Cursor {
    public After {
      if (seq < 1 || seq > SyncLimits.MAX_SEQ) {
        throw new IllegalArgumentException("seq " + seq);
      }
    }
  }
}
