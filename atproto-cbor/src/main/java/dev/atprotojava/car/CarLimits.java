// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

/**
 * How much a reader takes of a CAR (CAR-12).
 *
 * @param maxHeaderBytes the longest header
 * @param maxRoots the most roots
 * @param maxBlockBytes the largest block, its CID not counted
 */
public record CarLimits(int maxHeaderBytes, int maxRoots, int maxBlockBytes) {
  /** What the specification recommends: 64 KiB, 64 roots, 2 MiB. */
  public static final CarLimits DEFAULT = new CarLimits(64 << 10, 64, 2 << 20);

  public CarLimits {
    if (maxHeaderBytes < 0 || maxRoots < 0 || maxBlockBytes < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }
}
