// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cid.Cid;

/**
 * How much a reader takes of a CAR (CAR-12).
 *
 * @param maxHeaderBytes the longest header
 * @param maxRoots the most roots
 * @param maxBlockBytes the largest block, its CID not counted
 * @param maxFileBytes the longest file, header and lengths counted
 */
public record CarLimits(int maxHeaderBytes, int maxRoots, int maxBlockBytes, long maxFileBytes) {
  /** What the specification recommends: 64 KiB, 64 roots, 2 MiB; a file of any length. */
  public static final CarLimits DEFAULT = new CarLimits(64 << 10, 64, 2 << 20, Long.MAX_VALUE);

  private static final int MOST_BLOCK_BYTES = 1 << 30;

  public CarLimits {
    if ((maxHeaderBytes | maxRoots | maxBlockBytes) < 0 || maxFileBytes < 0) {
      throw new IllegalArgumentException("negative limit");
    }
    if (maxBlockBytes > MOST_BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "block of " + maxBlockBytes + " bytes, at most " + MOST_BLOCK_BYTES);
    }
  }

  /** These limits, with one on the whole file. */
  public CarLimits withMaxFileBytes(long bytes) {
    return new CarLimits(maxHeaderBytes, maxRoots, maxBlockBytes, bytes);
  }

  /** The longest section: a block behind its CID. */
  int maxSectionBytes() {
    return maxBlockBytes + Cid.MAX_LENGTH;
  }
}
