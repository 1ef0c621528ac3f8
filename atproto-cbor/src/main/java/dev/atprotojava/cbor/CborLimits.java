// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

/**
 * How much a reader takes (CB-19, CB-20).
 *
 * @param maxInputBytes the longest input
 * @param maxDepth the deepest nesting of arrays and maps; an item that is neither has depth 0
 * @param maxElements the most elements of an array, or pairs of a map
 * @param maxKeyBytes the longest map key, in bytes
 */
public record CborLimits(int maxInputBytes, int maxDepth, int maxElements, int maxKeyBytes) {
  /** What the specification recommends: 5 MiB, 32 levels, 131,072 elements, keys of 8 KiB. */
  public static final CborLimits DEFAULT = new CborLimits(5 << 20, 32, 1 << 17, 1 << 13);

  public CborLimits {
    if (maxInputBytes < 1 || maxDepth < 0 || maxElements < 0 || maxKeyBytes < 0) {
      throw new IllegalArgumentException("negative limit");
    }
    if (maxDepth > 1024) {
      throw new IllegalArgumentException("depth " + maxDepth + ", at most 1024");
    }
  }
}
