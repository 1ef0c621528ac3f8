// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * A second level behind the memory of a {@link CachingDirectory}, so that a restart does not ask
 * the network for everything again.
 *
 * <p>For whoever implements it: a row has the DID, {@link Identity#handle}, {@link Identity#pds},
 * {@link Identity#signingKey} as its did:key, {@link Identity#fetchedAt} and the mark; {@link
 * Identity#of} puts them together again. Calls block, come on the executor that was given with the
 * store, and never two changes at the same time. Loads may run beside each other and beside a
 * change. A store that fails throws; the directory then goes on as if there were nothing in it, and
 * counts.
 *
 * <p>A store that learns of changes by itself may say of an identity that it is as of a later
 * moment than when it was saved: an identity that has grown old in memory is loaded again before
 * the network is asked.
 */
public interface IdentityStore {

  /**
   * What is kept of a DID.
   *
   * @param stale whether it may have changed since ({@link IdentityDirectory#markStale})
   */
  record Stored(Identity identity, boolean stale) {}

  /** What is kept of this DID, or null. */
  @Nullable Stored load(Did did);

  /** Keeps this in place of what was kept of the same DID. */
  void save(Stored stored);

  /** Marks what is kept of this DID, if anything is. */
  void markStale(Did did);

  /** Forgets the DID: it does not exist any more. */
  void remove(Did did);
}
