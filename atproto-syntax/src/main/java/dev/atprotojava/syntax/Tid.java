// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;

/**
 * A timestamp identifier, the form of a {@code rev} and of most record keys: {@value #LENGTH}
 * characters of sortable base32, held as the 64-bit number they spell (SY-09).
 *
 * <pre>
 *   63   62                                  10 9            0
 *    0 | microseconds since 1970-01-01T00:00Z |   clock id    |
 * </pre>
 *
 * <p>The syntax admits numbers with bit 63 set; they are read as unsigned, so their time is beyond
 * the year 2255 (SY-10). Text and numbers sort alike, if the numbers are compared as unsigned
 * (SY-11).
 *
 * <p>A {@code rev} is a logical clock: its time is a claim of its author, and old repositories have
 * tiny ones (T-38). A record key that looks like a TID need not be one; keep it as text (SY-12).
 *
 * <p>Source: atproto.com/specs/tid.
 */
public final class Tid implements Comparable<Tid> {
  /** The number of characters. */
  public static final int LENGTH = 13;

  /** The latest time of a TID whose top bit is 0, in microseconds. */
  static final long MAX_MICROS = (1L << 53) - 1;

  /** The highest clock id. */
  static final int MAX_CLOCK_ID = 1023;

  private static final String KIND = "TID";
  private static final byte[] ALPHABET = Ascii.ascii("234567abcdefghijklmnopqrstuvwxyz");
  private static final byte[] VALUES = values();

  private final long value;

  private Tid(long value) {
    this.value = value;
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      values[ALPHABET[i]] = (byte) i;
    }
    return values;
  }

  /** The TID of any number, taken as unsigned. */
  public static Tid of(long value) {
    return new Tid(value);
  }

  /**
   * The TID of a time and a clock id.
   *
   * @param micros since 1970-01-01T00:00Z, 0 to 2^53 - 1
   * @param clockId 0 to 1023
   */
  public static Tid ofMicros(long micros, int clockId) {
    if (micros < 0 || micros > MAX_MICROS) {
      throw new IllegalArgumentException("microseconds " + micros + ", limit " + MAX_MICROS);
    }
    if (clockId < 0 || clockId > MAX_CLOCK_ID) {
      throw new IllegalArgumentException("clock id " + clockId + ", limit " + MAX_CLOCK_ID);
    }
    return new Tid(micros << 10 | clockId);
  }

  /**
   * The TID in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Tid parse(String text) {
    byte[] bytes = Ascii.bytes(text, LENGTH);
    Flaw.requireNone(KIND, scan(bytes, 0, bytes.length));
    return new Tid(decode(bytes, 0));
  }

  /** Whether a text is a TID. */
  public static boolean isValid(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, LENGTH);
    return isValid(bytes, 0, bytes.length);
  }

  /** Whether a slice of UTF-8 is a TID. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    return length == LENGTH && isTid(utf8, offset);
  }

  /**
   * The number in the {@value #LENGTH} bytes at {@code offset}. Allocates nothing. A negative
   * result is a legal one (SY-10), so text that is not a TID is refused by the exception; where
   * peers can cause that, ask {@link #isValid(byte[], int, int)} first.
   *
   * @throws InvalidSyntaxException if it is not a TID
   */
  public static long decode(byte[] utf8, int offset) {
    Objects.checkFromIndexSize(offset, LENGTH, utf8.length);
    long value = 0;
    int signs = 0;
    for (int i = 0; i < LENGTH; i++) {
      int digit = VALUES[utf8[offset + i] & 0xff];
      signs |= digit;
      value = value << 5 | digit;
    }
    if (signs < 0 || VALUES[utf8[offset] & 0xff] > 15) {
      Flaw.requireNone(KIND, scan(utf8, offset, LENGTH));
    }
    return value;
  }

  /** Writes the {@value #LENGTH} characters of a number to {@code offset}. */
  public static void encode(long value, byte[] out, int offset) {
    long rest = value;
    for (int i = LENGTH - 1; i >= 0; i--) {
      out[offset + i] = ALPHABET[(int) rest & 31];
      rest >>>= 5;
    }
  }

  private static boolean isTid(byte[] utf8, int offset) {
    int signs = 15 - VALUES[utf8[offset] & 0xff]; // 65 bits in the digits, 64 in the number
    for (int i = 0; i < LENGTH; i++) {
      signs |= VALUES[utf8[offset + i] & 0xff];
    }
    return signs >= 0;
  }

  private static int scan(byte[] utf8, int offset, int length) {
    if (length > LENGTH) {
      return Flaw.of(Rule.TOO_LONG, LENGTH);
    }
    for (int i = 0; i < length; i++) {
      int digit = VALUES[utf8[offset + i] & 0xff];
      if (digit < 0 || (i == 0 && digit > 15)) {
        return Flaw.of(Rule.CHARACTER, i);
      }
    }
    return length < LENGTH ? Flaw.of(Rule.TOO_SHORT, length) : Flaw.NONE;
  }

  /** The number; compare two with {@link Long#compareUnsigned}. */
  public long value() {
    return value;
  }

  /** The time, in microseconds since 1970-01-01T00:00Z; never negative. */
  public long micros() {
    return value >>> 10;
  }

  /** The time. Of an upstream {@code rev}, check that it is not too far ahead (SC-57). */
  public Instant instant() {
    return Instant.EPOCH.plus(micros(), ChronoUnit.MICROS);
  }

  /** The clock id, 0 to 1023. */
  public int clockId() {
    return (int) value & MAX_CLOCK_ID;
  }

  @Override
  public int compareTo(Tid that) {
    return Long.compareUnsigned(value, that.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tid that && value == that.value;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(value);
  }

  @Override
  public String toString() {
    byte[] text = new byte[LENGTH];
    encode(value, text, 0);
    return Ascii.text(text, 0, LENGTH);
  }
}
