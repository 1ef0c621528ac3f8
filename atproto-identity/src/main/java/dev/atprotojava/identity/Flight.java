// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Found;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lookup that is under way, and those who wait for it.
 *
 * <p>They wait in groups. A group is sent away when its time is over; the lookup goes on, because
 * its result is worth remembering, and whoever comes later waits in a new group.
 */
final class Flight {
  private final ReentrantLock lock = new ReentrantLock();
  // Owned by the lock.
  private @Nullable CompletableFuture<IdentityLookup> group;
  private int waiters;
  private @Nullable CompletableFuture<IdentityLookup> landed;

  private volatile boolean forced;
  private volatile boolean overtaken;
  private volatile @Nullable Found known;

  Flight(boolean forced) {
    this.forced = forced;
  }

  /**
   * One more who waits; null if there are too many.
   *
   * @param onNewGroup is told of a group that has just begun to wait
   */
  @Nullable CompletableFuture<IdentityLookup> join(
      int limit, Consumer<CompletableFuture<IdentityLookup>> onNewGroup) {
    CompletableFuture<IdentityLookup> joined;
    boolean isNew = false;
    lock.lock();
    try {
      if (landed != null) {
        return landed;
      }
      if (waiters >= limit) {
        return null;
      }
      if (group == null) {
        group = new CompletableFuture<>();
        isNew = true;
      }
      waiters++;
      joined = group;
    } finally {
      lock.unlock();
    }
    if (isNew) {
      onNewGroup.accept(joined);
    }
    // A copy, so that one who cancels cancels for himself.
    return joined.copy();
  }

  /** Sends a group away, unless it has got its answer. */
  @SuppressWarnings("ReferenceEquality") // this very group
  void sendAway(CompletableFuture<IdentityLookup> sent, IdentityLookup with) {
    lock.lock();
    try {
      if (group == sent) {
        group = null;
        waiters = 0;
      }
    } finally {
      lock.unlock();
    }
    sent.complete(with);
  }

  void land(IdentityLookup with) {
    CompletableFuture<IdentityLookup> waiting = takeGroup(CompletableFuture.completedFuture(with));
    if (waiting != null) {
      waiting.complete(with);
    }
  }

  /** Ends with a fault of ours. */
  void crash(Throwable fault) {
    CompletableFuture<IdentityLookup> waiting = takeGroup(CompletableFuture.failedFuture(fault));
    if (waiting != null) {
      waiting.completeExceptionally(fault);
    }
  }

  private @Nullable CompletableFuture<IdentityLookup> takeGroup(
      CompletableFuture<IdentityLookup> result) {
    lock.lock();
    try {
      CompletableFuture<IdentityLookup> waiting = group;
      group = null;
      landed = landed == null ? result : landed;
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Asked for by a refresh, so that neither memory nor store will do. */
  boolean isForced() {
    return forced;
  }

  void force() {
    forced = true;
  }

  /** Whether the DID may have changed since this began, so that the result is an old one. */
  boolean isOvertaken() {
    return overtaken;
  }

  void overtake() {
    overtaken = true;
  }

  /** The identity to fall back to. */
  @Nullable Found known() {
    return known;
  }

  void know(@Nullable Found identity) {
    known = identity;
  }
}
