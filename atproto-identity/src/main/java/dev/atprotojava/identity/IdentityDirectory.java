// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Did;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells who a DID is.
 *
 * <p>Three ways to ask, for three kinds of callers:
 *
 * <ul>
 *   <li>{@link #lookup} and {@link #refresh} block, for at most the directory's time limit.
 *   <li>{@link #lookupAsync} and {@link #refreshAsync} return at once; no thread waits meanwhile.
 *   <li>{@link #cached} never waits and tells only what can be told without.
 * </ul>
 *
 * <p>No answer is an exception, and none is missing: see {@link IdentityLookup}. Threads may share
 * a directory.
 */
public interface IdentityDirectory {

  /**
   * Who the DID is, from memory if that is recent enough.
   *
   * <p>A thread that is interrupted gets {@code Unavailable} with the reason {@code INTERRUPTED},
   * and stays interrupted.
   */
  default IdentityLookup lookup(Did did) {
    return Waiting.await(lookupAsync(did));
  }

  /**
   * Who the DID is, asked now: after a signature that does not verify, or a host that is not the
   * account's (ID-53, SC-54).
   *
   * <p>Refreshes of one DID are limited, and one that comes too early is a {@link #lookup}. So is
   * one that fails, if something is known. Ask {@link IdentityLookup#isAsOf} before anything is
   * concluded: only an answer that was asked for after the doubt arose decides it. Even that can be
   * old, where the directory is a replica that lags: to look once more after some 10 seconds to a
   * minute is up to the caller (ID-14, T-42).
   */
  default IdentityLookup refresh(Did did) {
    return Waiting.await(refreshAsync(did));
  }

  /**
   * {@link #lookup}, without waiting. The future ends with a value, within the directory's time
   * limit; to cancel it ends nothing else. It may be completed by a thread that has other work: do
   * not block in what depends on it.
   */
  CompletableFuture<IdentityLookup> lookupAsync(Did did);

  /** {@link #refresh}, without waiting, as {@link #lookupAsync}. */
  CompletableFuture<IdentityLookup> refreshAsync(Did did);

  /**
   * What {@link #lookup} would answer at once, or null if it would have to ask somebody. For hot
   * paths: an answer that is current allocates nothing.
   */
  @Nullable IdentityLookup cached(Did did);

  /**
   * Takes note that the DID may have changed: after an {@code #identity} event (ID-52). The next
   * lookup asks again, now nobody does. What is known stays known, for when that lookup fails. An
   * answer that is under way was perhaps given before the change, and is treated as if it had come
   * before this call.
   */
  void markStale(Did did);
}
