// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a segment in memory, its whole records found and checked. Shared by all who read at
 * the same place; each holds a reference while it does.
 */
final class Chunk {
  /**
   * Which stretch. The last one of a growing segment is another one whenever it has grown, or a
   * segment has followed.
   *
   * @param last true if nothing followed it when it was read
   */
  record Key(long segment, long from, long to, boolean last) {}

  final Key key;

  /** To be read at positions only: who needs a position and a limit makes a duplicate. */
  final ByteBuffer memory;

  final int[] offsets;
  final int count;

  /** The place behind this chunk; null where it is the end of what may be read. */
  final @Nullable LogPosition next;

  private final AtomicInteger references = new AtomicInteger(1);

  Chunk(Key key, ByteBuffer memory, int[] offsets, int count, @Nullable LogPosition next) {
    this.key = key;
    this.memory = memory;
    this.offsets = offsets;
    this.count = count;
    this.next = next;
  }

  /** The index of the first record with a higher seq; {@link #count} if there is none. */
  int after(long seq) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (RecordLayout.seqAt(memory, offsets[middle]) <= seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The memory it takes. */
  long bytes() {
    return memory.capacity() + 4L * offsets.length;
  }

  boolean retain() {
    int now = references.get();
    while (now > 0) {
      if (references.compareAndSet(now, now + 1)) {
        return true;
      }
      now = references.get();
    }
    return false;
  }

  /** Gives a reference back; true if it was the last. */
  boolean release() {
    return references.decrementAndGet() == 0;
  }
}
