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
  final ByteBuffer memory;

  /**
   * References: one of the tail while the slab is in it, one of each reader that copies from it.
   */
  private final AtomicInteger references = new AtomicInteger();

  private volatile long number;
  private volatile long firstSeq;
  private volatile int end;

  /** How far the appender has written; only its own thread looks. */
  int written;

  Slab(int bytes) {
    memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Begins anew as another slab; nobody else may have a reference. */
  void begin(long newNumber) {
    number = newNumber;
    firstSeq = Long.MAX_VALUE;
    end = 0;
    written = 0;
    references.set(1);
  }

  /** Takes a reference if the slab is still the one with this number. */
  boolean retain(long wanted) {
    int count = references.get();
    while (count > 0) {
      if (references.compareAndSet(count, count + 1)) {
        if (number == wanted) {
          return true;
        }
        references.decrementAndGet(); // became another one meanwhile, which its owner still holds
        return false;
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

  /** The seq of the first record. */
  long firstSeq() {
    return firstSeq;
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
    if (end == 0) {
      firstSeq = RecordLayout.seqAt(memory, 0);
    }
    end = newEnd;
  }
}
