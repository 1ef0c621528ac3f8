// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 in place (CB-08): no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * <p>The JDK's decoders either put U+FFFD where the input is wrong or need a buffer for the result
 * (T-16); nearly all text on the wire is ASCII, which is checked eight bytes at a time.
 */
final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  static boolean isValid(byte[] in, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      while (end - at >= 8 && ((long) LONGS.get(in, at) & HIGH_BITS) == 0) {
        at += 8;
      }
      if (at == end) {
        return true;
      }
      int lead = in[at];
      if (lead >= 0) {
        at++;
        continue;
      }
      int next = sequence(in, at, end, lead & 0xff);
      if (next < 0) {
        return false;
      }
      at = next;
    }
    return true;
  }

  /** The number of bytes of a text; each half of a pair counts two of the pair's four. */
  static int length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x80) {
        length += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
      }
    }
    return length;
  }

  /**
   * Returns a text that UTF-8 has a form for. The JDK's encoder would put a question mark where it
   * has half a surrogate pair, and another text would be hashed and signed.
   *
   * @throws IllegalArgumentException if it has such a half
   */
  static String require(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.isLowSurrogate(text.charAt(i))
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException("half a surrogate pair at character " + i);
        }
        i++;
      }
    }
    return text;
  }

  /** The offset behind the sequence of two to four bytes at {@code at}, or -1. */
  private static int sequence(byte[] in, int at, int end, int lead) {
    int more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more == 0 || end - at <= more) {
      return -1;
    }
    int second = in[at + 1] & 0xff;
    // The second byte's range is narrower after four of the leads: overlong, surrogates, too high.
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return -1;
    }
    for (int i = 2; i <= more; i++) {
      if ((in[at + i] & 0xc0) != 0x80) {
        return -1;
      }
    }
    return at + more + 1;
  }
}
