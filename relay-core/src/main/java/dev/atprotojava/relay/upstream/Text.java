// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/** Text of peers, made fit for logs and pages. */
final class Text {
  private static final int LONGEST = 200;

  private Text() {}

  /** The text without control characters, and not too long. */
  static String bounded(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), LONGEST));
    for (int i = 0; i < text.length() && i < LONGEST; i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) ? ' ' : c);
    }
    return clean.toString();
  }
}
