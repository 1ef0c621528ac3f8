// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.testing.Gen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The scans against the grammar of chapter 7, on texts that are valid or a few edits away from it.
 * Would catch a character too many in a class, an off-by-one in a limit, text and byte forms that
 * disagree, and a scan that looks beyond its slice.
 */
class SyntaxPropertyTest {
  private static final int RUNS = 4_000;

  // What people and attackers put where a letter should be: neighbours in ASCII, line ends, zero,
  // letters that fold to ASCII ones, digits of other scripts, halves of pairs.
  private static final String[] INTRUDERS = {
    ".",
    "..",
    "-",
    "--",
    ":",
    "%",
    "/",
    "//",
    "_",
    "~",
    "@",
    "#",
    "?",
    "+",
    "*",
    "=",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "`",
    "{",
    "[",
    "0",
    "1",
    "8",
    "9",
    "a",
    "z",
    "A",
    "Z",
    "T",
    "\u007f",
    "\u0080",
    "\u00ad",
    "\u00e9",
    "\u0130",
    "\u017f",
    "\u212a",
    "\u0660",
    "\uff21",
    "\u2028",
    "\ud83d\udca9",
    "\ud83d",
    "\udca9"
  };

  @ParameterizedTest
  @EnumSource
  void code_agreesWithTheGrammar(Grammar grammar) {
    int[] verdicts = new int[2];
    Gen.forAll(
        RUNS,
        gen -> {
          String text = mutated(gen, grammar.nearlyValid(gen));
          boolean valid = grammar.allows(text);
          verdicts[valid ? 0 : 1]++;
          assertThat(grammar.codeAllows(text)).as(text).isEqualTo(valid);
          assertParserAgrees(grammar, text, valid);
          assertBytesAgree(grammar, text, valid);
        });
    if (Long.getLong("gen.seed") == null) {
      // Otherwise one side of the property was never looked at.
      assertThat(verdicts[0]).as("valid").isGreaterThan(RUNS / 10);
      assertThat(verdicts[1]).as("invalid").isGreaterThan(RUNS / 10);
    }
  }

  private static void assertParserAgrees(Grammar grammar, String text, boolean valid) {
    Grammar.Parser parser = grammar.parser();
    if (parser == null) {
      return;
    }
    if (!valid) {
      assertRefused(() -> parser.parse(text), text.length());
    } else if (parser.parse(text) instanceof Hostname host) {
      assertThat(host.toString()).isEqualToIgnoringCase(text).doesNotMatch(".*[A-Z].*");
    } else {
      assertThat(parser.parse(text)).hasToString(text).isEqualTo(parser.parse(text));
    }
  }

  private static void assertBytesAgree(Grammar grammar, String text, boolean valid) {
    Framed framed = Framed.of(text);
    Framed.Check check = grammar.byteCheck();
    if (check != null) {
      assertThat(framed.is(check)).as(text).isEqualTo(valid);
    }
    Framed.Decoder decoder = grammar.decoder();
    Grammar.Parser parser = grammar.parser();
    if (decoder == null || parser == null) {
      return;
    }
    if (valid) {
      assertThat(framed.decode(decoder)).isEqualTo(parser.parse(text));
    } else if (grammar != Grammar.TID) { // reads thirteen bytes, whatever the slice
      assertRefused(() -> framed.decode(decoder), framed.length());
    }
  }

  private static void assertRefused(Runnable parse, int length) {
    InvalidSyntaxException refusal = catchThrowableOfType(InvalidSyntaxException.class, parse::run);
    assertThat(refusal).isNotNull();
    assertThat(refusal.index()).isBetween(0, length);
  }

  /** The text with no edit, one, two or three. */
  private static String mutated(Gen gen, String text) {
    StringBuilder mutant = new StringBuilder(text);
    for (int edits = gen.oneIn(2) ? 0 : gen.between(1, 3); edits > 0; edits--) {
      int at = gen.nextInt(mutant.length() + 1);
      int to = Math.min(mutant.length(), at + gen.between(0, 3));
      switch (gen.nextInt(5)) {
        case 0 -> mutant.delete(at, to);
        case 1 -> mutant.insert(at, gen.oneOf(INTRUDERS));
        case 2 -> mutant.replace(at, to, gen.oneOf(INTRUDERS));
        case 3 -> mutant.insert(at, mutant.substring(at, to));
        default -> mutant.setLength(at);
      }
    }
    return mutant.toString();
  }

  // SY-18, on every zone and precision.
  @Test
  void instant_isTheMomentOfTheText() {
    Gen.forAll(
        RUNS,
        gen -> {
          String text = Grammar.DATETIME.nearlyValid(gen);
          if (Grammar.DATETIME.allows(text)) {
            assertThat(AtDatetime.parse(text).instant()).isEqualTo(Grammar.moment(text));
          }
        });
  }
}
