// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The scans over any bytes at all, guided by coverage: they may not read outside their slice, must
 * agree with the grammar, and what they accept must print as it was. The property test edits valid
 * text and so seldom gets far from it.
 *
 * <p>An ordinary build replays the inputs beside this class; {@code JAZZER_FUZZ=1} looks for more.
 */
class SyntaxFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void scans_agreeWithTheGrammar(byte[] input) {
    String text = new String(input, ISO_8859_1); // a byte a character, so that both forms see all
    for (Grammar grammar : Grammar.values()) {
      boolean valid = grammar.allows(text);
      require(grammar.codeAllows(text) == valid, grammar, "text form");
      Framed.Check check = grammar.byteCheck();
      require(
          check == null || check.isValid(input, 0, input.length) == valid, grammar, "byte form");
      Framed.Decoder decoder = grammar.decoder();
      if (valid && decoder != null) {
        String printed = decoder.decode(input, 0, input.length).toString();
        require(printed.equals(text), grammar, "decoded text");
      }
    }
  }

  private static void require(boolean condition, Grammar grammar, String what) {
    if (!condition) {
      throw new AssertionError(grammar + ": " + what);
    }
  }
}
