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

  /** A handle or hostname: at least two labels. */
  static int scanName(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length, false, false);
  }

  /** At least three labels; the first begins with a letter too, and the last has no hyphen. */
  static int scanNsid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length, true, false);
  }

  /** An NSID in normal form: upper case only in the last label (SY-07). */
  static int scanNormalizedNsid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length, true, true);
  }

  private static int scan(byte[] utf8, int offset, int length, boolean nsid, boolean normalized) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    int limit = nsid ? Nsid.MAX_LENGTH : Handle.MAX_LENGTH;
    if (length > limit) {
      return Flaw.of(Rule.TOO_LONG, limit);
    }
    int unremarkable = normalized ? Ascii.LOWER | Ascii.DIGIT : Ascii.ALPHANUMERIC;
    int end = offset + length;
    int labels = 1;
    int start = offset; // of the current label
    int hyphen = -1; // the last one
    int upper = -1; // the first one, if it matters
    for (int at = offset; at < end; at++) {
      byte c = utf8[at];
      if (Ascii.is(unremarkable, c)) {
        continue;
      }
      if (c == '.') {
        int flaw = labelFlaw(offset, start, at, hyphen);
        if (flaw != Flaw.NONE) {
          return flaw;
        }
        if (upper >= 0) {
          return Flaw.of(Rule.NOT_NORMALIZED, upper - offset);
        }
        labels++;
        start = at + 1;
      } else if (c == '-' && at > start) {
        hyphen = at;
      } else if (Ascii.is(Ascii.UPPER, c)) {
        upper = upper < 0 ? at : upper;
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
    return nsid ? nsidFlaw(utf8, offset, start, hyphen) : Flaw.NONE;
  }

  /** What an NSID must keep beyond a name; {@code start} is that of its last label. */
  private static int nsidFlaw(byte[] utf8, int offset, int start, int hyphen) {
    if (!Ascii.is(Ascii.LETTER, utf8[offset])) {
      return Flaw.of(Rule.CHARACTER, 0);
    }
    if (hyphen > start) {
      return Flaw.of(Rule.CHARACTER, hyphen - offset);
    }
    return start - 1 - offset > Nsid.MAX_AUTHORITY_LENGTH
        ? Flaw.of(Rule.TOO_LONG, Nsid.MAX_AUTHORITY_LENGTH)
        : Flaw.NONE;
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
