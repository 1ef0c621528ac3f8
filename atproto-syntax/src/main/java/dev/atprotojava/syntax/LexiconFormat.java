// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import java.util.function.Predicate;

/**
 * What a Lexicon can ask of a string by {@code "format"}. Each format is checked in its widest
 * syntax; whether the thing named can be used is not its business.
 *
 * <p>Source: atproto.com/specs/lexicon, "String Formats".
 */
public enum LexiconFormat {
  /** {@link AtIdentifier}. */
  AT_IDENTIFIER("at-identifier", AtIdentifier::isValid),
  /** {@link AtUri}. */
  AT_URI("at-uri", AtUri::isValid),
  /**
   * Some text form of some CID (SY-16). Far looser than the CIDs of repositories and of the
   * firehose, which are for {@code dev.atprotojava.cbor} to read; not even a multibase prefix is
   * checked.
   */
  CID("cid", LexiconFormat::isCid),
  /** {@link AtDatetime}. */
  DATETIME("datetime", AtDatetime::isValid),
  /** {@link Did}. */
  DID("did", Did::isValid),
  /** {@link Handle}. */
  HANDLE("handle", Handle::isValid),
  /** A BCP 47 language tag without repeated variants or extensions (SY-22). */
  LANGUAGE("language", LanguageTag::isValid),
  /** {@link Nsid}. */
  NSID("nsid", Nsid::isValid),
  /** {@link RecordKey}. */
  RECORD_KEY("record-key", RecordKey::isValid),
  /** {@link Tid}. */
  TID("tid", Tid::isValid),
  /** A scheme, a colon and at least one printable character, at most 8,192 in all (SY-21). */
  URI("uri", LexiconFormat::isUri);

  private static final int MIN_CID_LENGTH = 8;
  private static final int MAX_CID_LENGTH = 256;
  private static final int MAX_URI_LENGTH = 8192;

  private final String key;
  private final Predicate<CharSequence> check;

  LexiconFormat(String key, Predicate<CharSequence> check) {
    this.key = key;
    this.check = check;
  }

  /** The word that Lexicons use: {@code record-key}. */
  public String key() {
    return key;
  }

  /** Whether a text has this format. */
  public boolean isValid(CharSequence text) {
    return check.test(text);
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
