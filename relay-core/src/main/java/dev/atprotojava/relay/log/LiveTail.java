// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The newest part of the log, in memory: a window of {@link Slab}s, laid out as on disk, of at most
 * a fixed total size. A consumer that keeps up is a position in it, never a queue of its own.
 *
 * <p>The appender fills slabs and publishes them when they are durable; it never waits for a
 * reader. A reader that falls out of the window goes on from the files.
 *
 * <p>To read: ask {@link #numberAfter} where to begin; {@link #acquire} the slab, look at {@link
 * #newestNumber} and then at {@link Slab#end}, copy what is before the end, {@link #release}. If
 * the number seen was higher than the slab's own, the end was its last and the next slab follows;
 * else more may come in this one. If a slab is gone, ask {@link #numberAfter} again with the seq
 * that was read last.
 *
 * <p>An event is encoded once for all consumers (RL-19).
 */
public final class LiveTail {
  /** Told after more can be read; called by the appender, so it must be quick and never wait. */
  @FunctionalInterface
  public interface Listener {
    /** More can be read. */
    void published();
  }

  /**
   * The slabs that are in memory, the oldest first. What a reader asks of them stands here and not
   * in the slabs: while it looks, the oldest may leave and become another one.
   */
  private static final class Window {
    final long firstNumber;
    final Slab[] slabs;
    final long[] firstSeqs;

    /** What is in the log up to here is not in memory, what comes after it is. */
    final long evictedSeq;

    Window(long firstNumber, Slab[] slabs, long[] firstSeqs, long evictedSeq) {
      this.firstNumber = firstNumber;
      this.slabs = slabs;
      this.firstSeqs = firstSeqs;
      this.evictedSeq = evictedSeq;
    }

    @Nullable Slab newest() {
      return slabs.length == 0 ? null : slabs[slabs.length - 1];
    }
  }

  /** Something after the seq is not in memory any more: the files have it. */
  static final long NOT_COVERED = -1;

  private final int slabBytes;
  private final long windowBytes;
  private final int maxFree;
  private final ConcurrentLinkedQueue<Slab> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger freeCount = new AtomicInteger();
  private final AtomicInteger slabs = new AtomicInteger();
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  private volatile Window window = new Window(1, new Slab[0], new long[0], 0);
  private volatile long lastSeq;

  // Owned by the appender.
  private long nextNumber = 1;
  private long heldBytes;
  private @Nullable Slab current;

  /**
   * A tail.
   *
   * @param windowBytes how much of the log stays in memory; at least two slabs do
   * @param slabBytes the size of one piece of it; a record that is larger gets a piece of its own
   */
  public LiveTail(int windowBytes, int slabBytes) {
    this.slabBytes = slabBytes;
    this.windowBytes = Math.max(windowBytes, 2L * slabBytes);
    this.maxFree = (int) Math.max(4, this.windowBytes / slabBytes / 4);
  }

  /** Adds one who wants to know when more can be read. */
  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  /** Says where the log stood when it was opened: nothing up to there is in memory. */
  void begin(long seq) {
    window = new Window(1, new Slab[0], new long[0], seq);
    lastSeq = seq;
  }

  /** The slab to write the next record to. For the appender. */
  Slab slabFor(int bytes) {
    Slab slab = current;
    if (slab == null || slab.room() < bytes) {
      slab = bytes > slabBytes ? null : fromPool();
      if (slab == null) {
        slab = new Slab(Math.max(bytes, slabBytes));
        slabs.incrementAndGet();
      }
      slab.begin(nextNumber++);
      current = slab;
    }
    return slab;
  }

  private @Nullable Slab fromPool() {
    Slab slab = free.poll();
    if (slab != null) {
      freeCount.decrementAndGet();
    }
    return slab;
  }

  /** Lets readers see a slab up to an offset, whose last record has this seq. For the appender. */
  void publish(Slab slab, int end, long seq) {
    slab.publish(end);
    if (window.newest() != slab) {
      enter(slab);
    }
    lastSeq = seq;
  }

  private void enter(Slab slab) {
    Window now = window;
    int count = now.slabs.length;
    heldBytes += slab.memory.capacity();
    int drop = 0;
    while (heldBytes > windowBytes && drop < count) {
      heldBytes -= now.slabs[drop++].memory.capacity();
    }
    Slab[] slabs = Arrays.copyOfRange(now.slabs, drop, count + 1);
    long[] firstSeqs = Arrays.copyOfRange(now.firstSeqs, drop, count + 1);
    slabs[count - drop] = slab;
    firstSeqs[count - drop] = RecordLayout.seqAt(slab.memory, 0);
    long evicted = drop == 0 ? now.evictedSeq : drop == count ? lastSeq : firstSeqs[0] - 1;
    window = new Window(slab.number() - (count - drop), slabs, firstSeqs, evicted);
    for (int i = 0; i < drop; i++) {
      release(now.slabs[i]);
    }
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
    return afterSeq >= window.evictedSeq;
  }

  /**
   * The slab with a number, with a reference that must be {@linkplain #release released}; null if
   * it is not in the window.
   */
  @Nullable Slab acquire(long number) {
    Window now = window;
    long index = number - now.firstNumber;
    if (index < 0 || index >= now.slabs.length) {
      return null;
    }
    Slab slab = now.slabs[(int) index];
    if (!slab.retain()) {
      return null;
    }
    if (slab.number() != number) {
      release(slab); // it left and came back as another one since the window was read
      return null;
    }
    return slab;
  }

  /** Gives back a reference to a slab. */
  void release(Slab slab) {
    if (slab.release()) {
      if (slab.memory.capacity() != slabBytes) {
        slabs.decrementAndGet();
      } else if (freeCount.incrementAndGet() <= maxFree) {
        free.offer(slab);
      } else {
        freeCount.decrementAndGet();
        slabs.decrementAndGet();
      }
    }
  }

  /**
   * The number of the slab in which a reader of everything after a seq begins, in which there may
   * be events up to that seq too; 0 if there is nothing in memory yet and nothing is missing, and
   * {@link #NOT_COVERED}. One look answers both questions: asked one after the other, the answers
   * could be of two windows, and the reader skip what left between.
   */
  long numberAfter(long seq) {
    Window now = window;
    if (seq < now.evictedSeq) {
      return NOT_COVERED;
    }
    if (now.slabs.length == 0) {
      return 0;
    }
    int found = Arrays.binarySearch(now.firstSeqs, seq + 1);
    return now.firstNumber + (found >= 0 ? found : Math.max(0, -found - 2));
  }

  /** The number of the newest slab; 0 if there is none. */
  long newestNumber() {
    Window now = window;
    return now.slabs.length == 0 ? 0 : now.firstNumber + now.slabs.length - 1;
  }

  /** How many slabs there are: in the window, waiting to be used again, and held by readers. */
  int slabs() {
    return slabs.get();
  }

  /** How many of them wait to be used again. */
  int freeSlabs() {
    return freeCount.get();
  }
}
