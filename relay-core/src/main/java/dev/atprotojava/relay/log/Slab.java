// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of direct memory full of records, shared by all consumers while it is in the {@link
 * LiveTail}.
 *
 * <p>The appender writes behind {@link #end}, then moves it; what lies before never changes until
 * the last reference is gone. Readers hold one only while they copy to a socket.
 */
final class Slab {
  /** To be read at positions only: who needs a position and a limit makes a duplicate. */
  final ByteBuffer memory;

  /** The appender's duplicate. */
  private final ByteBuffer view;

  /**
   * References: one of the tail while the slab is in it, one of each reader that copies from it.
   */
  private final AtomicInteger references = new AtomicInteger();

  private volatile long number;
  private volatile int end;

  /** How far the appender has written; only its own thread looks. */
  int written;

  Slab(int bytes) {
    memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    view = memory.duplicate();
  }

  /** Begins anew as another slab; nobody else may have a reference. */
  void begin(long newNumber) {
    number = newNumber;
    end = 0;
    written = 0;
    references.set(1); // last: whoever can take a reference sees the slab that it is now
  }

  /**
   * Takes a reference, whichever slab this is by now, unless it is none at all. As long as it is
   * held the number does not change.
   */
  boolean retain() {
    int count = references.get();
    while (count > 0) {
      if (references.compareAndSet(count, count + 1)) {
        return true;
      }
      count = references.get();
    }
    return false;
  }

  /** Gives a reference back; true if it was the last. */
  boolean release() {
    return references.decrementAndGet() == 0;
  }

  long number() {
    return number;
  }

  /** The offset behind the last record that readers may see. */
  int end() {
    return end;
  }

  int room() {
    return memory.capacity() - written;
  }

  /** Lets readers see more. */
  void publish(int newEnd) {
    end = newEnd;
  }

  /** The bytes from one offset to another, until the next call. For the appender. */
  ByteBuffer view(int from, int to) {
    return view.limit(to).position(from);
  }
}
