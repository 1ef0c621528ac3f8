// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unresolvable;
import dev.atprotojava.identity.IdentityLookup.Unresolvable.Cause;

/** One object for each reason, because hosts can send as many impossible DIDs as they like. */
final class Refusals {
  static final Unresolvable UNSUPPORTED_METHOD = new Unresolvable(Cause.UNSUPPORTED_METHOD);
  private static final Unresolvable MALFORMED = new Unresolvable(Cause.MALFORMED);
  private static final Unresolvable HOST_REFUSED = new Unresolvable(Cause.HOST_REFUSED);

  private Refusals() {}

  static Unresolvable of(Cause cause) {
    return switch (cause) {
      case UNSUPPORTED_METHOD -> UNSUPPORTED_METHOD;
      case MALFORMED -> MALFORMED;
      case HOST_REFUSED -> HOST_REFUSED;
    };
  }
}
