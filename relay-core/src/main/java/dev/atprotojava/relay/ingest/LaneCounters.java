// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What lanes count of what they accept. Thread-safe. */
public final class LaneCounters {
  private final AtomicLongArray chains = new AtomicLongArray(CommitVerdict.Chain.values().length);
  private final AtomicLongArray waived = new AtomicLongArray(CommitFault.values().length);

  private final AtomicLong reencoded = new AtomicLong();
  private final AtomicLong excused = new AtomicLong();
  private final AtomicLong throttled = new AtomicLong();

  /** Counters at zero. */
  public LaneCounters() {}

  void accepted(CommitVerdict.Accept accept, boolean canonical) {
    if (!canonical) {
      reencoded.incrementAndGet();
    }
    chains.incrementAndGet(accept.chain().ordinal());
    for (CommitFault fault : accept.waived()) {
      waived.incrementAndGet(fault.ordinal());
    }
  }

  void excused() {
    excused.incrementAndGet();
  }

  void throttled() {
    throttled.incrementAndGet();
  }

  /** How many commits that began elsewhere followed a gap that the account cannot be blamed for. */
  public long excusedBreaks() {
    return excused.get();
  }

  /** How often an account was throttled since its commits began elsewhere too often. */
  public long chainThrottled() {
    return throttled.get();
  }

  /** How many accepted events came in a form that was not canonical, and leave in one that is. */
  public long reencoded() {
    return reencoded.get();
  }

  /** How many accepted events followed what was known in this way. */
  public long chain(CommitVerdict.Chain chain) {
    return chains.get(chain.ordinal());
  }

  /** How many accepted events had this fault, waived. */
  public long waived(CommitFault fault) {
    return waived.get(fault.ordinal());
  }
}
