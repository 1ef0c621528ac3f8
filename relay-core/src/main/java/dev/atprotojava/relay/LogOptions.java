// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import java.time.Duration;

/**
 * How a log is kept.
 *
 * @param fsync when what was written is forced
 * @param segmentBytes the size from which a segment is sealed
 * @param window how long an event stays
 * @param retainBytes how much may stay; 0 is 60 % of the volume
 * @param initialSeq the lowest number to give out; at most 2^52, so that there are enough above it
 */
public record LogOptions(
    FsyncPolicy fsync, long segmentBytes, Duration window, long retainBytes, long initialSeq) {
  /** The lowest number of all: from here on its encoding is always nine bytes long. */
  public static final long LOWEST_SEQ = 1L << 32;

  public LogOptions {
    if (segmentBytes < 1 << 12
        || retainBytes < 0
        || window.isNegative()
        || window.isZero()
        || initialSeq > 1L << 52) {
      throw new IllegalArgumentException("log options out of range");
    }
  }

  /** Forced before publishing, segments of 128 MB, 72 hours, 60 % of the volume. */
  public static LogOptions defaults() {
    return new LogOptions(FsyncPolicy.BATCH, 128_000_000, Duration.ofDays(3), 0, LOWEST_SEQ);
  }
}
