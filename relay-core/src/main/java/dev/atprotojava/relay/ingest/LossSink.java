// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.DidHash;

/** Told that events of an account were lost here, so that the store remembers. Never waits. */
@FunctionalInterface
public interface LossSink {
  /** Events of this account were lost; nothing that happened to it up to now undoes that. */
  void lost(DidHash account);
}
