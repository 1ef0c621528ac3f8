// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Character classes of the identifiers, and the bridge that lets one scan serve text and bytes.
 *
 * <p>All identifiers are ASCII, so the scans run over bytes. Text becomes bytes by Latin-1: ASCII
 * stays what it is, U+0080 to U+00FF become negative bytes, which are in no class, and anything
 * above becomes {@code ?}, which no identifier allows. A surrogate pair becomes one byte, but the
 * index of the first flaw is right, because everything before it is ASCII.
 */
final class Ascii {
  static final int LOWER = 1;
  static final int UPPER = 2;
  static final int DIGIT = 4;

  /** {@code . _ : % -}, the rest of a DID. */
  static final int DID_MARK = 8;

  /** {@code _ ~ . : -}, the rest of a record key. */
  static final int KEY_MARK = 16;

  /** {@code a-z 2-7}, as in did:plc. */
  static final int BASE32 = 32;

  static final int LETTER = LOWER | UPPER;
  static final int ALPHANUMERIC = LETTER | DIGIT;

  // 256 entries, so that an unsigned byte needs no bounds check.
  private static final byte[] CLASSES = classes();

  private Ascii() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    Arrays.fill(classes, 'a', 'z' + 1, (byte) (LOWER | BASE32));
    Arrays.fill(classes, 'A', 'Z' + 1, (byte) UPPER);
    Arrays.fill(classes, '0', '9' + 1, (byte) DIGIT);
    Arrays.fill(classes, '2', '7' + 1, (byte) (DIGIT | BASE32));
    for (byte mark : ascii("._:%-")) {
      classes[mark] |= DID_MARK;
    }
    for (byte mark : ascii("_~.:-")) {
      classes[mark] |= KEY_MARK;
    }
    return classes;
  }

  /** The bits of every class that the character is in. */
  static int classes(byte character) {
    return CLASSES[character & 0xff];
  }

  static boolean is(int anyOf, byte character) {
    return (classes(character) & anyOf) != 0;
  }

  /** For text that is known to be ASCII. */
  static boolean is(int anyOf, char character) {
    return (CLASSES[character & 0xff] & anyOf) != 0;
  }

  /** Bytes to scan, of at most one character more than the limit: enough to see that it is long. */
  static byte[] bytes(CharSequence text, int limit) {
    CharSequence head = text.length() > limit ? text.subSequence(0, limit + 1) : text;
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] ascii(String constant) {
    return constant.getBytes(StandardCharsets.US_ASCII);
  }

  /** The text of bytes that a scan has passed. */
  static String text(byte[] ascii, int offset, int length) {
    return new String(ascii, offset, length, StandardCharsets.ISO_8859_1);
  }

  static boolean startsWith(byte[] prefix, byte[] bytes, int offset, int length) {
    return length >= prefix.length
        && Arrays.equals(bytes, offset, offset + prefix.length, prefix, 0, prefix.length);
  }

  /** Where the bytes first differ from a prefix that they do not start with. */
  static int mismatch(byte[] prefix, byte[] bytes, int offset, int length) {
    return Arrays.mismatch(bytes, offset, offset + length, prefix, 0, prefix.length);
  }

  /** The index of a byte from {@code from} on, or {@code end}. */
  static int find(char wanted, byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  /** Whether there is an upper-case letter in part of a text that is known to be ASCII. */
  static boolean hasUpper(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (is(UPPER, text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
