// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.syntax.Did;
import java.util.List;

/** Who an account is. Every method blocks; threads may share one. */
interface Identities {
  /** As it is known, or asked for. */
  IdentityLookup lookup(Did did);

  /** Asked for again. */
  IdentityLookup refresh(Did did);

  /** The keys that it had some time, by its log; empty if there is none. */
  List<PublicKey> formerKeys(Did did);
}
