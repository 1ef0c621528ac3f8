// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

/**
 * Unsigned LEB128: seven bits a byte, the lowest first, the top bit set on every byte but the last.
 *
 * <p>Values are 0 to 2^63 - 1, which is 1 to 9 bytes. Only the shortest form of a value is read
 * (CAR-02, T-12), so the number of bytes that {@link #decode} consumed is {@link #length} of what
 * it returned.
 */
public final class UnsignedVarint {
  /** The longest encoding, in bytes. */
  public static final int MAX_LENGTH = 9;

  private UnsignedVarint() {}

  /**
   * The number of bytes in the encoding of a value.
   *
   * @throws IllegalArgumentException if the value is negative
   */
  public static int length(long value) {
    requireNotNegative(value);
    return value == 0 ? 1 : (63 - Long.numberOfLeadingZeros(value)) / 7 + 1;
  }

  /**
   * Writes a value and returns the offset behind it.
   *
   * @throws IllegalArgumentException if the value is negative
   * @throws IndexOutOfBoundsException if it does not fit
   */
  public static int encode(long value, byte[] out, int offset) {
    requireNotNegative(value);
    int at = offset;
    long rest = value;
    while (rest > 0x7f) {
      out[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;
    return at;
  }

  /** The encoding of a value. */
  public static byte[] encode(long value) {
    byte[] out = new byte[length(value)];
    encode(value, out, 0);
    return out;
  }

  /**
   * Reads the value that begins at {@code offset} and ends before {@code limit}.
   *
   * @throws MultiformatException if it is cut off, longer than nine bytes, or not in its shortest
   *     form
   */
  public static long decode(byte[] in, int offset, int limit) {
    long value = 0;
    int end = Math.min(limit, offset + MAX_LENGTH);
    for (int at = offset, shift = 0; at < end; at++, shift += 7) {
      byte b = in[at];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (b == 0 && at > offset) {
          throw new MultiformatException("varint is not in its shortest form");
        }
        return value;
      }
    }
    throw new MultiformatException(
        end == limit ? "varint is cut off" : "varint is longer than " + MAX_LENGTH + " bytes");
  }

  private static void requireNotNegative(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
  }
}
