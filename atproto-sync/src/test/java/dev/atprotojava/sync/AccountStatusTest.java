// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccountStatusTest {
  // SC-80, T-72, T-73: a status of the future hides nothing and shows nothing by itself.
  @ParameterizedTest
  @CsvSource({
    "true,, ACTIVE",
    "true, deactivated, ACTIVE",
    "true, desynchronized, ACTIVE",
    "true, banana, ACTIVE",
    "false,, INACTIVE",
    "false, '', INACTIVE",
    "false, banana, INACTIVE",
    "false, inactive, INACTIVE",
    "false, active, INACTIVE",
    "false, Deleted, INACTIVE",
    "false, deleted, DELETED",
    "false, deactivated, DEACTIVATED",
    "false, takendown, TAKENDOWN",
    "false, suspended, SUSPENDED",
    "false, desynchronized, DESYNCHRONIZED",
    "false, throttled, THROTTLED",
  })
  void of_followsTheFlag(boolean active, String status, AccountStatus expected) {
    assertThat(AccountStatus.of(active, status)).isEqualTo(expected);
    assertThat(expected.isActive()).isEqualTo(active);
  }

  @ParameterizedTest
  @EnumSource(AccountStatus.class)
  void wire_isReadAsTheSameStatus(AccountStatus status) {
    assertThat(AccountStatus.of(status.isActive(), status.wire())).isEqualTo(status);
  }

  // T-73: a relay omits a status that the Lexicon does not have.
  @Test
  void wire_isAWordOfTheLexicon() {
    assertThat(AccountStatus.ACTIVE.wire()).isNull();
    assertThat(AccountStatus.INACTIVE.wire()).isNull();
    assertThat(AccountStatus.TAKENDOWN.wire()).isEqualTo("takendown");
  }
}
