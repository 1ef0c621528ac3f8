// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import java.util.Locale;

/**
 * A namespaced identifier, the name of a Lexicon: {@code app.bsky.feed.post}.
 *
 * <pre>
 *   app.bsky.feed . post
 *   authority       name
 *   ≤ 253           ≤ 63 characters, {@value #MAX_LENGTH} in all
 * </pre>
 *
 * <p>The authority is a domain name in reverse order, at least two labels, and case-insensitive;
 * the name is letters and digits, begins with a letter, and is case-sensitive (SY-06, SY-07). A
 * pattern with {@code *} is not an NSID.
 *
 * <p>Source: atproto.com/specs/nsid.
 */
public final class Nsid {
  /** The longest NSID, in characters. */
  public static final int MAX_LENGTH = 317;

  static final int MAX_AUTHORITY_LENGTH = 253;

  private static final String KIND = "NSID";

  private final String text;

  /** Of a text that a scan has passed. */
  Nsid(String text) {
    this.text = text;
  }

  /**
   * The NSID in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Nsid parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new Nsid(text);
  }

  /**
   * The NSID that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Nsid decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, Labels.scanNsid(utf8, offset, length));
    return new Nsid(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is an NSID. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is an NSID. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    return Labels.scanNsid(utf8, offset, length) == Flaw.NONE;
  }

  private static int scan(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_LENGTH);
    return Labels.scanNsid(bytes, 0, bytes.length);
  }

  /** What stands before the last dot: {@code app.bsky.feed}. */
  public String authority() {
    return text.substring(0, lastDot());
  }

  /** What stands behind the last dot: {@code post}. */
  public String name() {
    return text.substring(lastDot() + 1);
  }

  private int lastDot() {
    return text.lastIndexOf('.');
  }

  /** Whether the authority is in lower case; the name may be anything. */
  public boolean isNormalized() {
    return !Ascii.hasUpper(text, 0, lastDot());
  }

  /** The NSID with its authority in lower case and its name as it is. */
  public Nsid normalized() {
    return isNormalized()
        ? this
        : new Nsid(authority().toLowerCase(Locale.ROOT) + text.substring(lastDot()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Nsid that && text.equals(that.text);
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
