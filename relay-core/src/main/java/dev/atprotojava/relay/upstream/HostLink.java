// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.client.NanoClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a host's events need to know of their host, and report to it: the way back through the
 * stages. Lives as long as the relay knows the host, over all its connections. Thread-safe.
 */
public final class HostLink {
  private static final DropReason[] REASONS = DropReason.values();
  private static final CommitFault[] FAULTS = CommitFault.values();
  private static final double REPEAT_BURST = 500;
  private static final double REPEATS_PER_SECOND = 50;
  private static final double QUESTION_BURST = 10;
  private static final double QUESTIONS_PER_SECOND = 1;

  private final int id;
  private final String hostname;
  private final boolean secure;
  final HostCursor cursor;
  final CatchUp catchUp = new CatchUp();
  final ByteLedger.Share bytes;
  private final AtomicLongArray drops = new AtomicLongArray(REASONS.length);
  private final AtomicLongArray waived = new AtomicLongArray(FAULTS.length);
  private final AtomicLong emitted = new AtomicLong();
  private final ReentrantLock bucketLock = new ReentrantLock();
  private final TokenBucket repeats;
  private final TokenBucket questions;
  private final DropCounter totals;
  private final NanoClock nanos;
  private final AtomicReferenceArray<@Nullable RecentCounts> recentDrops =
      new AtomicReferenceArray<>(REASONS.length);
  private final PostureRatchet ratchet;
  private volatile boolean observe;
  private volatile boolean banned;
  private volatile @Nullable Instant lastEventTime;

  /** Counts the drops of all hosts. */
  @FunctionalInterface
  public interface DropCounter {
    /** An event was dropped. */
    void dropped(DropReason reason);
  }

  /**
   * The numbers of events that the log has above the stored cursor, rising; null once they passed.
   */
  private volatile long @Nullable [] replayed;

  private volatile long gap;

  /**
   * A link.
   *
   * @param secure true if the host is reached by TLS
   * @param observe true if the host's events may pass with the checks waived that may be
   * @param replayed the numbers of events of this epoch that are in the log above the cursor,
   *     rising
   * @param gap where the log was when the host left something out, last; 0 if it never did
   * @param ratchet how far the host has come towards having all its checks count
   */
  HostLink(
      int id,
      String hostname,
      boolean secure,
      boolean observe,
      HostCursor cursor,
      ByteLedger.Share bytes,
      long[] replayed,
      long gap,
      PostureRatchet ratchet,
      DropCounter totals,
      NanoClock nanos) {
    this.id = id;
    this.hostname = hostname;
    this.secure = secure;
    this.observe = observe;
    this.gap = gap;
    this.cursor = cursor;
    this.bytes = bytes;
    this.replayed = replayed.length == 0 ? null : replayed;
    this.ratchet = ratchet;
    this.totals = totals;
    this.nanos = nanos;
    long nowNanos = nanos.nanos();
    this.repeats = new TokenBucket(REPEAT_BURST, REPEATS_PER_SECOND, nowNanos);
    this.questions = new TokenBucket(QUESTION_BURST, QUESTIONS_PER_SECOND, nowNanos);
  }

  /** The host's number on this relay. */
  public int id() {
    return id;
  }

  /** Its name. */
  public String hostname() {
    return hostname;
  }

  /** True if it is reached by TLS. */
  public boolean secure() {
    return secure;
  }

  /**
   * Where the log was when events of the host were missing, last (RL-41): an account that was last
   * seen before cannot be blamed for a commit that begins elsewhere. 0 if none ever were.
   */
  public long gap() {
    return gap;
  }

  /** Events of the host are missing: what it sends from now on may begin anywhere. */
  void gapAt(long position) {
    gap = Math.max(gap, position);
  }

  /** True while the host, having begun its numbers anew, tells again what it told before. */
  public boolean isCatchingUp(long nowNanos) {
    return catchUp.isActive(nowNanos);
  }

  /** True if its events may pass with the checks waived that may be. */
  public boolean observe() {
    return observe;
  }

