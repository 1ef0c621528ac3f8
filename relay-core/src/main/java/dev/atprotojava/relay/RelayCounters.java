// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.ingest.LaneCounters;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the relay counts, from the start of the process. Thread-safe.
 *
 * <p>RL-75.
 */
public final class RelayCounters {
  private final AtomicLongArray drops = new AtomicLongArray(DropReason.values().length);
  private final AtomicLongArray emitted = new AtomicLongArray(EventKind.values().length);
  private final LaneCounters lanes = new LaneCounters();

  RelayCounters() {}

  void countDrop(DropReason reason) {
    drops.incrementAndGet(reason.ordinal());
  }

  void countEmitted(EventKind kind) {
    emitted.incrementAndGet(kind.ordinal());
  }

  /** How many events were dropped for a reason. */
  public long drops(DropReason reason) {
    return drops.get(reason.ordinal());
  }

  /** How many events of a kind are in the log. */
  public long emitted(EventKind kind) {
    return emitted.get(kind.ordinal());
  }

  /** How many accepted commits and syncs followed what was known in this way. */
  public long chain(CommitVerdict.Chain chain) {
    return lanes.chain(chain);
  }

  /** How many accepted commits and syncs had this fault, waived. */
  public long waived(CommitFault fault) {
    return lanes.waived(fault);
  }

  /** How many accepted commits and syncs came in a form of CBOR that is not canonical. */
  public long reencoded() {
    return lanes.reencoded();
  }

  /**
   * How many commits that began elsewhere followed a gap that their accounts are not blamed for.
   */
  public long excusedBreaks() {
    return lanes.excusedBreaks();
  }

  /** How often an account was throttled since its commits began elsewhere too often (RL-32). */
  public long chainThrottled() {
    return lanes.chainThrottled();
  }

  LaneCounters lanes() {
    return lanes;
  }
}
