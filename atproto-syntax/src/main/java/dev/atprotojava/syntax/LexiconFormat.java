// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

/**
 * What a Lexicon can ask of a string by {@code "format"}. Each format is checked in its widest
 * syntax; whether the thing named can be used is not its business.
 *
 * <p>Source: atproto.com/specs/lexicon, "String Formats".
 */
public enum LexiconFormat {
  /** {@link AtIdentifier}. */
  AT_IDENTIFIER("at-identifier"),
  /** {@link AtUri}. */
  AT_URI("at-uri"),
  /**
   * Some text form of some CID (SY-16, CID-10). Far looser than the CIDs of repositories and of the
   * firehose, which are for {@code dev.atprotojava.cbor} to read; not even a multibase prefix is
   * checked.
   */
  CID("cid"),
  /** {@link AtDatetime}. */
  DATETIME("datetime"),
  /** {@link Did}. */
  DID("did"),
  /** {@link Handle}. */
  HANDLE("handle"),
  /** {@link LanguageTag}. */
  LANGUAGE("language"),
  /** {@link Nsid}. */
  NSID("nsid"),
  /** {@link RecordKey}. */
  RECORD_KEY("record-key"),
  /** {@link Tid}. */
  TID("tid"),
  /** A scheme, a colon and at least one printable character, at most 8,192 in all (SY-21). */
  URI("uri");

  private static final int MIN_CID_LENGTH = 8;
  private static final int MAX_CID_LENGTH = 256;
  private static final int MAX_URI_LENGTH = 8192;

  private final String key;

  LexiconFormat(String key) {
    this.key = key;
  }

  /** The word that Lexicons use: {@code record-key}. */
  public String key() {
    return key;
  }

  /** Whether a text has this format. */
  public boolean isValid(CharSequence text) {
    return switch (this) {
      case AT_IDENTIFIER -> AtIdentifier.isValid(text);
      case AT_URI -> AtUri.isValid(text);
      case CID -> isCid(text);
      case DATETIME -> AtDatetime.isValid(text);
      case DID -> Did.isValid(text);
      case HANDLE -> Handle.isValid(text);
      case LANGUAGE -> LanguageTag.isValid(text);
      case NSID -> Nsid.isValid(text);
      case RECORD_KEY -> RecordKey.isValid(text);
      case TID -> Tid.isValid(text);
      case URI -> isUri(text);
    };
  }

  private static boolean isCid(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_CID_LENGTH);
    if (bytes.length < MIN_CID_LENGTH || bytes.length > MAX_CID_LENGTH) {
      return false;
    }
    for (byte c : bytes) {
      if (!Ascii.is(Ascii.ALPHANUMERIC, c) && c != '+' && c != '=') {
        return false;
      }
    }
    return bytes[0] != 'Q' || bytes[1] != 'm' || bytes[2] != 'b';
  }

  // Over chars, not bytes: a question mark is allowed here, see Ascii.
  private static boolean isUri(CharSequence text) {
    int length = text.length();
    if (length > MAX_URI_LENGTH) {
      return false;
    }
    int colon = 0;
    while (colon < length && isSchemeCharacter(text.charAt(colon), colon == 0)) {
      colon++;
    }
    if (colon == 0 || colon + 1 >= length || text.charAt(colon) != ':') {
      return false;
    }
    for (int i = colon + 1; i < length; i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isSchemeCharacter(char c, boolean first) {
    if (c > '~') {
      return false;
    }
    return Ascii.is(first ? Ascii.LETTER : Ascii.ALPHANUMERIC, c)
        || (!first && (c == '+' || c == '.' || c == '-'));
  }
}