  /** Decides that. */
  void observe(boolean newObserve) {
    observe = newObserve;
    ratchet.reset();
  }

  /** True if the host is refused: what is still under way of it is dropped. */
  public boolean isBanned() {
    return banned;
  }

  /** Decides that. */
  void banned(boolean newBanned) {
    banned = newBanned;
  }

  /** A commit of the host passed; {@code clean} if nothing had to be waived for it. */
  public void commitPassed(boolean clean, RepoEvent.CommitEvent commit, long receivedMicros) {
    if (observe) {
      boolean updates = commit.ops().stream().anyMatch(op -> op.action() == RepoOp.Action.UPDATE);
      boolean deletes = commit.ops().stream().anyMatch(op -> op.action() == RepoOp.Action.DELETE);
      ratchet.commit(
          clean, updates, deletes, Instant.EPOCH.plus(receivedMicros, ChronoUnit.MICROS));
    }
  }

  /** How far the host has come towards having all its checks count. */
  PostureRatchet ratchet() {
    return ratchet;
  }

  /** What the last event said that the time was, but for a second; null before the first. */
  @Nullable Instant lastEventTime() {
    return lastEventTime;
  }

  /** An event says what the time is. */
  void lastEventTime(Instant time) {
    lastEventTime = time;
  }

  /** True if an event with this number is in the log already, from before a restart. */
  boolean isReplayed(long upstreamSeq) {
    long[] known = replayed;
    if (known == null) {
      return false;
    }
    if (upstreamSeq > known[known.length - 1]) {
      replayed = null;
      return false;
    }
    return Arrays.binarySearch(known, upstreamSeq) >= 0;
  }

  /** Forgets the numbers of an epoch that is over. */
  void forgetReplayed() {
    replayed = null;
  }

  /** Whether the host may have one more event passed on that repeats what is known. */
  public boolean mayRepeat(long nowNanos) {
    bucketLock.lock();
    try {
      return repeats.take(nowNanos);
    } finally {
      bucketLock.unlock();
    }
  }

  /** Whether the host may be asked for one more account's status. */
  public boolean mayAsk(long nowNanos) {
    bucketLock.lock();
    try {
      return questions.take(nowNanos);
    } finally {
      bucketLock.unlock();
    }
  }

  /** Counts a drop. */
  void countDrop(DropReason reason) {
    drops.incrementAndGet(reason.ordinal());
    totals.dropped(reason);
    long now = nanos.nanos();
    RecentCounts recent = recentDrops.get(reason.ordinal());
    if (recent == null) {
      RecentCounts made = new RecentCounts(now);
      recent = recentDrops.compareAndExchange(reason.ordinal(), null, made);
      recent = recent == null ? made : recent;
    }
    recent.count(now);
  }

  /** How many events were dropped for a reason within the last hour. */
  long dropsOfHour(DropReason reason) {
    RecentCounts recent = recentDrops.get(reason.ordinal());
    return recent == null ? 0 : recent.lastHour(nanos.nanos());
  }

  /** How many events were dropped for a reason within the last day. */
  long dropsOfDay(DropReason reason) {
    RecentCounts recent = recentDrops.get(reason.ordinal());
    return recent == null ? 0 : recent.lastDay(nanos.nanos());
  }

  /** Counts an event that passed in spite of a fault, since the host is only observed. */
  public void countWaived(CommitFault fault) {
    waived.incrementAndGet(fault.ordinal());
  }

  /** How many events passed in spite of a fault since the start. */
  long waived(CommitFault fault) {
    return waived.get(fault.ordinal());
  }

  void countEmitted() {
    emitted.incrementAndGet();
  }

  /** How many events were dropped for a reason since the start. */
  public long drops(DropReason reason) {
    return drops.get(reason.ordinal());
  }

  /** How many events were passed on since the start. */
  public long emitted() {
    return emitted.get();
  }

  /** The last number that is durable or dropped; 0 for none. */
  public long durableSeq() {
    return Math.max(0, cursor.mark(0).cursor());
  }
}
