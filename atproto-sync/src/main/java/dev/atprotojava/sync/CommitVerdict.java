// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import java.util.Set;

/** What {@link CommitVerifier} says of an event. */
public sealed interface CommitVerdict {
  /**
   * The event is true.
   *
   * @param next what to remember of the repository from now on
   * @param chain how the event follows what was remembered
   * @param waived what was wrong with it and was let pass; empty in strict verification
   */
  record Accept(RepoState next, Chain chain, Set<CommitFault> waived) implements CommitVerdict {
    public Accept {
      waived = Set.copyOf(waived);
    }
  }

  /** The event is not to be believed. */
  record Reject(CommitFault fault) implements CommitVerdict {}

  /** How an accepted event follows the one before it (SC-60, RL-32). */
  enum Chain {
    /** Nothing is known of the repository: this is where it begins for us. */
    FIRST,
    /** It leads from the tree that we know to its own. */
    CONTINUES,
    /** It is the event that we know already, told again: a {@code #sync} of the last commit. */
    REPEATS,
    /** It begins somewhere else: something between was not seen. */
    BREAKS,
  }
}
