// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;

/**
 * The outcome of a scan, packed into an {@code int} so that a scan allocates nothing whatever it
 * finds: {@link #NONE}, or {@code index << 4 | rule}. No scan looks at more than 8,193 characters,
 * so an index has room.
 */
final class Flaw {
  /** The identifier is valid. */
  static final int NONE = -1;

  private static final Rule[] RULES = Rule.values();

  private Flaw() {}

  @SuppressWarnings("EnumOrdinal") // never leaves this process
  static int of(Rule rule, int index) {
    return index << 4 | rule.ordinal();
  }

  /** The same flaw, seen from a text in which the scanned one begins at {@code start}. */
  static int shifted(int flaw, int start) {
    return flaw == NONE ? NONE : flaw + (start << 4);
  }

  static void requireNone(String kind, int flaw) {
    if (flaw != NONE) {
      throw new InvalidSyntaxException(kind, RULES[flaw & 15], flaw >>> 4);
    }
  }
}
