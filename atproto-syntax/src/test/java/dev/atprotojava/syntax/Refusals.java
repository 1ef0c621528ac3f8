// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a parser refuses for one reason and says where. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(Rule rule, int index, ThrowingCallable parse) {
    InvalidSyntaxException refusal = catchThrowableOfType(InvalidSyntaxException.class, parse);
    assertThat(refusal).isNotNull();
    assertThat(refusal.rule()).isEqualTo(rule);
    assertThat(refusal.index()).isEqualTo(index);
  }
}
