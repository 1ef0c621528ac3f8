// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lookup that is under way, and those who wait for it.
 *
 * <p>It consists of one request, or of several that follow each other. What was asked before the
 * DID changed is overtaken: its answer is for those who waited by then, and whoever comes later
 * waits for another request. So nobody is told what was old when he asked, and there is still one
 * request for a DID at a time.
 *
 * <pre>
 *   A joins     request sent     mark     B joins     answer 1     request sent     answer 2
 *   ------------------------------------------------------------------------------------------
 *   A waits ..........................................for A
 *                                         B waits ..................................for B
 * </pre>
 *
 * <p>Waiters wait in groups. A group is sent away when its time is over; the lookup goes on,
 * because its result is worth remembering, and whoever comes later waits in a new group.
 */
final class Flight {
  private final ReentrantLock lock = new ReentrantLock();
  // Owned by the lock.
  private @Nullable CompletableFuture<IdentityLookup>
      early; // those who waited when it was overtaken
  private @Nullable CompletableFuture<IdentityLookup> group; // the others
  private int waiters;
  private boolean sent;
  private boolean landed;

  private volatile boolean forced;
  private volatile boolean overtaken;
  private volatile @Nullable Found known;

  Flight(boolean forced) {
    this.forced = forced;
  }

  /**
   * One more who waits.
   *
   * @param ifFull the answer, if there are too many
   * @param onNewGroup is told of a group that has just begun to wait
   * @return the answer to come; null if this is over, and its result in memory
   */
  @Nullable CompletableFuture<IdentityLookup> join(
      int limit,
      Supplier<IdentityLookup> ifFull,
      Consumer<CompletableFuture<IdentityLookup>> onNewGroup) {
    CompletableFuture<IdentityLookup> joined;
    boolean isNew = false;
    lock.lock();
    try {
      if (landed) {
        return null;
      }
      if (waiters >= limit) {
        return CompletableFuture.completedFuture(ifFull.get());
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
  void sendAway(CompletableFuture<IdentityLookup> sentAway, IdentityLookup with) {
    lock.lock();
    try {
      if (group == sentAway) {
        group = null;
        waiters = 0;
      } else if (early == sentAway) {
        early = null;
      }
    } finally {
      lock.unlock();
    }
    sentAway.complete(with);
  }

  /** A request is about to be sent. */
  void send() {
    lock.lock();
    try {
      sent = true;
    } finally {
      lock.unlock();
    }
  }

  /** The DID may have changed. */
  void overtake() {
    lock.lock();
    try {
      if (sent && !overtaken) {
        overtaken = true;
        early = group;
        group = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Somebody wants an answer that is asked for from now on. */
  void force() {
    forced = true;
    overtake();
  }

  /** Neither memory nor store will do. */
  boolean isForced() {
    return forced;
  }

  /** Whether the DID may have changed since the last request was sent. */
  boolean isOvertaken() {
    return overtaken;
  }

  /**
   * An answer has come. It ends the flight, unless somebody waits for a newer one.
   *
   * @param mayGoOn is asked whether there may be another request
   * @return whether there must be
   */
  boolean landOrGoOn(IdentityLookup answer, BooleanSupplier mayGoOn) {
    List<CompletableFuture<IdentityLookup>> answered;
    boolean goOn;
    lock.lock();
    try {
      goOn = overtaken && group != null && (forced || mayGoOn.getAsBoolean());
      if (goOn) {
        answered = early == null ? List.of() : List.of(early);
        early = null;
        sent = false;
        overtaken = false;
        forced = false;
      } else {
        answered = takeAll();
      }
    } finally {
      lock.unlock();
    }
    answered.forEach(waiting -> waiting.complete(answer));
    return goOn;
  }

  /**
   * Ends with what is found without a request, if something is. No mark comes between the look and
   * the end, so that nobody who marked the DID is told what was found before.
   *
   * @return whether it ended
   */
  boolean landWith(Supplier<@Nullable IdentityLookup> look) {
    IdentityLookup found;
    List<CompletableFuture<IdentityLookup>> all;
    lock.lock();
    try {
      found = look.get();
      if (found == null) {
        return false;
      }
      all = takeAll();
    } finally {
      lock.unlock();
    }
    IdentityLookup answer = found;
    all.forEach(waiting -> waiting.complete(answer));
    return true;
  }

  /** Ends, with an answer for all. */
  void land(IdentityLookup answer) {
    end(waiting -> waiting.complete(answer));
  }

  /** Ends, with a fault of ours. */
  void crash(Throwable fault) {
    end(waiting -> waiting.completeExceptionally(fault));
  }

  private void end(Consumer<CompletableFuture<IdentityLookup>> how) {
    List<CompletableFuture<IdentityLookup>> all;
    lock.lock();
    try {
      all = takeAll();
    } finally {
      lock.unlock();
    }
    all.forEach(how);
  }

  private List<CompletableFuture<IdentityLookup>> takeAll() {
    List<CompletableFuture<IdentityLookup>> all = new ArrayList<>(2);
    if (early != null) {
      all.add(early);
    }
    if (group != null) {
      all.add(group);
    }
    early = null;
    group = null;
    landed = true;
    return all;
  }

  /** The identity to fall back to. */
  @Nullable Found known() {
    return known;
  }

  void know(@Nullable Found identity) {
    known = identity;
  }
}
