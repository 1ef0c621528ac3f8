// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A text as it lies in a frame: UTF-8 with other bytes around it, so that a scan that looks past
 * its slice meets something that it takes for more of the identifier.
 */
record Framed(String text, int offset) {
  /** The byte form of a check. */
  interface Check {
    boolean isValid(byte[] utf8, int offset, int length);
  }

  /** The byte form of a parser. */
  interface Decoder {
    Object decode(byte[] utf8, int offset, int length);
  }

  static Framed of(String text) {
    return new Framed(text, 3);
  }

  int length() {
    return text.getBytes(UTF_8).length;
  }

  boolean is(Check check) {
    byte[] utf8 = text.getBytes(UTF_8);
    return check.isValid(framed(utf8), offset, utf8.length);
  }

  Object decode(Decoder decoder) {
    byte[] utf8 = text.getBytes(UTF_8);
    return decoder.decode(framed(utf8), offset, utf8.length);
  }

  private byte[] framed(byte[] utf8) {
    byte[] frame = "a".repeat(utf8.length + 2 * offset).getBytes(UTF_8);
    System.arraycopy(utf8, 0, frame, offset, utf8.length);
    return frame;
  }
}
