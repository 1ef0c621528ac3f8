// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.syntax.Handle;

/** Whether a handle is an account's: whether each of the two claims the other (ID-40). */
public sealed interface HandleVerdict {

  /** Both agree. */
  record Verified(Handle handle, Identity identity) implements HandleVerdict {}

  /** They do not; the account is none the worse for it. */
  record Refuted(Cause cause) implements HandleVerdict {}

  /** It could not be found out now. */
  record Undecided(Unavailable.Reason reason) implements HandleVerdict {}

  /** Why a handle is not an account's. */
  enum Cause {
    /** The document claims no handle. */
    NONE_CLAIMED,
    /** The document claims another handle first; later ones do not count (ID-36). */
    OTHER_CLAIMED,
    /** The handle names no DID. */
    HANDLE_NOT_FOUND,
    /** The handle names several DIDs (ID-41). */
    HANDLE_AMBIGUOUS,
    /** The handle is one that never names a DID (ID-44). */
    HANDLE_RESERVED,
    /** The handle names another DID. */
    OTHER_DID,
    /** The DID that the handle names does not exist, not any more, or cannot be resolved. */
    DID_NOT_FOUND
  }

  /**
   * What to show: the handle in lower case if it is verified, else {@link Handle#INVALID} (ID-40).
   */
  default Handle shown() {
    return this instanceof Verified verified ? verified.handle() : Handle.INVALID;
  }
}
