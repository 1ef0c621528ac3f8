// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.jspecify.annotations.Nullable;

/**
 * An {@code at://} URI in full: with any path, a query, a fragment, as they may be met in text and
 * links. What a Lexicon calls {@code at-uri} is only the restricted form, {@link AtUri}: {@link
 * #restricted()}.
 *
 * <pre>
 *   at:// authority [ / path ] [ ? query ] [ # fragment ]
 * </pre>
 *
 * <p>The authority is a DID or a handle, without user or port; path, query and fragment are what
 * RFC 3986 allows there, percent-encoding checked and never decoded; at most {@value
 * AtUri#MAX_LENGTH} characters. Kept and compared as it was given.
 *
 * <p>Source: atproto.com/specs/at-uri-scheme, "Full AT URI Syntax".
 *
 * @param authority the account
 * @param path empty, or what begins with the slash behind the authority
 * @param query what follows {@code ?}, perhaps nothing; null without one
 * @param fragment what follows {@code #}, perhaps nothing; null without one
 */
public record FullAtUri(
    AtIdentifier authority, String path, @Nullable String query, @Nullable String fragment) {
  private static final String KIND = "AT-URI";
  private static final String PREFIX = "at://";

  /** Beside letters and digits: what RFC 3986 calls unreserved, sub-delims, and {@code : @ /}. */
  private static final String MARKS = "-._~!$&'()*+,;=:@/";

  /**
   * Of parts that belong together.
   *
   * @throws IllegalArgumentException if they make no URI
   */
  public FullAtUri {
    boolean rooted = path.isEmpty() || path.startsWith("/");
    if (!rooted
        || scan(path, 0, path.length(), false) != Flaw.NONE
        || (query != null && scan(query, 0, query.length(), true) != Flaw.NONE)
        || (fragment != null && scan(fragment, 0, fragment.length(), true) != Flaw.NONE)) {
      throw new IllegalArgumentException("AT-URI: path, query or fragment is none");
    }
  }

  /**
   * The URI in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static FullAtUri parse(String text) {
    if (text.length() > AtUri.MAX_LENGTH) {
      Flaw.requireNone(KIND, Flaw.of(Rule.TOO_LONG, AtUri.MAX_LENGTH));
    }
    if (!text.startsWith(PREFIX)) {
      Flaw.requireNone(KIND, Flaw.of(Rule.PREFIX, mismatch(text)));
    }
    int hash = find(text, '#', text.length());
    int question = find(text, '?', hash);
    int slash = find(text.substring(0, question), '/', PREFIX.length(), question);
    String authority = text.substring(PREFIX.length(), slash);
    boolean did = authority.startsWith("did:");
    Flaw.requireNone(
        KIND, Flaw.shifted(did ? Did.scan(authority) : Handle.scan(authority), PREFIX.length()));
    Flaw.requireNone(KIND, scan(text, slash, question, false));
    Flaw.requireNone(KIND, scan(text, Math.min(question + 1, hash), hash, true));
    Flaw.requireNone(KIND, scan(text, Math.min(hash + 1, text.length()), text.length(), true));
    return new FullAtUri(
        did ? new Did(authority) : new Handle(authority),
        text.substring(slash, question),
        question < hash ? text.substring(question + 1, hash) : null,
        hash < text.length() ? text.substring(hash + 1) : null);
  }

  private static int mismatch(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) == PREFIX.charAt(at)) {
      at++;
    }
    return at;
  }

  private static int find(String text, char wanted, int end) {
    return find(text, wanted, 0, end);
  }

  /** The index of a character from {@code from} on, or {@code end}. */
  private static int find(String text, char wanted, int from, int end) {
    int at = text.indexOf(wanted, from);
    return at < 0 || at > end ? end : at;
  }

  private static int scan(String text, int from, int to, boolean questionMark) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean plain = c < 0x80 && (Ascii.is(Ascii.ALPHANUMERIC, c) || MARKS.indexOf(c) >= 0);
      boolean encoded =
          c == '%' && i + 2 < to && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2));
      if (!plain && !encoded && !(questionMark && c == '?')) {
        return Flaw.of(Rule.CHARACTER, i);
      }
    }
    return Flaw.NONE;
  }

  private static boolean isHex(char c) {
    return Character.digit(c, 16) >= 0 && c < 0x80;
  }

  /** Whether a text is a URI of this form. */
  public static boolean isValid(String text) {
    try {
      parse(text);
      return true;
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }

  /**
   * The account, collection or record that this names, without query and fragment; null if the path
   * is not one of the restricted form (SY-14).
   */
  public @Nullable AtUri target() {
    String text = PREFIX + authority + path;
    return AtUri.isValid(text) ? AtUri.parse(text) : null;
  }

  /** This as a URI of the restricted form; null if it is none (SY-14). */
  public @Nullable AtUri restricted() {
    return query == null && fragment == null ? target() : null;
  }

  @Override
  public String toString() {
    return PREFIX
        + authority
        + path
        + (query == null ? "" : "?" + query)
        + (fragment == null ? "" : "#" + fragment);
  }
}
