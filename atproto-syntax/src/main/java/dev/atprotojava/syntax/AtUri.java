// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.jspecify.annotations.Nullable;

/**
 * An {@code at://} URI in the restricted form that Lexicons use: an account, and in it a
 * collection, and in that a record (SY-14).
 *
 * <pre>
 *   at:// authority [ / collection [ / rkey ] ]
 * </pre>
 *
 * <p>No query, fragment, user, port or trailing slash; the scheme in lower case; at most {@value
 * #MAX_LENGTH} characters. What may have a query or fragment is a {@link FullAtUri}. Kept and
 * compared as it was given; see {@link #normalized()} (SY-15). A URI to be stored should name its
 * account by DID.
 *
 * <p>Source: atproto.com/specs/at-uri-scheme.
 *
 * @param authority the account
 * @param collection absent if the URI is that of an account
 * @param rkey absent if the URI is that of an account or a collection
 */
public record AtUri(AtIdentifier authority, @Nullable Nsid collection, @Nullable RecordKey rkey) {
  /** The longest URI, in characters. */
  public static final int MAX_LENGTH = 8192;

  private static final String KIND = "AT-URI";
  private static final byte[] PREFIX = Ascii.ascii("at://");

  /**
   * Of parts that are valid, each in itself.
   *
   * @throws IllegalArgumentException if there is a record key without a collection
   */
  public AtUri {
    if (collection == null && rkey != null) {
      throw new IllegalArgumentException("AT-URI: a record key needs a collection");
    }
  }

  /** The URI of a record. */
  public static AtUri of(AtIdentifier account, RecordPath path) {
    return new AtUri(account, path.collection(), path.rkey());
  }

  /**
   * The URI in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static AtUri parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    String[] parts = text.substring(PREFIX.length).split("/", -1);
    AtIdentifier authority = parts[0].startsWith("did:") ? new Did(parts[0]) : new Handle(parts[0]);
    Nsid collection = parts.length > 1 ? new Nsid(parts[1]) : null;
    RecordKey rkey = parts.length > 2 ? new RecordKey(parts[2]) : null;
    return new AtUri(authority, collection, rkey);
  }

  /** Whether a text is a URI of this form. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  private static int scan(CharSequence text) {
    byte[] uri = Ascii.bytes(text, MAX_LENGTH);
    if (uri.length > MAX_LENGTH) {
      return Flaw.of(Rule.TOO_LONG, MAX_LENGTH);
    }
    if (!Ascii.startsWith(PREFIX, uri, 0, uri.length)) {
      return Flaw.of(Rule.PREFIX, Ascii.mismatch(PREFIX, uri, 0, uri.length));
    }
    int start = PREFIX.length;
    int end = Ascii.find('/', uri, start, uri.length);
    boolean did = Ascii.startsWith(Did.PREFIX, uri, start, end - start);
    int flaw = did ? Did.scan(uri, start, end - start) : Labels.scanName(uri, start, end - start);
    if (flaw == Flaw.NONE && end < uri.length) {
      start = end + 1;
      end = Ascii.find('/', uri, start, uri.length);
      flaw = Labels.scanNsid(uri, start, end - start);
      if (flaw == Flaw.NONE && end < uri.length) {
        start = end + 1;
        flaw = RecordKey.scan(uri, start, uri.length - start);
      }
    }
    return Flaw.shifted(flaw, start);
  }

  /** The URI with a handle and the authority of the collection in lower case. */
  public AtUri normalized() {
    AtIdentifier account =
        switch (authority) {
          case Did did -> did;
          case Handle handle -> handle.normalized();
        };
    return new AtUri(account, collection == null ? null : collection.normalized(), rkey);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("at://").append(authority);
    if (collection != null) {
      text.append('/').append(collection);
    }
    if (rkey != null) {
      text.append('/').append(rkey);
    }
    return text.toString();
  }
}
