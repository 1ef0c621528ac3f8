// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The name of a server on the public network: a domain name in the syntax of a {@link Handle}, in
 * lower case, whose last label is not reserved (SY-23, ID-21, ID-44).
 *
 * <p>That leaves out addresses, whose last label is a number or not a label at all, and ports,
 * users, paths and schemes. Reserved are {@code .alt .arpa .example .internal .invalid .local
 * .localhost .onion} and {@code .test}. A name with other letters than ASCII's must be converted
 * before (IDN).
 *
 * <p>For development, the {@code Local} forms also take {@code localhost}, {@code localhost:port}
 * and names under {@code .test}. An address is refused even there.
 */
public final class Hostname {
  private static final String KIND = "hostname";
  private static final byte[] LOCALHOST = Ascii.ascii("localhost");
  private static final int MAX_PORT = 65_535;
  private static final Set<String> RESERVED =
      Set.of("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion");

  private final String text;

  private Hostname(String text) {
    this.text = text.toLowerCase(Locale.ROOT);
  }

  /**
   * The public hostname in a text, turned to lower case.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Hostname parse(String text) {
    Flaw.requireNone(KIND, scan(text, false));
    return new Hostname(text);
  }

  /**
   * The hostname in a text, turned to lower case, where {@code localhost}, {@code localhost:port}
   * and {@code .test} are allowed too.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static Hostname parseLocal(String text) {
    Flaw.requireNone(KIND, scan(text, true));
    return new Hostname(text);
  }

  /** Whether a text is a public hostname, in any case. */
  public static boolean isValid(CharSequence text) {
    return scan(text, false) == Flaw.NONE;
  }

  /** Whether {@link #parseLocal} takes a text. */
  public static boolean isValidLocal(CharSequence text) {
    return scan(text, true) == Flaw.NONE;
  }

  private static int scan(CharSequence text, boolean local) {
    if (local && isLocalhost(text)) {
      return Flaw.NONE;
    }
    int flaw = Handle.scan(text);
    if (flaw != Flaw.NONE) {
      return flaw;
    }
    String name = text.toString();
    int last = name.lastIndexOf('.') + 1;
    String topLevel = name.substring(last).toLowerCase(Locale.ROOT);
    boolean reserved = RESERVED.contains(topLevel) || (topLevel.equals("test") && !local);
    return reserved ? Flaw.of(Rule.RESERVED, last) : Flaw.NONE;
  }

  /** {@code localhost} in any case, alone or with a colon and a port of 1 to 65535. */
  static boolean isLocalhost(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, LOCALHOST.length + 6);
    if (bytes.length < LOCALHOST.length || bytes.length > LOCALHOST.length + 6) {
      return false;
    }
    for (int i = 0; i < LOCALHOST.length; i++) {
      // Not String.equalsIgnoreCase: to it, U+017F is an s.
      if ((bytes[i] | 0x20) != LOCALHOST[i]) {
        return false;
      }
    }
    if (bytes.length == LOCALHOST.length) {
      return true;
    }
    int digits = LOCALHOST.length + 1;
    if (bytes[digits - 1] != ':' || digits == bytes.length || bytes[digits] == '0') {
      return false;
    }
    int port = 0;
    for (int i = digits; i < bytes.length; i++) {
      if (!Ascii.is(Ascii.DIGIT, bytes[i])) {
        return false;
      }
      port = port * 10 + bytes[i] - '0';
    }
    return port <= MAX_PORT;
  }

  /** The name alone, without a port. */
  public String name() {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon);
  }

  /** The port, which only {@code localhost} can have. */
  public OptionalInt port() {
    int colon = text.indexOf(':');
    return colon < 0
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(text, colon + 1, text.length(), 10));
  }

  /** Whether this is {@code localhost}, with or without a port. */
  public boolean isLocalhost() {
    return isLocalhost(text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hostname that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The name in lower case, and the port if there is one: {@code localhost:2583}. */
  @Override
  public String toString() {
    return text;
  }
}
