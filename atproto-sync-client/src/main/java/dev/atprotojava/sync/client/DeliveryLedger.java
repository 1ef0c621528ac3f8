// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.RepoStateStore.All;
import dev.atprotojava.sync.client.RepoStateStore.Change;
import dev.atprotojava.sync.client.RepoStateStore.RowChange;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Between those who make events and whoever takes them: what waits to be taken, what was taken and
 * not acknowledged, and what of the stream is not dealt with.
 *
 * <pre>
 *   events of the stream    slot 7   slot 8   slot 9          in order of arrival
 *                             |        |
 *   units, in order      [ A: 2 rows ][ B ][ fetched A ]...   the store follows from the head
 *                          d1  d2       d3   d4               deliveries, taken one by one
 * </pre>
 *
 * <p>What is about to be taken is marked in the store as doubtful, for whoever takes it may be
 * ended before it is acknowledged. A unit is what must be stored together: all rows of a commit and
 * the chain after it. It is stored when all its deliveries are acknowledged and everything before
 * it is stored. A slot is done when its unit is stored, or when nothing came of it; the cursor is
 * the last slot before the first that is not done (SC-44). So at each moment the store is what it
 * would be if the stream had been read up to its cursor, plus whole units beyond.
 *
 * <p>All state is under one lock; the store is written under it too, which is what keeps its order.
 */
final class DeliveryLedger {
  private static final int EVENT_BYTES = 256;
  private static final long CURSOR_EVERY_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final int MARK_AT_ONCE = 256;
  private static final int CURSOR_EVERY_SLOTS = 1000;

  /**
   * How much there may be.
   *
   * @param readyBytes bytes of events that wait to be taken
   * @param outstanding deliveries that are not acknowledged
   * @param pending events of the stream, and units, that are not dealt with
   * @param acknowledgeWithin how long a caller may wait for more while all depends on what it has
   */
  record Limits(long readyBytes, int outstanding, int pending, Duration acknowledgeWithin) {}

  /** An event of the stream until it is dealt with. */
  static final class Slot {
    private long seq; // moves on over events that are skipped, once this is done
    private boolean done;

    Slot(long seq) {
      this.seq = seq;
    }
  }

  /** How many units of one account are not stored. */
  static final class Account {
    private int units;
  }

  /** One fetching of a repository, which can be called off. */
  static final class Fetch {
    private boolean cancelled;
  }

  /** What is stored together. */
  static final class Unit {
    private final Change change;
    private final @Nullable Slot slot;
    private final Account account;
    private final int deliveries;
    private int left;
    private long first;
    private @Nullable BitSet acknowledged;

    Unit(Change change, @Nullable Slot slot, Account account, int deliveries) {
      this.change = change;
      this.slot = slot;
      this.account = account;
      this.deliveries = deliveries;
      this.left = deliveries;
    }

    void ack(long ordinal) {
      if (left == 0) {
        return;
      }
      if (deliveries == 1) {
        left = 0;
        return;
      }
      if (acknowledged == null) {
        acknowledged = new BitSet(deliveries);
      }
      int at = (int) (ordinal - first);
      if (!acknowledged.get(at)) {
        acknowledged.set(at);
        left--;
      }
    }
  }

  private final RepoStateStore store;
  private final String stream;
  private final NanoClock clock;
  private final Limits limits;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Slot> slots = new ArrayDeque<>();
  private final Deque<Unit> units = new ArrayDeque<>();
  private final Deque<Delivery> ready = new ArrayDeque<>();
  private int marked; // how many of what is ready the store knows as doubtful
  private final Map<Did, Map<RecordPath, Integer>> doubts = new HashMap<>();
  private final Map<Did, Integer> purges = new HashMap<>();
  private long readyBytes;
  private int outstanding;
  private long nextOrdinal;
  private long cursor; // 0 if there is none
  private long storedCursor;
  private long cursorStoredNanos;
  private int slotsSinceStored;
  private @Nullable RuntimeException storeFailure; // nothing is written after it
  private @Nullable Throwable failure; // of a thread: nothing comes after what came before it
  private boolean closed;
  private boolean receiverWaits;

  DeliveryLedger(RepoStateStore store, String stream, NanoClock clock, Limits limits) {
    this.store = store;
    this.stream = stream;
    this.clock = clock;
    this.limits = limits;
    this.cursorStoredNanos = clock.nanos();
  }

