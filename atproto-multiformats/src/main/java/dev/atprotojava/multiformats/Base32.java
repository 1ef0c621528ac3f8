// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * RFC 4648 base32 in lower case and without padding, the form of CIDs and of did:plc.
 *
 * <p>The decoder refuses upper case, padding, impossible lengths, and bits set behind the last byte
 * (CID-05), so that printing what was parsed gives the same text.
 */
public final class Base32 {
  private static final byte[] ALPHABET =
      "abcdefghijklmnopqrstuvwxyz234567".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = values();

  private Base32() {}

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      values[ALPHABET[i]] = (byte) i;
    }
    return values;
  }

  /** The text of some bytes: eight characters for five bytes. */
  public static String encode(byte[] bytes) {
    byte[] out = new byte[(bytes.length * 8 + 4) / 5];
    int at = 0;
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = buffer << 8 | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out[at++] = ALPHABET[buffer >>> bits & 31];
      }
    }
    if (bits > 0) {
      out[at] = ALPHABET[buffer << (5 - bits) & 31];
    }
    return new String(out, StandardCharsets.US_ASCII);
  }

  /**
   * The bytes of a text.
   *
   * @throws MultiformatException if the text is not what {@link #encode} writes
   */
  public static byte[] decode(CharSequence text) {
    byte[] out = new byte[text.length() * 5 / 8];
    int at = 0;
    int buffer = 0;
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c < 128 ? VALUES[c] : -1;
      if (value < 0) {
        throw new MultiformatException("not a base32 character at index " + i);
      }
      buffer = buffer << 5 | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        out[at++] = (byte) (buffer >>> bits);
      }
    }
    if (bits >= 5) {
      throw new MultiformatException("no bytes have " + text.length() + " base32 characters");
    }
    if ((buffer & ((1 << bits) - 1)) != 0) {
      throw new MultiformatException("bits are set behind the last byte");
    }
    return out;
  }
}
