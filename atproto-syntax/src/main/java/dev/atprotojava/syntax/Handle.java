// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import java.util.Locale;

/**
 * The name of an account: a domain name of at least two labels and at most {@value #MAX_LENGTH}
 * characters, without {@code @} in front or dot behind (SY-03).
 *
 * <p>Handles are case-insensitive and lower case is the normal form, but one is kept and compared
 * as it was given: store and compare {@link #normalized()} (SY-04). The syntax knows no reserved
 * names; whether a handle can be looked up at all is what {@link Hostname#isValid} says of it
 * (ID-44).
 *
 * <p>Source: atproto.com/specs/handle.
 */
public final class Handle implements AtIdentifier {
  /** The longest handle, in characters. */
  public static final int MAX_LENGTH = 253;

  /** Stands where an account has no handle that could be verified. Never resolved. */
  public static final Handle INVALID = new Handle("handle.invalid");

  private static final String KIND = "handle";

  private final String text;

  /** Of a text that a scan has passed. */
  Handle(String text) {
    this.text = text;
  }

  /**
   * The handle in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Handle parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new Handle(text);
  }

  /**
   * The handle that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Handle decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, Labels.scanName(utf8, offset, length));
    return new Handle(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is a handle. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is a handle. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    return Labels.scanName(utf8, offset, length) == Flaw.NONE;
  }

  static int scan(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_LENGTH);
    return Labels.scanName(bytes, 0, bytes.length);
  }

  /** Whether this is the handle in lower case. */
  public boolean isNormalized() {
    return !Ascii.hasUpper(text, 0, text.length());
  }

  /** The handle in lower case. */
  public Handle normalized() {
    return isNormalized() ? this : new Handle(text.toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Handle that && text.equals(that.text);
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
