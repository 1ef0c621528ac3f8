// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.Posture;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.HostStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host at one moment, for anybody to see.
 *
 * @param id its number on this relay
 * @param hostname its name
 * @param secure true if it is reached by TLS
 * @param trusted true if the operator trusts it
 * @param accountLimit how many accounts it may have
 * @param accounts how many it has
 * @param waitingAccounts how many of those wait until it may have more
 * @param alertsSilenced true if nobody is to be told that it comes near its limit
 * @param rates how many events it may send
 * @param status how the relay stands to it
 * @param reason why; empty if there is nothing to say
 * @param since since when
 * @param nextAttempt when it is tried next; null while it is connected, or waits to be asked for
 * @param lastError what went wrong last; empty if nothing has since the start
 * @param lastErrorAt when that was; null if there was none
 * @param connected true if its stream is open
 * @param epoch how often it began its numbers anew
 * @param seq the number up to which everything of this epoch is durable or dropped
 * @param gap the number of the log at which events of it were missing, last; 0 if none ever were
 * @param lastEventTime what its last event said that the time was; null before the first since the
 *     start
 * @param lag how long ago that was; null like that
 * @param underWay how many of its events are being worked on
 * @param emitted how many were passed on since the start
 * @param drops how many were not since the start, by reason
 * @param recentDrops the same of late
 * @param waived how many were in spite of a fault, by fault
 * @param observation how its checks count
 * @param lastPoison the beginning of the last message that was none; empty if there was no such
 * @param createdAt when the relay first heard of it
 */
public record HostView(
    int id,
    String hostname,
    boolean secure,
    boolean trusted,
    long accountLimit,
    long accounts,
    long waitingAccounts,
    boolean alertsSilenced,
    Rates rates,
    HostStatus status,
    String reason,
    Instant since,
    @Nullable Instant nextAttempt,
    String lastError,
    @Nullable Instant lastErrorAt,
    boolean connected,
    int epoch,
    long seq,
    long gap,
    @Nullable Instant lastEventTime,
    @Nullable Duration lag,
    long underWay,
    long emitted,
    Map<DropReason, Long> drops,
    RecentDrops recentDrops,
    Map<CommitFault, Long> waived,
    Observation observation,
    Bytes lastPoison,
    Instant createdAt) {
  public HostView {
    drops = Map.copyOf(drops);
    waived = Map.copyOf(waived);
  }

  /**
   * How many events a host may send (RL-58).
   *
   * @param perSecond in any second
   * @param perHour in any hour
   * @param perDay in any day
   */
  public record Rates(long perSecond, long perHour, long perDay) {}

  /**
   * How many events were dropped of late, by reason; reasons that did not occur are not there.
   *
   * @param lastHour in the last hour since the start, to the minute
   * @param lastDay in the last day since the start, to the hour
   */
  public record RecentDrops(Map<DropReason, Long> lastHour, Map<DropReason, Long> lastDay) {
    public RecentDrops {
      lastHour = Map.copyOf(lastHour);
      lastDay = Map.copyOf(lastDay);
    }
  }

  /**
   * How the checks of a host's events count.
   *
   * @param posture how
   * @param until when that ends by itself; null for never
   * @param cleanCommits how many commits came since the last that something was waived for, while
   *     it is observed
   * @param cleanSince when the first of these came; null if none did
   */
  public record Observation(
      Posture posture, @Nullable Instant until, long cleanCommits, @Nullable Instant cleanSince) {}
}
