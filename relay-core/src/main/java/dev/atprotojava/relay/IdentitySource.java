// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.syntax.Did;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who a DID is, as lanes ask it: at once from memory, or later. */
public interface IdentitySource {
  /** What is known and still good, or null. Never waits. */
  @Nullable IdentityLookup cached(Did did);

  /**
   * Finds out. Does not wait; {@code whenDone} is called once, by another thread, whatever happens:
   * events wait for it. What fails in here is {@link IdentityLookup.Unavailable}.
   *
   * @param force true to ask again though something is known, which is limited per DID
   */
  void resolve(Did did, boolean force, Consumer<IdentityLookup> whenDone);

  /** Says that what is known may be wrong: the next who asks gets it anew. */
  void markStale(Did did);

  /** False while the directory itself is down: then nothing is to be concluded from silence. */
  boolean available();
}
