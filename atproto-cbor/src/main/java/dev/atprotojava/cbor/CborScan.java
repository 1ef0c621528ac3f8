// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cid.Cid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The quick half of {@link CborReader#skip}: steps over an item that is all in order, and says
 * nothing about one that is not. The reader then goes over it again, and finds the reason.
 *
 * <p>It keeps its place in variables and not in fields, looks at eight bytes at a time, and takes
 * only what is common: CIDs of any but the usual form, and what is nested very deeply, are for the
 * reader too. So it never accepts what the reader would not (CB-01 to CB-16).
 */
final class CborScan {
  /** There is no item here, or not one for this. */
  static final int NONE = -1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final int MOST_LEVELS = 64;
  private static final int TEXT = 3;
  private static final int LINK = 0xd8;
  private static final int LINK_LENGTH = 5 + 36;

  private final int maxElements;
  private final int maxKeyBytes;

  CborScan(CborLimits limits) {
    this.maxElements = limits.maxElements();
    this.maxKeyBytes = limits.maxKeyBytes();
  }

  /**
   * The offset behind the item at an offset, or {@link #NONE}.
   *
   * @param levels how deep it may be nested
   */
  int skip(byte[] in, int at, int end, int levels) {
    return item(in, at, end, Math.min(levels, MOST_LEVELS));
  }

  private int item(byte[] in, int at, int end, int levels) {
    if (at >= end) {
      return NONE;
    }
    int head = in[at] & 0xff;
    if (head >= 0xe0) {
      return head >= 0xf4 && head <= 0xf6 ? at + 1 : NONE;
    }
    if (head == LINK) {
      return link(in, at, end);
    }
    int low = head & 31;
    long argument = low < 24 ? low : argument(in, at + 1, end, low);
    int behind = at + 1 + (low < 24 ? 0 : 1 << (low - 24));
    return switch (head >>> 5) {
      case 0, 1 -> argument < 0 ? NONE : behind;
      case 2 -> argument < 0 || argument > end - behind ? NONE : behind + (int) argument;
      case 3 ->
          argument < 0 || argument > end - behind || !isText(in, behind, (int) argument)
              ? NONE
              : behind + (int) argument;
      case 4 -> array(in, behind, end, argument, levels);
      case 5 -> map(in, behind, end, argument, levels);
      default -> NONE;
    };
  }

  private int array(byte[] in, int from, int end, long count, int levels) {
    if (levels == 0 || count < 0 || count > end - from || count > maxElements) {
      return NONE;
    }
    int at = from;
    for (int i = (int) count; i > 0; i--) {
      at = item(in, at, end, levels - 1);
      if (at < 0) {
        return NONE;
      }
    }
    return at;
  }

  private int map(byte[] in, int from, int end, long count, int levels) {
    if (levels == 0 || count < 0 || count > (end - from) / 2 || count > maxElements) {
      return NONE;
    }
    int at = from;
    int before = 0;
    int lengthBefore = 0;
    boolean first = true;
    for (int i = (int) count; i > 0; i--) {
      if (at >= end || (in[at] & 0xff) >>> 5 != TEXT) {
        return NONE;
      }
      int low = in[at] & 31;
      long argument = low < 24 ? low : argument(in, at + 1, end, low);
      int key = at + 1 + (low < 24 ? 0 : 1 << (low - 24));
      if (argument < lengthBefore || argument > end - key || argument > maxKeyBytes) {
        return NONE; // so is -1
      }
      int length = (int) argument;
      boolean rises = first || length > lengthBefore || compare(in, before, key, length) < 0;
      first = false;
      if (!rises || !isText(in, key, length)) {
        return NONE;
      }
      before = key;
      lengthBefore = length;
      at = item(in, key + length, end, levels - 1);
      if (at < 0) {
        return NONE;
      }
    }
    return at;
  }

  /** A link with a blessed CID: tag 42, 37 bytes, of which the first is zero. */
  private static int link(byte[] in, int at, int end) {
    return end - at >= LINK_LENGTH
            && in[at + 1] == 42
            && in[at + 2] == 0x58
            && in[at + 3] == 37
            && in[at + 4] == 0
            && Cid.isBlessed(in, at + 5, 36)
        ? at + LINK_LENGTH
        : NONE;
  }

  /** The number behind a head, or -1 if it is cut off, too large, or could be shorter. */
  private static long argument(byte[] in, int at, int end, int low) {
    if (low > 27 || 1 << (low - 24) > end - at) {
      return -1;
    }
    return switch (low) {
      case 24 -> atLeast(in[at] & 0xff, 24);
      case 25 -> atLeast((in[at] & 0xff) << 8 | (in[at + 1] & 0xff), 1 << 8);
      case 26 ->
          atLeast(
              (in[at] & 0xffL) << 24
                  | (in[at + 1] & 0xff) << 16
                  | (in[at + 2] & 0xff) << 8
                  | (in[at + 3] & 0xff),
              1 << 16);
      default -> atLeast((long) LONGS.get(in, at), 1L << 32);
    };
  }

  private static long atLeast(long value, long least) {
    return value < least ? -1 : value;
  }

  private static boolean isText(byte[] in, int at, int length) {
    return isAscii(in, at, length) || Utf8.isValid(in, at, length);
  }

  private static boolean isAscii(byte[] in, int at, int length) {
    int end = at + length;
    if (length < 8) {
      if (in.length - at >= 8) { // what is behind the text is shifted out
        return length == 0 || ((long) LONGS.get(in, at) & HIGH_BITS) >>> (64 - 8 * length) == 0;
      }
      for (int i = at; i < end; i++) {
        if (in[i] < 0) {
          return false;
        }
      }
      return true;
    }
    long bits = (long) LONGS.get(in, end - 8); // the last eight, perhaps some of them twice
    for (int i = at; i < end - 8; i += 8) {
      bits |= (long) LONGS.get(in, i);
    }
    return (bits & HIGH_BITS) == 0;
  }

  /** The order of two keys of one length. */
  private static int compare(byte[] in, int a, int b, int length) {
    if (length < 8 && length > 0 && in.length - b >= 8) {
      int shift = 64 - 8 * length;
      return Long.compareUnsigned(
          (long) LONGS.get(in, a) >>> shift, (long) LONGS.get(in, b) >>> shift);
    }
    return Arrays.compareUnsigned(in, a, a + length, in, b, b + length);
  }
}
