// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A decentralized identifier: {@code did:method:identifier}, at most {@value #MAX_LENGTH}
 * characters of ASCII (SY-01).
 *
 * <p>The syntax is wide: any method of lower-case letters, any mix of {@code A-Za-z0-9._:%-} that
 * does not end in {@code :} or {@code %}. Whether the protocol can resolve it is another question:
 * see {@link #isPlc()} and {@link #isWeb()} (SY-02).
 *
 * <p>DIDs are case-sensitive. One is kept and compared as it was given; {@link #isNormalized()}
 * finds those of known methods that cannot be right (ID-03, T-36).
 *
 * <p>Source: atproto.com/specs/did.
 */
public final class Did implements AtIdentifier {
  /** The longest DID, in characters. */
  public static final int MAX_LENGTH = 2048;

  static final byte[] PREFIX = Ascii.ascii("did:");

  private static final String KIND = "DID";
  private static final String PLC_PREFIX = "did:plc:";
  private static final int PLC_LENGTH = 32;
  private static final int CHARACTERS = Ascii.ALPHANUMERIC | Ascii.DID_MARK;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PLC_WORD = (long) WORDS.get(Ascii.ascii(PLC_PREFIX), 0);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long TOP_BITS = 0x8080_8080_8080_8080L;

  private final String text;

  /** Of a text that a scan has passed. */
  Did(String text) {
    this.text = text;
  }

  /**
   * The DID in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Did parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new Did(text);
  }

  /**
   * The DID that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Did decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, scan(utf8, offset, length));
    return new Did(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is a DID. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is a DID. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length) == Flaw.NONE;
  }

  static int scan(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_LENGTH);
    return scan(bytes, 0, bytes.length);
  }

  static int scan(byte[] utf8, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    if (isPlc(utf8, offset, length)) {
      return Flaw.NONE;
    }
    if (length > MAX_LENGTH) {
      return Flaw.of(Rule.TOO_LONG, MAX_LENGTH);
    }
    if (!Ascii.startsWith(PREFIX, utf8, offset, length)) {
      return Flaw.of(Rule.PREFIX, Ascii.mismatch(PREFIX, utf8, offset, length));
    }
    int end = offset + length;
    int at = offset + PREFIX.length;
    int method = at;
    while (at < end && Ascii.is(Ascii.LOWER, utf8[at])) {
      at++;
    }
    if (at == end) {
      return Flaw.of(Rule.TOO_SHORT, length);
    }
    if (utf8[at] != ':') {
      return Flaw.of(Rule.CHARACTER, at - offset);
    }
    if (at == method) {
      return Flaw.of(Rule.EMPTY_PART, at - offset);
    }
    at++;
    if (at == end) {
      return Flaw.of(Rule.TOO_SHORT, length);
    }
    while (at < end && Ascii.is(CHARACTERS, utf8[at])) {
      at++;
    }
    if (at < end) {
      return Flaw.of(Rule.CHARACTER, at - offset);
    }
    byte last = utf8[end - 1];
    return last == ':' || last == '%' ? Flaw.of(Rule.CHARACTER, length - 1) : Flaw.NONE;
  }

  // Nearly every DID on the network. Eight characters at once: 4 ns instead of the 13 that the scan
  // takes (SyntaxBenchmark.didPlc).
  private static boolean isPlc(byte[] utf8, int offset, int length) {
    return length == PLC_LENGTH
        && (long) WORDS.get(utf8, offset) == PLC_WORD
        && isBase32((long) WORDS.get(utf8, offset + 8))
        && isBase32((long) WORDS.get(utf8, offset + 16))
        && isBase32((long) WORDS.get(utf8, offset + 24));
  }

  /**
   * Whether eight bytes are all in {@code a-z2-7}. Adding {@code 0x80 - c} to a byte below 0x80
   * sets its top bit if the byte is {@code c} or more, and never carries into the next one.
   */
  private static boolean isBase32(long word) {
    long letters = (word + (0x80 - 'a') * ONES) & ~(word + (0x7f - 'z') * ONES);
    long digits = (word + (0x80 - '2') * ONES) & ~(word + (0x7f - '7') * ONES);
    return ((letters | digits) & ~word & TOP_BITS) == TOP_BITS;
  }

  /** The method: {@code plc} in {@code did:plc:abc}. */
  public String method() {
    return text.substring(PREFIX.length, methodEnd());
  }

  /** What follows the method: {@code abc} in {@code did:plc:abc}. */
  public String identifier() {
    return text.substring(methodEnd() + 1);
  }

  private int methodEnd() {
    return text.indexOf(':', PREFIX.length);
  }

  private boolean hasMethod(String method) {
    return text.startsWith(method, PREFIX.length)
        && text.charAt(PREFIX.length + method.length()) == ':';
  }

  /**
   * Whether this is a did:plc as the directory makes them: exactly 24 characters of {@code a-z2-7}
   * behind the method (ID-10). Any other did:plc cannot be resolved; do not ask for it.
   */
  public boolean isPlc() {
    if (text.length() != PLC_LENGTH || !hasMethod("plc")) {
      return false;
    }
    for (int i = PLC_PREFIX.length(); i < PLC_LENGTH; i++) {
      if (!Ascii.is(Ascii.BASE32, text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether this is a did:web of the form that the protocol supports: a hostname without path, or
   * {@code localhost} with or without {@code %3A} and a port (ID-20, ID-21). Whether the host may
   * be asked is for {@link Hostname} to say.
   */
  public boolean isWeb() {
    if (!hasMethod("web")) {
      return false;
    }
    String host = identifier();
    boolean localhost = !host.contains(":") && Hostname.isLocalhost(host.replace("%3A", ":"));
    return localhost || Handle.isValid(host);
  }

  /**
   * Whether this is the spelling under which the DID is known, as far as the method tells. A
   * did:plc or did:web has no upper case, but for the digits of percent escapes, which have no
   * lower case. Of other methods nothing is known, and the answer is yes.
   */
  public boolean isNormalized() {
    if (hasMethod("plc")) {
      return !Ascii.hasUpper(text, PLC_PREFIX.length(), text.length());
    }
    if (!hasMethod("web")) {
      return true;
    }
    int inEscape = 0;
    for (int i = methodEnd() + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Ascii.is(inEscape > 0 ? Ascii.LOWER : Ascii.UPPER, c)) {
        return false;
      }
      inEscape = c == '%' ? 2 : Math.max(0, inEscape - 1);
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Did that && text.equals(that.text);
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
