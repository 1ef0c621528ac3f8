// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.sync.AccountStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers stand in log and store for ever: a status added in between must not move them. */
class StatusByteTest {
  @Test
  void of_isAsInTheFormats() {
    Map<AccountStatus, Integer> upstream =
        Map.of(
            AccountStatus.ACTIVE, 0,
            AccountStatus.DEACTIVATED, 1,
            AccountStatus.DELETED, 2,
            AccountStatus.TAKENDOWN, 3,
            AccountStatus.SUSPENDED, 4,
            AccountStatus.DESYNCHRONIZED, 5,
            AccountStatus.THROTTLED, 6,
            AccountStatus.INACTIVE, 7);
    Map<LocalStatus, Integer> local =
        Map.of(
            LocalStatus.ACTIVE,
            0,
            LocalStatus.TAKENDOWN,
            0x10,
            LocalStatus.THROTTLED,
            0x20,
            LocalStatus.DESYNCHRONIZED,
            0x30,
            LocalStatus.CHAIN_THROTTLED,
            0x40);
    assertThat(upstream).containsOnlyKeys(AccountStatus.values());
    assertThat(local).containsOnlyKeys(LocalStatus.values());
    upstream.forEach(
        (there, low) ->
            local.forEach(
                (here, high) -> {
                  byte status = StatusByte.of(there, here);
                  assertThat(status & 0xff).isEqualTo(low + high);
                  assertThat(StatusByte.upstream(status & 0xff)).isEqualTo(there);
                  assertThat(StatusByte.local(status & 0xff)).isEqualTo(here);
                }));
  }
}
