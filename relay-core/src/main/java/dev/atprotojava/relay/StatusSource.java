// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.Optional;
import java.util.function.Consumer;

/** What a host says of an account when it is asked: {@code com.atproto.sync.getRepoStatus}. */
@FunctionalInterface
public interface StatusSource {
  /**
   * Asks. Does not wait; {@code whenDone} is called once, by another thread, after some seconds at
   * most: empty if there is no answer, or none that can be read.
   *
   * @param hostname of the host
   * @param secure true if it is reached by TLS
   */
  void ask(String hostname, boolean secure, Did did, Consumer<Optional<AccountStatus>> whenDone);
}
