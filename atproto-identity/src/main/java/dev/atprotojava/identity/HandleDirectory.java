// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.HandleVerdict.Cause;
import dev.atprotojava.identity.HandleVerdict.Refuted;
import dev.atprotojava.identity.HandleVerdict.Undecided;
import dev.atprotojava.identity.HandleVerdict.Verified;
import dev.atprotojava.syntax.Handle;

/**
 * Finds accounts by their handles, and checks the handles of accounts; in both directions, always
 * (ID-40). A document can claim anybody's handle, and a handle can name anybody's DID.
 *
 * <p>Blocks, for at most the time limits of what it asks. Threads may share one.
 */
public final class HandleDirectory {
  private final HandleResolver handles;
  private final IdentityDirectory identities;

  private HandleDirectory(HandleResolver handles, IdentityDirectory identities) {
    this.handles = handles;
    this.identities = identities;
  }

  /** Over a resolver, best one that remembers, and a directory. */
  public static HandleDirectory of(HandleResolver handles, IdentityDirectory identities) {
    return new HandleDirectory(handles, identities);
  }

  /** Whose handle this is: asks the handle, then the DID that it names. */
  public HandleVerdict lookup(Handle handle) {
    return switch (handles.resolve(handle)) {
      case HandleResolution.Resolved resolved ->
          switch (identities.lookup(resolved.did())) {
            case IdentityLookup.Found found -> claims(found.identity(), handle.normalized());
            case IdentityLookup.NotFound none -> new Refuted(Cause.DID_NOT_FOUND);
            case IdentityLookup.Tombstoned none -> new Refuted(Cause.DID_NOT_FOUND);
            case IdentityLookup.Unresolvable never -> new Refuted(Cause.DID_NOT_FOUND);
            case IdentityLookup.Unavailable later -> new Undecided(later.reason());
          };
      case HandleResolution.NotFound none -> new Refuted(Cause.HANDLE_NOT_FOUND);
      case HandleResolution.Ambiguous several -> new Refuted(Cause.HANDLE_AMBIGUOUS);
      case HandleResolution.Reserved never -> new Refuted(Cause.HANDLE_RESERVED);
      case HandleResolution.Failed failed -> new Undecided(failed.reason());
    };
  }

  private static HandleVerdict claims(Identity identity, Handle handle) {
    Handle claimed = identity.handle();
    if (claimed == null) {
      return new Refuted(Cause.NONE_CLAIMED);
    }
    return claimed.equals(handle)
        ? new Verified(handle, identity)
        : new Refuted(Cause.OTHER_CLAIMED);
  }

  /** Whether the handle that an account claims is its own: asks the handle. */
  public HandleVerdict verify(Identity identity) {
    Handle claimed = identity.handle();
    if (claimed == null) {
      return new Refuted(Cause.NONE_CLAIMED);
    }
    return switch (handles.resolve(claimed)) {
      case HandleResolution.Resolved resolved ->
          resolved.did().equals(identity.did())
              ? new Verified(claimed, identity)
              : new Refuted(Cause.OTHER_DID);
      case HandleResolution.NotFound none -> new Refuted(Cause.HANDLE_NOT_FOUND);
      case HandleResolution.Ambiguous several -> new Refuted(Cause.HANDLE_AMBIGUOUS);
      case HandleResolution.Reserved never -> new Refuted(Cause.HANDLE_RESERVED);
      case HandleResolution.Failed failed -> new Undecided(failed.reason());
    };
  }
}
