// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.util.Objects;

/**
 * The name of a record in its collection, the "rkey": 1 to {@value #MAX_LENGTH} characters of
 * {@code A-Za-z0-9_~.:-}, but not {@code .} or {@code ..} (SY-08). Case-sensitive.
 *
 * <p>The colon is allowed here and in {@link RecordPath}, although the repository page leaves it
 * out: real keys have it (T-31).
 *
 * <p>Source: atproto.com/specs/record-key.
 */
public final class RecordKey {
  /** The longest record key, in characters. */
  public static final int MAX_LENGTH = 512;

  private static final String KIND = "record key";
  private static final int CHARACTERS = Ascii.ALPHANUMERIC | Ascii.KEY_MARK;

  private final String text;

  /** Of a text that a scan has passed. */
  RecordKey(String text) {
    this.text = text;
  }

  /**
   * The record key in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static RecordKey parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new RecordKey(text);
  }

  /**
   * The record key that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static RecordKey decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, scan(utf8, offset, length));
    return new RecordKey(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is a record key. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is a record key. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length) == Flaw.NONE;
  }

  private static int scan(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_LENGTH);
    return scan(bytes, 0, bytes.length);
  }

  static int scan(byte[] utf8, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    if (length > MAX_LENGTH) {
      return Flaw.of(Rule.TOO_LONG, MAX_LENGTH);
    }
    if (length == 0) {
      return Flaw.of(Rule.TOO_SHORT, 0);
    }
    for (int at = offset; at < offset + length; at++) {
      if (!Ascii.is(CHARACTERS, utf8[at])) {
        return Flaw.of(Rule.CHARACTER, at - offset);
      }
    }
    boolean dots = length <= 2 && utf8[offset] == '.' && utf8[offset + length - 1] == '.';
    return dots ? Flaw.of(Rule.RESERVED, 0) : Flaw.NONE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordKey that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
