// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.sync.HostStatus;
import java.time.Instant;

/**
 * A host as it is stored.
 *
 * <p>RL-50.
 *
 * @param id its number on this relay, never used again
 * @param hostname a DNS name, or {@code localhost:port} in development
 * @param secure true if it is reached by TLS
 * @param status how the relay stands to it
 * @param reason why, for the operator of either side; empty if there is nothing to say
 * @param since when it came to that
 * @param epoch how often it began its numbers anew
 * @param cursor the number up to which everything of this epoch is durable or dropped; 0 for
 *     nothing, {@link #LIVE} for a host that is joined at whatever it says next
 * @param gap where the log was when events of the host were missing, last; 0 if none ever were
 * @param accounts the number of accounts whose PDS it is
 * @param createdAt when the relay first heard of it
 */
public record HostRow(
    int id,
    String hostname,
    boolean secure,
    HostStatus status,
    String reason,
    Instant since,
    int epoch,
    long cursor,
    long gap,
    long accounts,
    Instant createdAt) {
  /** The cursor of a host that is not asked for anything of before. */
  public static final long LIVE = -1;

  /** This in an epoch that begins at a place of the log. */
  public HostRow restarted(int newEpoch, long position) {
    return new HostRow(
        id, hostname, secure, status, reason, since, newEpoch, 0, position, accounts, createdAt);
  }

  /** This with another standing. */
  public HostRow standing(HostStatus newStatus, String why, Instant when) {
    return new HostRow(
        id, hostname, secure, newStatus, why, when, epoch, cursor, gap, accounts, createdAt);
  }
}
