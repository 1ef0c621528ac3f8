// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.SyncEvent;

/** What happens to an {@link AccountChain}. */
public sealed interface ChainInput {
  /**
   * A commit and what the verifier says of it, which may be a lenient one: see {@link
   * AccountChain}. How the commit follows the one before is for the chain to find out, so that a
   * verdict may be used later than it was given.
   */
  record Commit(CommitEvent event, CommitVerdict verdict) implements ChainInput {}

  /**
   * An event that nobody could verify, because the identity of the account could not be found out
   * now (SC-51). What it did is missed.
   */
  record Unverified() implements ChainInput {}

  /** A statement of the repository, and what the verifier says of it. */
  record Sync(SyncEvent event, CommitVerdict verdict) implements ChainInput {}

  /**
   * What the host says of the account, in an {@code #account} event or asked for (SC-83): {@link
   * AccountStatus#of} of its fields.
   */
  record UpstreamStatus(AccountStatus status) implements ChainInput {}

  /** A hint that the identity may have changed. */
  record Identity(IdentityEvent event) implements ChainInput {}

  /** A word of whoever runs this on the account; {@code ACTIVE} takes an earlier one back. */
  record LocalStatus(AccountStatus status) implements ChainInput {}

  /** The repository is about to be asked for. Must come before the request is sent (SC-70). */
  record ResyncBegun() implements ChainInput {}

  /**
   * The copy was made equal to this state of the repository, which was verified (SC-72). It must
   * not be older than what was known (SC-71).
   */
  record ResyncDone(RepoState repo) implements ChainInput {}

  /** The repository could not be had, for a reason that says nothing of the account. */
  record ResyncFailed() implements ChainInput {}

  /** The account's host says that there is no repository to be had, and why (SC-76). */
  record ResyncRefused(AccountStatus status) implements ChainInput {}

  /** No more can be kept of what comes during a resync (SC-74). */
  record QueueOverflow() implements ChainInput {}
}
