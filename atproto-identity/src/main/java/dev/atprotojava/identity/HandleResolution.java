// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.syntax.Did;

/**
 * What a handle says of itself. Only {@link Failed} is about us and the network, and no verdict on
 * the handle.
 */
public sealed interface HandleResolution {

  /**
   * It means this DID.
   *
   * @param method which of the two places said so
   */
  record Resolved(Did did, Method method) implements HandleResolution {}

  /** Neither place names a DID. */
  record NotFound() implements HandleResolution {}

  /** Its records name several DIDs, so it means none (ID-41). */
  record Ambiguous() implements HandleResolution {}

  /** It is under a top-level domain that is never resolved (ID-44). Nobody was asked. */
  record Reserved() implements HandleResolution {}

  /** It could not be found out now. */
  record Failed(Unavailable.Reason reason) implements HandleResolution {}

  /** Where a handle says which DID it means. */
  enum Method {
    /** The TXT records of {@code _atproto} under it. */
    DNS,
    /** {@code /.well-known/atproto-did} on its host. */
    HTTPS
  }
}
