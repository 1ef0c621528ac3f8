// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/** What an {@link AccountChain} wants to be done. */
public sealed interface ChainAction {
  /**
   * Do to the copy what the operations of the commit say, and remember the new state with it, both
   * or neither (SC-68).
   */
  record Apply(RepoState next) implements ChainAction {}

  /** Remember a newer revision of the same content. */
  record Advance(RepoState next) implements ChainAction {}

  /** Keep the event until the resync has ended, then give it to the chain again, in order. */
  record Queue() implements ChainAction {}

  /** Nothing to the copy; the chain remembers that something was missed, if it was. */
  record Ignore(Reason reason) implements ChainAction {}

  /** Nothing: the event is not to be believed, and fetching the repository would not help. */
  record Reject(CommitFault fault) implements ChainAction {}

  /** Drop the event, if it was one, and see to it that a resync will come (SC-63). */
  record Resync(ChainState.Cause cause) implements ChainAction {}

  /** Take note that the identity may have changed (ID-52). */
  record RefreshIdentity() implements ChainAction {}

  /**
   * The status of the account was stated; it may be the one from before.
   *
   * @param before the effective status until now
   * @param after the effective status from now on
   * @param purge whether the copy is to be forgotten, all of it
   * @param resync whether a resync is needed too
   */
  record Status(AccountStatus before, AccountStatus after, boolean purge, boolean resync)
      implements ChainAction {}

  /** Nothing to do. */
  record Nothing() implements ChainAction {}

  /** Why an event does nothing to the copy. */
  enum Reason {
    /** It is not newer than what is known (SC-55). */
    STALE,
    /** The account is not active (SC-53). */
    INACTIVE,
  }
}
