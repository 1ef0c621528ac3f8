// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.syntax.Did;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fetches an account from the store, on another thread. */
@FunctionalInterface
public interface AccountLoader {
  /** Fetches; {@code whenDone} is called once, with null if the store does not have the account. */
  void load(DidHash hash, Did did, Consumer<@Nullable AccountRecord> whenDone);
}
