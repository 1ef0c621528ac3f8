// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.HostStatus;
import java.time.Instant;
import java.util.Map;

/**
 * A host at one moment, for anybody to see.
 *
 * @param id its number on this relay
 * @param hostname its name
 * @param secure true if it is reached by TLS
 * @param trusted true if the operator trusts it
 * @param accountLimit how many accounts it may have
 * @param rates how many events it may send
 * @param status how the relay stands to it
 * @param reason why; empty if there is nothing to say
 * @param connected true if its stream is open
 * @param epoch how often it began its numbers anew
 * @param seq the number up to which everything of this epoch is durable or dropped
 * @param gap the number of the log at which events of it were missing, last; 0 if none ever were
 * @param underWay how many of its events are being worked on
 * @param emitted how many were passed on since the start
 * @param drops how many were not, by reason
 * @param waived how many were in spite of a fault, by fault
 * @param lastPoison the beginning of the last message that was none; empty if there was no such
 * @param createdAt when the relay first heard of it
 */
public record HostView(
    int id,
    String hostname,
    boolean secure,
    boolean trusted,
    long accountLimit,
    Rates rates,
    HostStatus status,
    String reason,
    boolean connected,
    int epoch,
    long seq,
    long gap,
    long underWay,
    long emitted,
    Map<DropReason, Long> drops,
    Map<CommitFault, Long> waived,
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
}
