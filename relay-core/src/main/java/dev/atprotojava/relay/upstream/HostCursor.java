// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.util.concurrent.locks.ReentrantLock;

/**
 * How far a host has come: the highest number below which every event is durable or dropped.
 *
 * <p>Events begin in the order of their numbers and end in any order, on other threads. A ring
 * holds those that are under way; ending one is a mark, and the cursor moves over all marks at the
 * front. With each goes the number that the log would have given out when the event arrived:
 * whatever comes after it from this host has at least that number, which tells how far back a
 * restart must look.
 *
 * <p>Thread-safe; the lock is held for a few instructions.
 */
final class HostCursor {
  /** Where a host stands. */
  record Mark(int epoch, long cursor, long logFloor) {}

  private final ReentrantLock lock = new ReentrantLock();
  private int epoch;
  private long cursor;
  private long received;

  private long[] seqs = new long[16];
  private long[] floors = new long[16];
  private boolean[] done = new boolean[16];
  private long head; // the ticket of the oldest event under way
  private long tail; // the next ticket

  // Events that an earlier life of the process put into the log though the cursor is below them. As
  // long as it is, a restart must find them again.
  private long replayedThrough;
  private final long replayedFloor;

  /** A host that has come to {@code cursor}, and of which the log has nothing above that. */
  HostCursor(int epoch, long cursor) {
    this(epoch, cursor, cursor, Long.MAX_VALUE);
  }

  /**
   * A host that has come to {@code cursor}.
   *
   * @param replayedThrough its highest number that is in the log
   * @param replayedFloor where in the log its numbers above the cursor begin
   */
  HostCursor(int epoch, long cursor, long replayedThrough, long replayedFloor) {
    this.epoch = epoch;
    this.cursor = cursor;
    this.received = cursor;
    this.replayedThrough = replayedThrough;
    this.replayedFloor = replayedFloor;
  }

  /** True if the host is still to be joined, at whatever it says next. */
  boolean isLive() {
    lock.lock();
    try {
      return received < 0;
    } finally {
      lock.unlock();
    }
  }

  /** Begins an event; the ticket ends it. */
  long begin(long seq, long logFloor) {
    lock.lock();
    try {
      if (tail - head == seqs.length) {
        grow();
      }
      int slot = slot(tail);
      seqs[slot] = seq;
      floors[slot] = logFloor;
      done[slot] = false;
      received = seq;
      return tail++;
    } finally {
      lock.unlock();
    }
  }

  /** Ends an event. */
  void end(long ticket) {
    lock.lock();
    try {
      if (ticket < head) {
        return; // of an epoch that is over
      }
      done[slot(ticket)] = true;
      while (head < tail && done[slot(head)]) {
        cursor = seqs[slot(head)];
        head++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins the host's numbers anew; what is under way counts for nothing any more. */
  void restart(int newEpoch, long newCursor) {
    lock.lock();
    try {
      epoch = newEpoch;
      cursor = newCursor;
      received = newCursor;
      head = tail;
      replayedThrough = newCursor;
    } finally {
      lock.unlock();
    }
  }

  /** Where the host stands; {@code nextLogSeq} is the floor if nothing is under way. */
  Mark mark(long nextLogSeq) {
    lock.lock();
    try {
      long floor = head == tail ? nextLogSeq : floors[slot(head)];
      return new Mark(
          epoch, cursor, cursor < replayedThrough ? Math.min(floor, replayedFloor) : floor);
    } finally {
      lock.unlock();
    }
  }

  /** The last number that was received, whatever became of it. */
  long received() {
    lock.lock();
    try {
      return received;
    } finally {
      lock.unlock();
    }
  }

  int epoch() {
    lock.lock();
    try {
      return epoch;
    } finally {
      lock.unlock();
    }
  }

  /** The number of events under way. */
  long underWay() {
    lock.lock();
    try {
      return tail - head;
    } finally {
      lock.unlock();
    }
  }

  private int slot(long ticket) {
    return (int) (ticket & seqs.length - 1);
  }

  private void grow() {
    int capacity = seqs.length;
    long[] newSeqs = new long[capacity * 2];
    long[] newFloors = new long[capacity * 2];
    boolean[] newDone = new boolean[capacity * 2];
    for (long ticket = head; ticket < tail; ticket++) {
      int to = (int) (ticket & capacity * 2L - 1);
      newSeqs[to] = seqs[slot(ticket)];
      newFloors[to] = floors[slot(ticket)];
      newDone[to] = done[slot(ticket)];
    }
    seqs = newSeqs;
    floors = newFloors;
    done = newDone;
  }
}