  /**
   * Opens a slot for an event; events must come in the order of their numbers. Waits while so much
   * is under way that whoever acknowledges must come first: an event of which nothing comes takes
   * room too, as long as one before it is not dealt with. To be called by the reader alone, for
   * everything else shrinks what is under way.
   *
   * @throws InterruptedException if the thread is interrupted, or this was closed or has failed
   */
  Slot receive(long seq) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      receiverWaits = true;
      while (!hasEnded() && slots.size() + units.size() >= limits.pending()) {
        changed.await();
      }
      if (hasEnded()) {
        throw new InterruptedException("the firehose has ended");
      }
      Slot slot = new Slot(seq);
      slots.add(slot);
      return slot;
    } finally {
      receiverWaits = false;
      lock.unlock();
    }
  }

  /**
   * Says with which event a stream begins of which nothing was stored, so that after a restart it
   * begins there too, whatever was acknowledged by then (SC-44).
   */
  void begins(long seq) {
    lock.lock();
    try {
      if (cursor == 0 && seq > 1) {
        cursor = seq - 1;
        write(List.of());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasEnded() {
    return closed || failure != null || storeFailure != null;
  }

  /** Receives an event that nobody wants, which takes no room behind another one. */
  void skip(long seq) {
    lock.lock();
    try {
      Slot last = slots.peekLast();
      if (last != null && last.done) {
        last.seq = seq;
        return;
      }
      Slot slot = new Slot(seq);
      slots.add(slot);
      pass(slot);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing came of an event, or what came of it need not survive: its account is marked. */
  void pass(Slot slot) {
    lock.lock();
    try {
      slot.done = true;
      popSlots();
      boolean due =
          slotsSinceStored >= CURSOR_EVERY_SLOTS
              || clock.nanos() - cursorStoredNanos >= CURSOR_EVERY_NANOS;
      if (due && !closed) {
        storeCursor();
      }
    } finally {
      lock.unlock();
    }
  }

  private void popSlots() {
    Slot head = slots.peek();
    while (head != null && head.done) {
      cursor = head.seq;
      slotsSinceStored++;
      slots.remove();
      head = slots.peek();
      changed.signalAll();
    }
  }

  private void storeCursor() {
    if (cursor != storedCursor) {
      write(List.of());
    }
  }

  private void write(List<Change> changes) {
    if (storeFailure != null) {
      throw storeFailure;
    }
    try {
      store.commit(
          changes, stream, cursor == storedCursor ? OptionalLong.empty() : OptionalLong.of(cursor));
    } catch (RuntimeException e) {
      storeFailure = e;
      changed.signalAll();
      throw e;
    }
    storedCursor = cursor;
    slotsSinceStored = 0;
    cursorStoredNanos = clock.nanos();
  }

  /** Adds a unit behind all others; waits until there is room. */
  void add(@Nullable Slot slot, Account account, List<VerifiedEvent> events, Change change)
      throws InterruptedException {
    boolean added = add(slot, account, events, change, null);
    if (!added) {
      throw new IllegalStateException("called off without having begun");
    }
  }

  /** Adds a unit of a fetched repository; false if the fetching was called off. */
  boolean add(Fetch fetch, Account account, VerifiedEvent event, Change change)
      throws InterruptedException {
    return add(null, account, List.of(event), change, fetch);
  }

  private boolean add(
      @Nullable Slot slot,
      Account account,
      List<VerifiedEvent> events,
      Change change,
      @Nullable Fetch fetch)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed
          && (fetch == null || !fetch.cancelled)
          && !events.isEmpty()
          && (readyBytes >= limits.readyBytes() || outstanding >= limits.outstanding())) {
        changed.await();
      }
      if (closed) {
        throw new InterruptedException("closed");
      }
      if (fetch != null && fetch.cancelled) {
        return false;
      }
      Unit unit = new Unit(change, slot, account, events.size());
      unit.first = nextOrdinal;
      units.add(unit);
      account.units++;
      for (VerifiedEvent event : events) {
        ready.add(new Delivery(event, nextOrdinal++, unit, this));
        readyBytes += bytes(event);
        outstanding++;
      }
      if (events.isEmpty()) {
        storeUnits();
      }
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static long bytes(VerifiedEvent event) {
    return switch (event) {
      case VerifiedEvent.Created created -> EVENT_BYTES + created.record().length();
      case VerifiedEvent.Updated updated -> EVENT_BYTES + updated.record().length();
      case VerifiedEvent.Deleted deleted -> EVENT_BYTES;
      case VerifiedEvent.Synchronized fetched -> EVENT_BYTES;
      case VerifiedEvent.StatusChanged status -> EVENT_BYTES;
      case VerifiedEvent.IdentityChanged identity -> EVENT_BYTES;
    };
  }

  /** From when this returns nothing of the fetching is added. */
  void cancel(Fetch fetch) {
    lock.lock();
    try {
      fetch.cancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isCancelled(Fetch fetch) {
    lock.lock();
    try {
      return fetch.cancelled || closed;
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything of an account is stored. */
  boolean isStored(Account account) {
    lock.lock();
    try {
      return account.units == 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything of an account is stored: false if the fetching was called off, or that
   * took too long.
   */
  boolean awaitStored(Account account, Fetch fetch, long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = timeoutNanos;
      while (account.units > 0 && !fetch.cancelled && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return account.units == 0 && !fetch.cancelled && !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next delivery; null if there is none in time.
   *
   * @throws IllegalStateException if so many are not acknowledged, or so much waits behind them,
   *     that nothing can come
   */
  @Nullable Delivery take(long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = timeoutNanos;
      long stuck = limits.acknowledgeWithin().toNanos();
      endIfClosed(); // the store may be closed too
      while (ready.isEmpty()) {
        requireAlive();
        endIfClosed();
        if (stuck <= 0) {
          throw new IllegalStateException(
              outstanding >= limits.outstanding()
                  ? outstanding + " deliveries are not acknowledged, limit " + limits.outstanding()
                  : outstanding
                      + " deliveries are not acknowledged, and "
                      + (slots.size() + units.size())
                      + " events and changes wait for them, limit "
                      + limits.pending());
        }
        if (left <= 0) {
          return null;
        }
        if (outstanding >= limits.outstanding()
            || (receiverWaits && outstanding > 0)) { // another thread may be about to acknowledge
          long wait = Math.min(left, stuck);
          long rest = changed.awaitNanos(wait);
          left -= wait - rest;
          stuck -= wait - rest;
        } else {
          left = changed.awaitNanos(left);
        }
      }
      if (marked == 0) {
        mark();
      }
      Delivery delivery = ready.remove();
      marked--;
      readyBytes -= bytes(delivery.event());
      changed.signalAll();
      return delivery;
    } finally {
      lock.unlock();
    }
  }

  private void requireAlive() {
    if (storeFailure != null) {
      throw storeFailure;
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("a thread of the firehose ended", e);
    }
  }

  private void endIfClosed() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("the firehose is closed");
    }
  }

  /**
   * Has the store know what is about to be handed over, many at once where many are ready. From
   * then on nothing but an acknowledgement makes it certain again.
   */
  private void mark() {
    List<Change> changes = new ArrayList<>();
    int count = 0;
    for (Delivery delivery : ready) {
      if (count == MARK_AT_ONCE) {
        break;
      }
      count++;
      Did did = delivery.event().did();
      if (delivery.event() instanceof VerifiedEvent.RecordChange record) {
        doubts.computeIfAbsent(did, each -> new HashMap<>()).merge(record.path(), 1, Integer::sum);
        changes.add(
            new Change(did, null, All.KEEP, List.of(new RowChange.Doubtful(record.path()))));
      } else if (delivery.event() instanceof VerifiedEvent.StatusChanged status
          && status.status() == AccountStatus.DELETED) {
        purges.merge(did, 1, Integer::sum);
        changes.add(new Change(did, null, All.DOUBT, List.of()));
      }
    }
    if (!changes.isEmpty()) {
      write(changes);
    }
    marked = count;
  }

  /** What an acknowledged unit makes certain, but for what was handed over after it. */
  private Change certain(Change change) {
    if (change.all() != All.KEEP) {
      purges.computeIfPresent(change.did(), (did, count) -> count == 1 ? null : count - 1);
    }
    Map<RecordPath, Integer> counts = doubts.get(change.did());
    if (counts == null) {
      return change;
    }
    boolean purged = purges.containsKey(change.did());
    List<RowChange> rows = new ArrayList<>();
    for (RowChange row : change.rows()) {
      int left = counts.getOrDefault(row.path(), 1) - 1;
      if (left > 0) {
        counts.put(row.path(), left);
      } else {
        counts.remove(row.path());
      }
      rows.add(left > 0 || purged ? new RowChange.Doubtful(row.path()) : row);
    }
    if (change.all() != All.KEEP) {
      counts.keySet().forEach(path -> rows.add(new RowChange.Doubtful(path)));
    }
    if (counts.isEmpty()) {
      doubts.remove(change.did());
    }
    return new Change(change.did(), change.chain(), change.all(), rows);
  }

  void ack(Unit unit, long ordinal) {
    lock.lock();
    try {
      requireOpen();
      unit.ack(ordinal);
      storeUnits();
    } finally {
      lock.unlock();
    }
  }

  void ackThrough(long ordinal) {
    lock.lock();
    try {
      requireOpen();
      for (Unit unit : units) {
        if (unit.first > ordinal) {
          break;
        }
        long last = Math.min(ordinal, unit.first + unit.deliveries - 1);
        for (long each = unit.first; each <= last; each++) {
          unit.ack(each);
        }
      }
      storeUnits();
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the firehose is closed; the event will come again");
    }
  }

  /** Stores the units at the head that are acknowledged. */
  private void storeUnits() {
    Unit head = units.peek();
    if (head == null || head.left > 0) {
      return;
    }
    List<Unit> stored = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    while (head != null && head.left == 0) {
      stored.add(units.remove());
      Change change = certain(head.change);
      if (change.chain() != null || change.all() != All.KEEP || !change.rows().isEmpty()) {
        changes.add(change);
      }
      if (head.slot != null) {
        head.slot.done = true;
      }
      head = units.peek();
    }
    popSlots();
    if (!changes.isEmpty() || cursor != storedCursor) {
      write(changes);
    }
    for (Unit unit : stored) {
      unit.account.units--;
      outstanding -= unit.deliveries;
    }
    changed.signalAll();
  }

  /**
   * Ends {@link #take} with what ended a thread, when everything before was taken. What was taken
   * can be acknowledged all the same.
   */
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Stores the cursor and ends everything that waits here. */
  void close() {
    lock.lock();
    try {
      if (!closed && storeFailure == null) {
        storeCursor();
      }
    } finally {
      closed = true;
      changed.signalAll();
      lock.unlock();
    }
  }
}
