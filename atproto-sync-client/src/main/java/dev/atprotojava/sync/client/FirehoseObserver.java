// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.syntax.Did;
import java.time.Duration;

/**
 * Hears what an operator may want to know, to count it or to write it down. Every method may be
 * called by several threads, must not block, and does nothing unless it is overridden.
 */
public interface FirehoseObserver {
  /** Hears nothing. */
  static FirehoseObserver none() {
    return new FirehoseObserver() {};
  }

  /** A connection was opened, which asked for a cursor. */
  default void connected(Cursor cursor) {}

  /** A connection broke, or could not be opened; the next attempt comes after a wait. */
  default void disconnected(String reason, Duration wait) {}

  /**
   * The server no longer has what comes after our cursor, and goes on with the oldest that it has
   * (SC-46). This is the gap that a stream can tell of; that numbers leave some out is normal
   * (SC-40). Accounts that were missed show when they commit again, or by {@code listRepos}.
   */
  default void outdatedCursor(Cursor cursor) {}

  /**
   * A number below the one before (SC-43): the server's numbers went back. The event is dropped.
   */
  default void seqRegressed(long seq, long last) {}

  /** A message that is none, or no event; see {@link FirehoseClient.OnBadMessage}. */
  default void badMessage(String what) {}

  /** An event of an account was dropped, for it is not to be believed. */
  default void rejected(Did did, long seq, CommitFault fault) {}

  /**
   * An event of an account was dropped, for the account has no key or server, or another server
   * than this (SC-51, SC-52).
   */
  default void notEntitled(Did did, long seq) {}

  /** The copy of an account is not known to be right any more. */
  default void desynchronized(Did did, ChainState.Cause cause) {}

  /** The repository of an account is fetched. */
  default void resyncBegun(Did did) {}

  /** The repository of an account could not be fetched; it is tried again after a wait. */
  default void resyncFailed(Did did, String reason, Duration wait) {}
}
