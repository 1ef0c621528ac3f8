// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.relay.account.DidHash;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parsed signing keys of accounts that were seen lately, so that their precomputation is not
 * lost. An entry counts only for the very identity that it was parsed from. Belongs to one lane.
 */
final class KeyCache {
  private record Known(Identity identity, PublicKey key) {}

  private final LinkedHashMap<Long, Known> known;

  KeyCache(int limit) {
    known =
        new LinkedHashMap<>(256, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Known> eldest) {
            return size() > limit;
          }
        };
  }

  /** The key of an identity that has one. */
  PublicKey get(DidHash hash, Identity identity) {
    Known found = known.get(hash.low());
    if (found != null && found.identity.equals(identity)) {
      return found.key;
    }
    PublicKey key = identity.signingKey();
    if (key == null) {
      throw new IllegalStateException("content was admitted without a key");
    }
    if (found != null && found.key.equals(key)) {
      key = found.key; // the identity was fetched again, and its key is still this one
    }
    known.put(hash.low(), new Known(identity, key));
    return key;
  }
}
