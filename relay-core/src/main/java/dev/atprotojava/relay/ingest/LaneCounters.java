// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import java.util.concurrent.atomic.AtomicLongArray;

/** What lanes count of what they accept. Thread-safe. */
public final class LaneCounters {
  private final AtomicLongArray chains = new AtomicLongArray(CommitVerdict.Chain.values().length);
  private final AtomicLongArray waived = new AtomicLongArray(CommitFault.values().length);

  /** Counters at zero. */
  public LaneCounters() {}

  void accepted(CommitVerdict.Accept accept) {
    chains.incrementAndGet(accept.chain().ordinal());
    for (CommitFault fault : accept.waived()) {
      waived.incrementAndGet(fault.ordinal());
    }
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
