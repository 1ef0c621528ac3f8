// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import java.time.Duration;

/** How the fetching of a repository ended. */
sealed interface ResyncOutcome {
  /** All differences were handed over. */
  record Done(RepoState repo) implements ResyncOutcome {}

  /**
   * It could not be had.
   *
   * @param host the account's own server; empty if that is not known
   * @param reason for the operator
   * @param atLeast how long nobody should try again
   */
  record Failed(String host, String reason, Duration atLeast) implements ResyncOutcome {}

  /**
   * The account's server is asked for too many others, or wants to be left alone: no failure of
   * this one.
   */
  record HostBusy(String host, Duration atLeast) implements ResyncOutcome {}

  /** The account's own server says why there is none (SC-76). */
  record Refused(AccountStatus status) implements ResyncOutcome {}

  /** It was called off. */
  record CalledOff() implements ResyncOutcome {}
}
