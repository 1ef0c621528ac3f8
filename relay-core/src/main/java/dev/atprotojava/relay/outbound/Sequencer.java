// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stage 8: puts the accepted events of all lanes in a row, hands them to the log in batches, and
 * tells the store and the hosts once they are durable, and never before (RL-43).
 *
 * <p>Lanes {@link #offer} from their threads; one thread {@link #step}s. While it waits for the
 * disk the next batch gathers, so the load itself decides how large batches are. What is queued
 * here was charged to its host when it was read, which bounds the queue.
 */
public final class Sequencer {
  /** Wants the events that are durable, in order, before their origins are told. */
  @FunctionalInterface
  public interface DurableEvents {
    /** These events are durable; the first has this number. */
    void durable(List<OutboundEvent> events, long firstSeq);
  }

  private final EventLog log;
  private final DurableEvents store;
  private final int maxBatchBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private ArrayDeque<OutboundEvent> queue = new ArrayDeque<>();
  private boolean closed;

  // Owned by the stepping thread: events that are in the log but not yet forced to disk.
  private final ArrayDeque<OutboundEvent> written = new ArrayDeque<>();
  private long writtenFirstSeq;
  private long unforcedBytes;
  private final List<OutboundEvent> batch = new ArrayList<>();

  /**
   * A sequencer.
   *
   * @param maxBatchBytes how many bytes of frames are written and forced at once, at most
   */
  public Sequencer(EventLog log, DurableEvents store, int maxBatchBytes) {
    this.log = log;
    this.store = store;
    this.maxBatchBytes = maxBatchBytes;
  }

  /** Takes an event of a lane. The events of one lane keep their order. */
  public void offer(OutboundEvent event) {
    lock.lock();
    try {
      queue.add(event);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for events at most this long, then sequences what there is.
   *
   * @return false when the queue was closed and is empty
   */
  public boolean step(long timeoutNanos) throws InterruptedException {
    take(timeoutNanos);
    if (batch.isEmpty()) {
      if (!written.isEmpty()) {
        complete();
      }
      return !isFinished();
    }
    long first = log.append(batch);
    if (written.isEmpty()) {
      writtenFirstSeq = first;
    }
    for (OutboundEvent event : batch) {
      unforcedBytes += event.frameLength();
    }
    written.addAll(batch);
    batch.clear();
    complete();
    return true;
  }

  /** The bytes of frames that are in the log but not surely on disk. */
  public long unforcedBytes() {
    return unforcedBytes;
  }

  /** Forces what is written, if anything is, and tells who waits for it. */
  public void force() {
    if (written.isEmpty()) {
      return;
    }
    log.force();
    complete();
  }

  private void take(long timeoutNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = timeoutNanos;
      while (queue.isEmpty() && !closed && left > 0) {
        left = notEmpty.awaitNanos(left);
      }
      long bytes = 0;
      while (!queue.isEmpty()) {
        bytes += queue.getFirst().frameLength();
        if (bytes > maxBatchBytes && !batch.isEmpty()) {
          break;
        }
        batch.add(queue.removeFirst());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells the store and the hosts about everything that is durable by now. */
  private void complete() {
    long durable = log.durableSeq();
    if (written.isEmpty() || durable < writtenFirstSeq) {
      return;
    }
    int count = (int) Math.min(written.size(), durable - writtenFirstSeq + 1);
    List<OutboundEvent> done = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      OutboundEvent event = written.removeFirst();
      unforcedBytes -= event.frameLength();
      done.add(event);
    }
    store.durable(done, writtenFirstSeq);
    writtenFirstSeq += count;
    for (OutboundEvent event : done) {
      event.origin().durable();
    }
  }

  private boolean isFinished() {
    lock.lock();
    try {
      return closed && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** How many events wait. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #step} return false once everything is sequenced. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }
}
