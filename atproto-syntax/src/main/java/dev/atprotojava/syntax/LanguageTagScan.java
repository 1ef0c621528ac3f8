// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The check of a BCP 47 language tag as the protocol restricts it (SY-22): well-formed, the first
 * subtag two or three lower-case letters, no variant and no extension twice.
 *
 * <pre>
 *   language {-extlang} [-script] [-region] {-variant} {-singleton-extension...} [-x-private...]
 *   x-private...        or an irregular tag of RFC 5646
 * </pre>
 *
 * <p>An instance reads one tag, subtag by subtag.
 */
final class LanguageTagScan {
  private static final int MAX_EXTLANGS = 3;

  /** The grandfathered tags that the grammar does not cover, "irregular" in RFC 5646. */
  private static final Set<String> IRREGULAR =
      Set.of(
          "en-GB-oed",
          "i-ami",
          "i-bnn",
          "i-default",
          "i-enochian",
          "i-hak",
          "i-klingon",
          "i-lux",
          "i-mingo",
          "i-navajo",
          "i-pwn",
          "i-tao",
          "i-tay",
          "i-tsu",
          "sgn-BE-FR",
          "sgn-BE-NL",
          "sgn-CH-DE");

  private final String[] subtags;
  private int next;
  private boolean repeated;

  private LanguageTagScan(String tag) {
    this.subtags = tag.split("-", -1);
  }

  static int scan(CharSequence text) {
    if (text.length() > LanguageTag.MAX_LENGTH) {
      return Flaw.of(Rule.TOO_LONG, LanguageTag.MAX_LENGTH);
    }
    String tag = text.toString();
    LanguageTagScan scan = new LanguageTagScan(tag);
    return IRREGULAR.contains(tag) || scan.isWellFormed() ? Flaw.NONE : scan.flaw();
  }

  /** What is wrong with the subtag at which reading stopped. */
  private int flaw() {
    int index = next;
    for (int i = 0; i < next; i++) {
      index += subtags[i].length();
    }
    if (next == subtags.length) {
      return Flaw.of(Rule.TOO_SHORT, index - 1);
    }
    Rule emptyOrNot = subtags[next].isEmpty() ? Rule.EMPTY_PART : Rule.CHARACTER;
    return Flaw.of(repeated ? Rule.VALUE : emptyOrNot, index);
  }

  private boolean isWellFormed() {
    if (!isPrivateUse()) {
      if (!isNext(Ascii.LOWER, 2, 3)) {
        return false;
      }
      next++;
      for (int i = 0; i < MAX_EXTLANGS && isNext(Ascii.LETTER, 3, 3); i++) {
        next++;
      }
      skip(isNext(Ascii.LETTER, 4, 4)); // script
      skip(isNext(Ascii.LETTER, 2, 2) || isNext(Ascii.DIGIT, 3, 3)); // region
      if (!readVariants() || !readExtensions()) {
        return false;
      }
    }
    return next == subtags.length || (isPrivateUse() && readPrivateUse());
  }

  private boolean readVariants() {
    Set<String> seen = new HashSet<>();
    while (isVariant()) {
      if (!seen.add(lowerCase())) {
        repeated = true;
        return false;
      }
      next++;
    }
    return true;
  }

  private boolean isVariant() {
    return isNext(Ascii.ALPHANUMERIC, 5, 8)
        || (isNext(Ascii.ALPHANUMERIC, 4, 4) && Ascii.is(Ascii.DIGIT, subtags[next].charAt(0)));
  }

  private boolean readExtensions() {
    Set<String> seen = new HashSet<>();
    while (isNext(Ascii.ALPHANUMERIC, 1, 1) && !isPrivateUse()) {
      if (!seen.add(lowerCase())) {
        repeated = true;
        return false;
      }
      next++;
      int first = next;
      while (isNext(Ascii.ALPHANUMERIC, 2, 8)) {
        next++;
      }
      if (next == first) {
        return false;
      }
    }
    return true;
  }

  private boolean isPrivateUse() {
    return next < subtags.length && (subtags[next].equals("x") || subtags[next].equals("X"));
  }

  private boolean readPrivateUse() {
    next++;
    int first = next;
    while (isNext(Ascii.ALPHANUMERIC, 1, 8)) {
      next++;
    }
    return next > first && next == subtags.length;
  }

  private void skip(boolean present) {
    if (present) {
      next++;
    }
  }

  private String lowerCase() {
    return subtags[next].toLowerCase(Locale.ROOT);
  }

  /** Whether the next subtag is of these characters and this long. */
  private boolean isNext(int classes, int min, int max) {
    if (next == subtags.length) {
      return false;
    }
    String subtag = subtags[next];
    if (subtag.length() < min || subtag.length() > max) {
      return false;
    }
    for (int i = 0; i < subtag.length(); i++) {
      if (subtag.charAt(i) > '~' || !Ascii.is(classes, subtag.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
