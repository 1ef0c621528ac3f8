// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

/** What running a case of a vector came to. */
public sealed interface Verdict {
  /** It came out as the vector says. */
  record Passed() implements Verdict {}

  /**
   * The vector is for a wider format than the protocol's, or says more than the specification; it
   * came out as the rule says.
   *
   * @param rule the number of the rule that decides
   * @param why what the rule says
   */
  record Narrowed(String rule, String why) implements Verdict {}

  /** The case is for others, and was not run to its end. */
  record NotOurs(String why) implements Verdict {}

  /** It did not come out as it should. */
  record Failed(String why) implements Verdict {}

  /** The one {@link Passed}. */
  Verdict PASSED = new Passed();
}
