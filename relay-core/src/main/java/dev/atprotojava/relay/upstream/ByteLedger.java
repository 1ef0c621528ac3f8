// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many bytes of frames all hosts together may have in memory, from the moment they are read
 * until they are durable or dropped (invariant 6).
 *
 * <p>A host asks for room before it reads a message, and first of its own share ({@link Share}): a
 * host at its share waits alone, and only when all shares together are more than there is do hosts
 * wait for each other, in the order in which they came.
 */
public final class ByteLedger {
  /** What a frame costs besides its bytes: the event, its operations, its place in queues. */
  static final int OVERHEAD = 1024;

  private final long capacity;
  private final long shareCapacity;
  private final ReentrantLock lock = new ReentrantLock();

  /** Those who wait for room in the whole, in the order in which they came. */
  private final ArrayDeque<Condition> waiting = new ArrayDeque<>();

  private long used;

  /**
   * A ledger.
   *
   * @param capacity the bytes of all hosts together
   * @param shareCapacity the bytes of one host; at least those of the longest message
   */
  public ByteLedger(long capacity, long shareCapacity) {
    this.capacity = capacity;
    this.shareCapacity = shareCapacity;
  }

  /** The bytes in use. */
  public long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(int cost) {
    return used == 0 || used + cost <= capacity;
  }

  /** Waits until there is room in the whole, behind all who waited before. Holds the lock. */
  private void awaitTurn(int cost) throws InterruptedException {
    if (waiting.isEmpty() && hasRoom(cost)) {
      return;
    }
    Condition turn = lock.newCondition();
    waiting.addLast(turn);
    try {
      while (waiting.peekFirst() != turn || !hasRoom(cost)) {
        turn.await();
      }
    } finally {
      waiting.remove(turn);
      callFirst(); // there may be room for the next one too
    }
  }

  private void callFirst() {
    Condition first = waiting.peekFirst();
    if (first != null) {
      first.signal();
    }
  }

  /** The share of one host. */
  Share share() {
    return new Share();
  }

  /** What one host has in use. */
  final class Share {
    private long own;
    private final Condition ownRoom = lock.newCondition();

    /** Waits until there is room for a message. What was taken must be given back. */
    void take(int bytes) throws InterruptedException {
      int cost = bytes + OVERHEAD;
      lock.lockInterruptibly();
      try {
        while (own > 0 && own + cost > shareCapacity) {
          ownRoom.await();
        }
        awaitTurn(cost);
        own += cost;
        used += cost;
      } finally {
        lock.unlock();
      }
    }

    /** Gives back what a message took. */
    void giveBack(int bytes) {
      int cost = bytes + OVERHEAD;
      lock.lock();
      try {
        own -= cost;
        used -= cost;
        ownRoom.signal();
        callFirst();
      } finally {
        lock.unlock();
      }
    }

    /** The bytes in use. */
    long used() {
      lock.lock();
      try {
        return own;
      } finally {
        lock.unlock();
      }
    }
  }
}
