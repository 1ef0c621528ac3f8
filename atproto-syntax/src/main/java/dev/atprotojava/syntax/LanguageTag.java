// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

/**
 * A BCP 47 language tag as the protocol restricts it: well-formed, the first subtag two or three
 * lower-case letters unless the tag is an irregular or private one, no variant and no extension
 * twice, at most {@value #MAX_LENGTH} characters (SY-22).
 *
 * <pre>
 *   ja    pt-BR    zh-Hant-TW    sr-Latn    i-klingon    x-elvish
 * </pre>
 *
 * <p>Whether a language of that name exists is not checked. Kept and compared as it was given.
 * Immutable.
 *
 * <p>Source: atproto.com/specs/lexicon, "language"; RFC 5646.
 */
public final class LanguageTag {
  /** The longest tag, in characters. */
  public static final int MAX_LENGTH = 128;

  private static final String KIND = "language tag";

  private final String text;

  private LanguageTag(String text) {
    this.text = text;
  }

  /**
   * The tag in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static LanguageTag parse(String text) {
    Flaw.requireNone(KIND, LanguageTagScan.scan(text));
    return new LanguageTag(text);
  }

  /** Whether a text is a language tag. */
  public static boolean isValid(CharSequence text) {
    return LanguageTagScan.scan(text) == Flaw.NONE;
  }

  /**
   * What stands before the first hyphen: the language, {@code pt} of {@code pt-BR}; {@code x} or
   * {@code i} of a private or irregular tag.
   */
  public String primary() {
    int end = text.indexOf('-');
    return end < 0 ? text : text.substring(0, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LanguageTag that && text.equals(that.text);
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
