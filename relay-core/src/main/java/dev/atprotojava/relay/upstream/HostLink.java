// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.sync.CommitFault;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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

  private final int id;
  private final String hostname;
  private final boolean observe;
  final HostCursor cursor;
  final ByteLedger.Share bytes;
  private final AtomicLongArray drops = new AtomicLongArray(REASONS.length);
  private final AtomicLongArray waived = new AtomicLongArray(FAULTS.length);
  private final AtomicLong emitted = new AtomicLong();
  private final ReentrantLock repeatLock = new ReentrantLock();
  private final TokenBucket repeats;
  private final DropCounter totals;

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

  /**
   * A link.
   *
   * @param observe true if the host's events may pass with the checks waived that may be
   * @param replayed the numbers of events of this epoch that are in the log above the cursor,
   *     rising
   */
  HostLink(
      int id,
      String hostname,
      boolean observe,
      HostCursor cursor,
      ByteLedger.Share bytes,
      long[] replayed,
      DropCounter totals,
      long nowNanos) {
    this.id = id;
    this.hostname = hostname;
    this.observe = observe;
    this.cursor = cursor;
    this.bytes = bytes;
    this.replayed = replayed.length == 0 ? null : replayed;
    this.totals = totals;
    this.repeats = new TokenBucket(REPEAT_BURST, REPEATS_PER_SECOND, nowNanos);
  }

  /** The host's number on this relay. */
  public int id() {
    return id;
  }

  /** Its name. */
  public String hostname() {
    return hostname;
  }

  /** True if its events may pass with the checks waived that may be. */
  public boolean observe() {
    return observe;
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
    repeatLock.lock();
    try {
      return repeats.take(nowNanos);
    } finally {
      repeatLock.unlock();
    }
  }

  /** Counts a drop. */
  void countDrop(DropReason reason) {
    drops.incrementAndGet(reason.ordinal());
    totals.dropped(reason);
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

  /** The last number that is durable or dropped. */
  public long durableSeq() {
    return cursor.mark(0).cursor();
  }
}
