// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InvalidSyntaxExceptionTest {
  // A peer chooses the text: it must not reach a log, and refusing it must stay cheap.
  @Test
  void exception_namesRuleAndIndexButNotTheText() {
    assertThatThrownBy(() -> Did.parse("did:web:secret text"))
        .hasMessage("DID: character not allowed at index 14")
        .satisfies(refusal -> assertThat(refusal.getStackTrace()).isEmpty());
    assertThatThrownBy(() -> RecordPath.parse("com.example.record"))
        .hasMessage("record path: ends too early at index 18");
  }
}
