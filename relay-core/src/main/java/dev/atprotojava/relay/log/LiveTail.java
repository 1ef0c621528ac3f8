// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The newest part of the log, in memory: a window of {@link Slab}s of a fixed total size, laid out
 * as on disk. A consumer that keeps up is a position in it, never a queue of its own.
 *
 * <p>The appender fills slabs and publishes them when they are durable; it never waits for a
 * reader. A reader that falls out of the window goes on from the files.
 */
public final class LiveTail {
  /** Told after more can be read; called by the appender, so it must be quick and never wait. */
  @FunctionalInterface
  public interface Listener {
    /** More can be read. */
    void published();
  }

  /** The slabs that are in memory, the oldest first. */
  private static final class Window {
    final Slab[] slabs;

    Window(Slab[] slabs) {
      this.slabs = slabs;
    }

    long firstNumber() {
      return slabs.length == 0 ? 0 : slabs[0].number();
    }
  }

  private final int slabBytes;
  private final int maxSlabs;
  private final ArrayBlockingQueue<Slab> free;
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  private volatile Window window = new Window(new Slab[0]);
  private volatile long lastSeq;
  private volatile long evictedSeq;

  // Owned by the appender.
  private long nextNumber = 1;
  private @Nullable Slab current;

  /**
   * A tail.
   *
   * @param windowBytes how much of the log stays in memory
   * @param slabBytes the size of one piece of it
   */
  public LiveTail(int windowBytes, int slabBytes) {
    this.slabBytes = slabBytes;
    this.maxSlabs = Math.max(2, windowBytes / slabBytes);
    this.free = new ArrayBlockingQueue<>(maxSlabs);
  }

  /** Adds one who wants to know when more can be read. */
  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  /** Says where the log stood when it was opened: nothing up to there is in memory. */
  void begin(long seq) {
    evictedSeq = seq;
    lastSeq = seq;
  }

  /** The slab to write the next record to. For the appender. */
  Slab slabFor(int bytes) {
    Slab slab = current;
    if (slab == null || slab.room() < bytes) {
      slab = bytes > slabBytes ? new Slab(bytes) : free.poll();
      if (slab == null) {
        slab = new Slab(slabBytes);
      }
      slab.begin(nextNumber++);
      current = slab;
    }
    return slab;
  }

  /** Lets readers see a slab up to an offset, whose last record has this seq. For the appender. */
  void publish(Slab slab, int end, long seq) {
    slab.publish(end);
    Slab[] slabs = window.slabs;
    if (slabs.length == 0 || slabs[slabs.length - 1] != slab) {
      int drop = slabs.length < maxSlabs ? 0 : slabs.length - maxSlabs + 1;
      Slab[] next = Arrays.copyOfRange(slabs, drop, slabs.length + 1);
      next[next.length - 1] = slab;
      if (drop > 0) {
        evictedSeq = next[0] == slab ? lastSeq : next[0].firstSeq() - 1;
      }
      window = new Window(next);
      for (int i = 0; i < drop; i++) {
        release(slabs[i]);
      }
    }
    lastSeq = seq;
  }

  /** Tells the listeners. For the appender. */
  void announce() {
    for (Listener listener : listeners) {
      listener.published();
    }
  }

  /** The seq of the last event that can be read. */
  public long lastSeq() {
    return lastSeq;
  }

  /** True if everything after this seq is in memory. */
  public boolean covers(long afterSeq) {
    return afterSeq >= evictedSeq;
  }

  /**
   * The slab with a number, with a reference that must be {@linkplain #release released}; null if
   * it is not in the window.
   */
  @Nullable Slab acquire(long number) {
    Window now = window;
    long index = number - now.firstNumber();
    if (index < 0 || index >= now.slabs.length) {
      return null;
    }
    Slab slab = now.slabs[(int) index];
    return slab.retain(number) ? slab : null;
  }

  /** Gives back a reference to a slab. */
  void release(Slab slab) {
    if (slab.release() && slab.memory.capacity() == slabBytes) {
      free.offer(slab);
    }
  }

  /** The number of the slab that holds the first event after a seq, or of the newest; 0 if none. */
  long numberAfter(long seq) {
    Slab[] slabs = window.slabs;
    for (int i = slabs.length - 1; i >= 0; i--) {
      if (i == 0 || slabs[i].firstSeq() <= seq + 1) {
        return slabs[i].number();
      }
    }
    return 0;
  }

  /** The number of the newest slab; 0 if there is none. */
  long newestNumber() {
    Slab[] slabs = window.slabs;
    return slabs.length == 0 ? 0 : slabs[slabs.length - 1].number();
  }
}
