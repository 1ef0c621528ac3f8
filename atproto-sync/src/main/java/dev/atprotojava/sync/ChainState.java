// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import org.jspecify.annotations.Nullable;

/** How well the copy of a repository that somebody keeps is known to be the repository (SC-62). */
public sealed interface ChainState {
  /**
   * The revision that the copy was last known to have; null if there is none.
   *
   * <p>While the state is not {@link Synchronized} the copy may have parts of a later one.
   */
  @Nullable RepoState last();

  /** The copy is not known to be right: the state in which every account begins (SC-64). */
  record Desynchronized(Cause cause, @Nullable RepoState last) implements ChainState {}

  /** The repository is being fetched; what comes of it meanwhile is kept (SC-70). */
  record InProgress(@Nullable RepoState last) implements ChainState {}

  /** The copy is the repository of this revision, by the argument of SC-61. */
  record Synchronized(RepoState last) implements ChainState {}

  /** Why a copy is not known to be right. */
  enum Cause {
    /** Nothing of the account was ever seen. */
    UNKNOWN,
    /** The account was deleted, and the copy with it (SC-80). */
    PURGED,
    /** A commit that does not follow the last one: something was missed, or there is a fork. */
    CHAIN_BROKEN,
    /** A {@code #sync} says that the content is another one. */
    CONTENT_DIFFERS,
    /** A commit that does not tell all of what it did (SC-32, SC-60). */
    INCOMPLETE_COMMIT,
    /**
     * An event was not verified, and what it did is not known: the identity could not be found out
     * (SC-51), or the account was not active (SC-53).
     */
    UNVERIFIED,
    /** More came during a resync than could be kept (SC-74). */
    QUEUE_OVERFLOW,
    /** A resync came to nothing, or was cut short; the copy may have a part of it. */
    RESYNC_FAILED,
  }
}
