// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.syntax.Did;
import java.time.Instant;

/**
 * What an {@link IdentityDirectory} says of a DID (ID-01). A text that is no DID at all never gets
 * here: {@link Did#parse} refuses it.
 *
 * <p>A switch over the five needs no default. Only {@link Unavailable} is about us and not about
 * the DID: it is no verdict, and to treat it as one would let whoever can slow a directory down
 * decide about accounts (ID-04).
 */
public sealed interface IdentityLookup {

  /**
   * Whether this was found out at a moment or later, to the millisecond. What a refresh answers
   * decides a doubt only if this is true of the moment when the doubt arose: a refresh that is
   * refused, because it comes too early, or that fails, tells what was known before (ID-53).
   */
  default boolean isAsOf(Instant moment) {
    return switch (this) {
      case Found(Identity identity) -> isAsOf(identity.fetchedAt(), moment);
      case NotFound none -> isAsOf(none.fetchedAt(), moment);
      case Tombstoned none -> isAsOf(none.fetchedAt(), moment);
      case Unresolvable never -> true; // it was always so
      case Unavailable later -> false;
    };
  }

  private static boolean isAsOf(Instant fetchedAt, Instant moment) {
    return fetchedAt.toEpochMilli() >= moment.toEpochMilli();
  }

  /**
   * The DID exists. {@link Identity#fetchedAt} tells how old the knowledge is: within the lifetimes
   * of the directory, or older if the DID could not be asked for again.
   */
  record Found(Identity identity) implements IdentityLookup {}

  /**
   * There is no such DID. Of a did:web it means that its server says so now, or has no address; the
   * account is broken for as long as that lasts, and not deleted (T-50).
   */
  record NotFound(Did did, Instant fetchedAt) implements IdentityLookup {}

  /** The did:plc was tombstoned by its owner; the account reads as deleted (ID-12, ID-55). */
  record Tombstoned(Did did, Instant fetchedAt) implements IdentityLookup {}

  /** The DID is one by its syntax and can never be resolved. Nobody was asked. */
  record Unresolvable(Cause cause) implements IdentityLookup {
    /** Why. */
    public enum Cause {
      /** The method is neither {@code plc} nor {@code web} (ID-01). */
      UNSUPPORTED_METHOD,
      /**
       * The method's own rules are broken, such as by upper case or a path (ID-03, ID-10, ID-20).
       */
      MALFORMED,
      /** It is a did:web on a host that the address policy does not allow (ID-21). */
      HOST_REFUSED
    }
  }

  /**
   * It could not be found out now, and nothing is remembered.
   *
   * @param retryAt when another lookup may do better; one that comes earlier is answered like this
   *     one, or is the one to try
   */
  record Unavailable(Reason reason, Instant retryAt) implements IdentityLookup {
    /** Why. */
    public enum Reason {
      /** No answer within the time limit. */
      TIMEOUT,
      /** No connection, a broken one, or no answer from a name server. */
      UNREACHABLE,
      /** The host has no address that the policy allows. */
      ADDRESS_REFUSED,
      /** A status that says nothing about the DID, such as 500, or a redirect. */
      BAD_STATUS,
      /** Status 429: the server asks us to come later. */
      RATE_LIMITED,
      /** What came is not a document of this DID: {@link IdentityException} (ID-02). */
      DOCUMENT_INVALID,
      /** The directory failed so often that it is not asked for a while. */
      DIRECTORY_DOWN,
      /**
       * Our own limit of requests is reached, and so many wait that one more would wait in vain.
       */
      TOO_MANY_REQUESTS,
      /** The thread was interrupted while it waited. */
      INTERRUPTED,
      /** The directory object was closed. */
      CLOSED
    }
  }
}
