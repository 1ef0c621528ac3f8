// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  /** Somebody wants to know the newest state of an account. */
  record Query(DidHash hash, Did did, CompletableFuture<Optional<AccountRecord>> answer)
      implements LaneMessage {}

  /** There is room for an account that waits on a host. */
  record Release(DidHash hash, Did did, int hostId) implements LaneMessage {}
}
