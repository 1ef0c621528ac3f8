// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of a host, numbered without gaps from 1. The oldest leave when the bytes
 * exceed a limit, but the newest always stays. Not thread-safe.
 */
final class MessageLog {
  private final long maxBytes;
  private @Nullable StreamMessage[] ring = new @Nullable StreamMessage[64];
  private long first = 1;
  private long next = 1;
  private long bytes;

  MessageLog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The number of the oldest message that is here; {@link #nextSeq} if there is none. */
  long firstSeq() {
    return first;
  }

  /** The number that the next message gets. */
  long nextSeq() {
    return next;
  }

  void add(StreamMessage message) {
    if (next - first == ring.length) {
      grow();
    }
    ring[place(next++)] = message;
    bytes += message.payload().length();
    while (bytes > maxBytes && first < next - 1) {
      StreamMessage oldest = ring[place(first)];
      ring[place(first++)] = null;
      bytes -= oldest == null ? 0 : oldest.payload().length();
    }
  }

  private void grow() {
    @Nullable StreamMessage[] larger = Arrays.copyOf(ring, ring.length * 2);
    for (long seq = first; seq < next; seq++) {
      larger[(int) (seq & (larger.length - 1))] = ring[place(seq)];
    }
    ring = larger;
  }

  private int place(long seq) {
    return (int) (seq & (ring.length - 1));
  }

  /** The message of a number, or null if it is not here. */
  @Nullable StreamMessage find(long seq) {
    return seq >= first && seq < next ? ring[place(seq)] : null;
  }
}
