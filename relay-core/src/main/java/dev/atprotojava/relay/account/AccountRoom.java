// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import dev.atprotojava.sync.AccountStatus;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many accounts a host has and may have (RL-57). Those beyond the limit wait, and come in as
 * soon as there is room, the oldest first: as long as one waits, nobody new comes before it.
 * Thread-safe; never waits for more than a few instructions.
 */
public final class AccountRoom {
  /** How an account stands to the limit of its host. */
  public enum Standing {
    /** Not there, or no more: it counts for nothing. */
    GONE,
    /** It has its place. */
    ADMITTED,
    /** It is {@link LocalStatus#THROTTLED} until there is room. */
    WAITING,
  }

  private final ReentrantLock lock = new ReentrantLock();
  private long limit;
  private long admitted;
  private long waiting;

  /** A room in which some are, and for which some wait. */
  public AccountRoom(long limit, long admitted, long waiting) {
    this.limit = limit;
    this.admitted = admitted;
    this.waiting = waiting;
  }

  /** How an account stands. */
  public static Standing standing(AccountRecord account) {
    if (account.upstreamStatus() == AccountStatus.DELETED) {
      return Standing.GONE;
    }
    return account.localStatus() == LocalStatus.THROTTLED ? Standing.WAITING : Standing.ADMITTED;
  }

  /** An account comes; it counts from now on, as what is returned. */
  public Standing arrive() {
    lock.lock();
    try {
      Standing standing = waiting == 0 && admitted < limit ? Standing.ADMITTED : Standing.WAITING;
      add(standing, 1);
      return standing;
    } finally {
      lock.unlock();
    }
  }

  /** An account stands otherwise than before. */
  public void change(Standing from, Standing to) {
    lock.lock();
    try {
      add(from, -1);
      add(to, 1);
    } finally {
      lock.unlock();
    }
  }

  private void add(Standing standing, int count) {
    switch (standing) {
      case GONE -> {}
      case ADMITTED -> admitted += count;
      case WAITING -> waiting += count;
    }
  }

  /** Another limit. Lowering it takes nobody's place away. */
  public void limit(long newLimit) {
    lock.lock();
    try {
      limit = newLimit;
    } finally {
      lock.unlock();
    }
  }

  /** How many of those that wait may come in now. */
  public long openings() {
    lock.lock();
    try {
      return Math.max(0, Math.min(waiting, limit - admitted));
    } finally {
      lock.unlock();
    }
  }

  /** How many accounts there are, those that wait included. */
  public long accounts() {
    lock.lock();
    try {
      return admitted + waiting;
    } finally {
      lock.unlock();
    }
  }

  /** How many wait. */
  public long waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }
}
