// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

/**
 * What this relay itself decided about an account, whatever its host says.
 *
 * <p>The relay's own word comes before the host's (RL-70); {@code #identity} passes whatever it is
 * (RL-71). That a host cannot be reached changes none of it (RL-73).
 */
public enum LocalStatus {
  /** Nothing: the host's word counts. */
  ACTIVE,
  /** The operator took it down. */
  TAKENDOWN,
  /** Its host has more accounts than it may. */
  THROTTLED,
  /**
   * Nothing against it, but events of it were lost here: its next commit may begin anywhere.
   * Content passes, and the first that does ends this.
   */
  DESYNCHRONIZED,
  /** Its commits began anywhere else than where the last one ended, too often (RL-32). */
  CHAIN_THROTTLED,
}
