// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.util.Objects;

/**
 * The scan that handles, hostnames and NSIDs share: labels with dots between them, each of 1 to 63
 * letters, digits and hyphens, a hyphen neither first nor last, the last label beginning with a
 * letter (SY-03, SY-06).
 */
final class Labels {
  private static final int MAX_LABEL = 63;

  private Labels() {}

  /** At least two labels. */
  static int scanName(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length, false);
  }

  /** At least three labels; the first begins with a letter too, and the last has no hyphen. */
  static int scanNsid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length, true);
  }

  private static int scan(byte[] utf8, int offset, int length, boolean nsid) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    int limit = nsid ? Nsid.MAX_LENGTH : Handle.MAX_LENGTH;
    if (length > limit) {
      return Flaw.of(Rule.TOO_LONG, limit);
    }
    int end = offset + length;
    int labels = 1;
    int start = offset; // of the current label
    int hyphen = -1; // the last one
    for (int at = offset; at < end; at++) {
      byte c = utf8[at];
      if (Ascii.is(Ascii.ALPHANUMERIC, c)) {
        continue;
      }
      if (c == '-' && at > start) {
        hyphen = at;
      } else if (c == '.') {
        int flaw = labelFlaw(offset, start, at, hyphen);
        if (flaw != Flaw.NONE) {
          return flaw;
        }
        labels++;
        start = at + 1;
      } else {
        return Flaw.of(Rule.CHARACTER, at - offset);
      }
    }
    int flaw =
        start == end ? Flaw.of(Rule.TOO_SHORT, length) : labelFlaw(offset, start, end, hyphen);
    if (flaw != Flaw.NONE) {
      return flaw;
    }
    if (labels < (nsid ? 3 : 2)) {
      return Flaw.of(Rule.FEW_PARTS, length);
    }
    if (!Ascii.is(Ascii.LETTER, utf8[start])) {
      return Flaw.of(Rule.CHARACTER, start - offset);
    }
    if (nsid) {
      if (!Ascii.is(Ascii.LETTER, utf8[offset])) {
        return Flaw.of(Rule.CHARACTER, 0);
      }
      if (hyphen > start) {
        return Flaw.of(Rule.CHARACTER, hyphen - offset);
      }
      if (start - 1 - offset > Nsid.MAX_AUTHORITY_LENGTH) {
        return Flaw.of(Rule.TOO_LONG, Nsid.MAX_AUTHORITY_LENGTH);
      }
    }
    return Flaw.NONE;
  }

  private static int labelFlaw(int offset, int start, int end, int hyphen) {
    if (start == end) {
      return Flaw.of(Rule.EMPTY_PART, end - offset);
    }
    if (end - start > MAX_LABEL) {
      return Flaw.of(Rule.LONG_PART, start - offset);
    }
    return hyphen == end - 1 ? Flaw.of(Rule.CHARACTER, hyphen - offset) : Flaw.NONE;
  }
}
