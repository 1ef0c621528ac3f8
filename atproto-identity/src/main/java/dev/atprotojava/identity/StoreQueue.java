// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityStore.Stored;
import dev.atprotojava.syntax.Did;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings changes to the store, one at a time and in order, behind the backs of those who cause
 * them. Changes of one DID that have not been made yet become one.
 *
 * <p>At most {@value #MAX_PENDING} wait; of a store that is slower than that the oldest change is
 * given up. What is lost then is a request that was spared, or a mark that a failed signature makes
 * up for.
 */
final class StoreQueue {
  static final int MAX_PENDING = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(StoreQueue.class);

  private sealed interface Change {
    record Save(Stored stored) implements Change {}

    record MarkStale() implements Change {}

    record Remove() implements Change {}
  }

  private final IdentityStore store;
  private final Executor executor;
  private final Counters counters;

  private final ReentrantLock lock = new ReentrantLock();
  // These two are owned by the lock.
  private final Map<Did, Change> pending = new LinkedHashMap<>();
  private boolean draining;

  private volatile boolean failing; // a race costs a log line

  StoreQueue(IdentityStore store, Executor executor, Counters counters) {
    this.store = store;
    this.executor = executor;
    this.counters = counters;
  }

  void save(Identity identity, boolean stale) {
    put(identity.did(), new Change.Save(new Stored(identity, stale)));
  }

  void markStale(Did did) {
    put(did, new Change.MarkStale());
  }

  void remove(Did did) {
    put(did, new Change.Remove());
  }

  private void put(Did did, Change change) {
    boolean start;
    lock.lock();
    try {
      pending.merge(did, change, StoreQueue::merged);
      if (pending.size() > MAX_PENDING) {
        pending.remove(pending.keySet().iterator().next());
        counters.storeFailures.increment();
      }
      start = !draining;
      draining = true;
    } finally {
      lock.unlock();
    }
    if (start) {
      try {
        executor.execute(this::drain);
      } catch (RejectedExecutionException closed) {
        stopDraining();
      }
    }
  }

  private static Change merged(Change earlier, Change later) {
    if (!(later instanceof Change.MarkStale)) {
      return later;
    }
    return switch (earlier) {
      case Change.Save save -> new Change.Save(new Stored(save.stored().identity(), true));
      case Change.MarkStale mark -> mark;
      case Change.Remove remove -> remove;
    };
  }

  private void drain() {
    for (Runnable next = next(); next != null; next = next()) {
      guarded(next);
    }
  }

  /** The oldest change, taken out; null, and the draining is over, if there is none. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      if (pending.isEmpty()) {
        draining = false;
        return null;
      }
      Iterator<Map.Entry<Did, Change>> oldest = pending.entrySet().iterator();
      Map.Entry<Did, Change> change = oldest.next();
      oldest.remove();
      return () -> make(change.getKey(), change.getValue());
    } finally {
      lock.unlock();
    }
  }

  private void stopDraining() {
    lock.lock();
    try {
      draining = false;
    } finally {
      lock.unlock();
    }
  }

  private void make(Did did, Change change) {
    switch (change) {
      case Change.Save save -> store.save(save.stored());
      case Change.MarkStale mark -> store.markStale(did);
      case Change.Remove remove -> store.remove(did);
    }
  }

  /** Has the store asked, and tells what is kept, changes that were not made yet included. */
  void load(Did did, Consumer<@Nullable Stored> then) {
    try {
      executor.execute(() -> then.accept(load(did)));
    } catch (RejectedExecutionException closed) {
      then.accept(null);
    }
  }

  private @Nullable Stored load(Did did) {
    Change change;
    lock.lock();
    try {
      change = pending.get(did);
    } finally {
      lock.unlock();
    }
    return switch (change) {
      case Change.Save save -> save.stored();
      case Change.Remove remove -> null;
      case Change.MarkStale mark -> {
        Stored stored = loadGuarded(did);
        yield stored == null ? null : new Stored(stored.identity(), true);
      }
      case null -> loadGuarded(did);
    };
  }

  private @Nullable Stored loadGuarded(Did did) {
    AtomicReference<@Nullable Stored> loaded = new AtomicReference<>();
    guarded(() -> loaded.set(store.load(did)));
    return loaded.get();
  }

  private void guarded(Runnable call) {
    boolean fails = false;
    try {
      call.run();
    } catch (RuntimeException e) {
      fails = true;
      counters.storeFailures.increment();
      if (!failing) {
        LOG.error("identity store fails, going on without", e);
      }
    }
    if (failing && !fails) {
      LOG.info("identity store works again");
    }
    failing = fails;
  }
}
