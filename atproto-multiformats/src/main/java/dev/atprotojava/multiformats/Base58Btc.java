// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base58 with the Bitcoin alphabet, the form of public keys.
 *
 * <p>The number is big-endian; each leading zero byte is a leading {@code 1}. Time is quadratic in
 * the length, so both directions refuse more than {@value #MAX_LENGTH} bytes or characters: a key
 * has 35.
 */
public final class Base58Btc {
  /** The longest input of either direction. */
  public static final int MAX_LENGTH = 1024;

  private static final byte[] ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = values();

  private Base58Btc() {}

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      values[ALPHABET[i]] = (byte) i;
    }
    return values;
  }

  /**
   * The text of some bytes.
   *
   * @throws MultiformatException if there are more than {@link #MAX_LENGTH}
   */
  public static String encode(byte[] bytes) {
    requireLength(bytes.length);
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    // Digits of the number, the lowest first; log(256) / log(58) is below 1.37.
    byte[] digits = new byte[(bytes.length - zeros) * 137 / 100 + 1];
    int used = 0;
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      for (int d = 0; d < used || carry > 0; d++) {
        carry += digits[d] << 8;
        digits[d] = (byte) (carry % 58);
        carry /= 58;
        used = Math.max(used, d + 1);
      }
    }
    byte[] out = new byte[zeros + used];
    Arrays.fill(out, 0, zeros, ALPHABET[0]);
    for (int d = 0; d < used; d++) {
      out[out.length - 1 - d] = ALPHABET[digits[d]];
    }
    return new String(out, StandardCharsets.US_ASCII);
  }

  /**
   * The bytes of a text.
   *
   * @throws MultiformatException if a character is not in the alphabet, or there are more than
   *     {@link #MAX_LENGTH}
   */
  public static byte[] decode(CharSequence text) {
    requireLength(text.length());
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == ALPHABET[0]) {
      zeros++;
    }
    byte[] bytes = new byte[text.length() - zeros]; // the lowest first
    int used = 0;
    for (int i = zeros; i < text.length(); i++) {
      char c = text.charAt(i);
      int carry = c < 128 ? VALUES[c] : -1;
      if (carry < 0) {
        throw new MultiformatException("not a base58 character at index " + i);
      }
      for (int b = 0; b < used || carry > 0; b++) {
        carry += (bytes[b] & 0xff) * 58;
        bytes[b] = (byte) carry;
        carry >>>= 8;
        used = Math.max(used, b + 1);
      }
    }
    byte[] out = new byte[zeros + used];
    for (int b = 0; b < used; b++) {
      out[out.length - 1 - b] = bytes[b];
    }
    return out;
  }

  private static void requireLength(int length) {
    if (length > MAX_LENGTH) {
      throw new MultiformatException(length + " long, limit " + MAX_LENGTH);
    }
  }
}
