// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What reaches a lane besides events: answers to what it asked, and questions of others. */
sealed interface LaneMessage {
  /** What the store has of an account. */
  record AccountLoaded(DidHash hash, @Nullable AccountRecord account) implements LaneMessage {}

  /** Who an account is. */
  record IdentityArrived(DidHash hash, IdentityLookup lookup) implements LaneMessage {}

  /** What an account's host says of it; empty if it says nothing. */
  record StatusArrived(DidHash hash, Optional<AccountStatus> status) implements LaneMessage {}

  /** Who an account is now that its host has caught up, and what that says of it. */
  record DoubtAnswered(Doubts.Doubt doubt, IdentityLookup lookup, Optional<AccountStatus> status)
      implements LaneMessage {}

  /**
   * An operator's decision about an account.
   *
   * @param change gives the account as it is to be; if that is the same, nothing is told
   * @param answer the account after that, once the lane acts by it; empty if there is none
   */
  record Decision(
      DidHash hash,
      Did did,
      UnaryOperator<AccountRecord> change,
      CompletableFuture<Optional<AccountRecord>> answer)
      implements LaneMessage {}

  /** Somebody wants to know the newest state of an account. */
  record Query(DidHash hash, Did did, CompletableFuture<Optional<AccountRecord>> answer)
      implements LaneMessage {}

  /** There is room for an account that waits on a host. */
  record Release(DidHash hash, Did did, int hostId) implements LaneMessage {}
}
