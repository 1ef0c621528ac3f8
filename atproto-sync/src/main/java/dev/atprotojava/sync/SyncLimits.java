// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import java.time.Duration;

/** The limits of the protocol (SC-31). Sizes are decimal, not binary (T-08). */
public final class SyncLimits {
  /** The longest WebSocket message, in bytes (SC-08). */
  public static final int FRAME_BYTES = 5_000_000;

  /** The longest {@code blocks} of a {@code #commit}, in bytes. */
  public static final int COMMIT_BLOCKS_BYTES = 2_000_000;

  /** The longest {@code blocks} of a {@code #sync}, in bytes. */
  public static final int SYNC_BLOCKS_BYTES = 10_000;

  /**
   * The largest record, in bytes. Writers stop at 1,000,000; whoever verifies takes a binary
   * megabyte, since that is what others take (T-07).
   */
  public static final int RECORD_BYTES = 1 << 20;

  /** The most operations of a {@code #commit}. */
  public static final int OPS = 200;

  /** The largest {@code seq}, 2^53 - 1 (SC-40). */
  public static final long MAX_SEQ = (1L << 53) - 1;

  /** How far the clock of a {@code rev} may be ahead of ours (SC-57). */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private SyncLimits() {}
}
