// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostStatusTest {
  // The known values of com.atproto.sync.defs#hostStatus: a client does not understand another one.
  @ParameterizedTest
  @CsvSource({
    "ACTIVE, active",
    "IDLE, idle",
    "OFFLINE, offline",
    "THROTTLED, throttled",
    "BANNED, banned",
  })
  void wire_isTheWordOfTheLexicon(HostStatus status, String word) {
    assertThat(status.wire()).isEqualTo(word);
  }
}
