// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;

/** The one place where a document that cannot be used turns from an exception into a value. */
final class Documents {
  private Documents() {}

  static DidResolution parse(Did did, byte[] json, AddressPolicy policy) {
    try {
      return new DidResolution.Resolved(DidDocument.parse(did, json, policy));
    } catch (IdentityException unusable) {
      return new DidResolution.Failed(Reason.DOCUMENT_INVALID, null);
    }
  }
}
