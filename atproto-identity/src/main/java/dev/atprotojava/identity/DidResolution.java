// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one attempt of a {@link DidResolver} came to. */
public sealed interface DidResolution {

  /** The document. */
  record Resolved(DidDocument document) implements DidResolution {}

  /** There is no such DID. */
  record NotFound() implements DidResolution {}

  /** There was one, and its owner ended it. */
  record Tombstoned() implements DidResolution {}

  /** There cannot be one, or not for this resolver. Nobody was asked. */
  record Unresolvable(IdentityLookup.Unresolvable.Cause cause) implements DidResolution {}

  /**
   * The attempt failed and says nothing about the DID (ID-04).
   *
   * @param retryAfter for how long the server asked to be left alone, if it did
   */
  record Failed(Unavailable.Reason reason, @Nullable Duration retryAfter)
      implements DidResolution {}
}
