// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * So many bytes and no more. What alone is more than all of them passes when nothing else is taken,
 * so that no size blocks for ever. Threads share it.
 */
final class ByteBudget {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final long limit;
  private long taken;

  ByteBudget(long limit) {
    this.limit = limit;
  }

  /** Takes bytes, and waits until they are there. An interrupt ends the wait. */
  void take(long bytes) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (taken > 0 && taken + bytes > limit) {
        freed.await();
      }
      taken += bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Takes bytes if they are there. */
  boolean tryTake(long bytes) {
    lock.lock();
    try {
      if (taken + bytes > limit) {
        return false;
      }
      taken += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives bytes back. */
  void give(long bytes) {
    lock.lock();
    try {
      taken -= bytes;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
