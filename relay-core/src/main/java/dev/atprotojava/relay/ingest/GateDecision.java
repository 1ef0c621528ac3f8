// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.Identity;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.account.AccountRecord;
import org.jspecify.annotations.Nullable;

/** What {@link AccountGate} says of an event. */
sealed interface GateDecision {
  /**
   * It may come from this host for this account.
   *
   * @param account as it is now: new, or moved to the sending host, where that is so
   * @param created true if it is new
   * @param identity who the account is; null where the event needs no identity
   */
  record Admit(AccountRecord account, boolean created, @Nullable Identity identity)
      implements GateDecision {}

  /** It may not. */
  record Drop(DropReason reason) implements GateDecision {}

  /** It may not, by what its host said of the account, which may have changed (RL-38). */
  record Inactive() implements GateDecision {}

  /** That depends on who the account is. */
  record Resolve(boolean force) implements GateDecision {}
}
