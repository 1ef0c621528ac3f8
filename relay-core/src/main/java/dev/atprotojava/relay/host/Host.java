// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.account.AccountRoom;
import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.relay.upstream.HostThread;
import dev.atprotojava.relay.upstream.PostureRatchet;
import dev.atprotojava.sync.HostStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A host: what follows it, what was decided about it, and how many accounts it has. */
final class Host {
  final HostRow row;
  final HostThread thread;
  final AccountRoom room;

  /** What the operator decided; changed only while {@link Hosts#deciding} is held. */
  volatile HostRule rule;

  /** What the host got last of what it may have; changed like that. */
  volatile HostTerms terms;

  Host(HostRow row, HostThread thread, AccountRoom room, HostRule rule, HostTerms terms) {
    this.row = row;
    this.thread = thread;
    this.room = room;
    this.rule = rule;
    this.terms = terms;
  }

  /** True if it is refused, by the operator or because it is a relay. */
  boolean isBanned() {
    return thread.isBanned() || thread.status() == HostStatus.BANNED;
  }

  /**
   * The host at this moment.
   *
   * @param current what it may do now
   * @param banReason why the operator refuses it; null if that is not so
   */
  HostView view(HostTerms current, @Nullable String banReason, Instant now) {
    boolean banned = thread.isBanned();
    Instant lastEvent = thread.lastEventTime();
    PostureRatchet.Progress ratchet = thread.ratchet();
    return new HostView(
        row.id(),
        row.hostname(),
        row.secure(),
        current.trusted(),
        current.accountLimit(),
        room.accounts(),
        room.waiting(),
        rule.alertsSilenced(),
        new HostView.Rates(
            current.rates().perSecond(), current.rates().perHour(), current.rates().perDay()),
        banned ? HostStatus.BANNED : thread.status(),
        banned && banReason != null ? banReason : thread.reason(),
        thread.since(),
        thread.nextAttempt(),
        thread.lastError(),
        thread.lastErrorAt(),
        thread.isConnected(),
        thread.epoch(),
        thread.durableSeq(),
        thread.gap(),
        lastEvent,
        lastEvent == null ? null : Duration.between(lastEvent, now),
        thread.underWay(),
        thread.emitted(),
        thread.drops(),
        new HostView.RecentDrops(thread.dropsOfHour(), thread.dropsOfDay()),
        thread.waived(),
        new HostView.Observation(
            current.posture(),
            current.postureUntil(),
            ratchet == null ? 0 : ratchet.commits(),
            ratchet == null ? null : ratchet.since()),
        thread.lastPoison(),
        row.createdAt());
  }
}
