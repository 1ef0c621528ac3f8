// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.outbound.Sequencer;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.sync.client.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The one thread that writes to the store.
 *
 * <p>Durable events come in from the sequencer; of each account only the newest state is kept, and
 * all of them are written every few seconds, or sooner when many have gathered, in one transaction
 * with the place in the log that they reflect and how far each host has come (invariant 1).
 * Between, the thread does what operators and hosts ask for.
 *
 * <p>The order matters: cursors are captured before the gathered states are taken, and the
 * sequencer hands over states before it moves cursors. So a stored cursor never covers an event
 * whose effect is not stored with it.
 */
public final class StoreWriter implements Sequencer.DurableEvents {
  /** How far the hosts have come, at one moment. */
  public record Progress(List<HostCursorRow> cursors, long replayFrom) {}

  /** Those who know how far the hosts have come. */
  @FunctionalInterface
  public interface ProgressSource {
    /**
     * The hosts that moved since the last call, and the lowest number that a replay must begin at.
     */
    Progress capture();
  }

  /** Told up to which of its events each lane may forget what it holds. */
  @FunctionalInterface
  public interface AppliedListener {
    /** The states of all events of this lane up to an ordinal are in the store. */
    void applied(int lane, long ordinal);
  }

  private static final int MAX_DESYNCHRONIZED = 100_000;

  private final RelayStore store;
  private final ProgressSource progress;
  private final AppliedListener listener;
  private final Duration interval;
  private final int maxGathered;
  private final NanoClock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private List<AccountRecord> gathered = new ArrayList<>();
  private long gatheredSeq;
  private final long[] ordinals;
  private List<RelayStore.Desynchronized> desynchronized = new ArrayList<>();
  private final List<Runnable> tasks = new ArrayList<>();
  private boolean stopping;

  /**
   * A writer.
   *
   * @param lanes how many lanes there are
   * @param interval how long states gather
   * @param maxGathered how many may gather
   */
  public StoreWriter(
      RelayStore store,
      ProgressSource progress,
      AppliedListener listener,
      int lanes,
      Duration interval,
      int maxGathered,
      NanoClock clock) {
    this.store = store;
    this.progress = progress;
    this.listener = listener;
    this.interval = interval;
    this.maxGathered = maxGathered;
    this.clock = clock;
    this.ordinals = new long[lanes];
    this.gatheredSeq = store.appliedSeq();
  }

  @Override
  public void durable(List<OutboundEvent> events, long firstSeq) {
    lock.lock();
    try {
      long seq = firstSeq;
      for (OutboundEvent event : events) {
        gathered.add(event.after().withSeen(seq++));
        ordinals[event.lane()] = event.ordinal();
      }
      gatheredSeq = firstSeq + events.size() - 1;
      if (gathered.size() >= maxGathered) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Events of an account were lost, which is written with the next states. Costs nothing but
   * somebody's good name if it is lost itself.
   */
  public void desynchronized(DidHash account, long position) {
    lock.lock();
    try {
      if (desynchronized.size() < MAX_DESYNCHRONIZED) {
        desynchronized.add(new RelayStore.Desynchronized(account, position));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Has the writer's thread do something with the store, which is durable when the future ends. */
  public <T> CompletableFuture<T> submit(Function<RelayStore, T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (stopping) {
        result.completeExceptionally(new IllegalStateException("the relay is stopping"));
        return result;
      }
      tasks.add(
          () -> {
            try {
              result.complete(task.apply(store));
            } catch (RelayException e) {
              result.completeExceptionally(e);
              throw e;
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
      work.signal();
    } finally {
      lock.unlock();
    }
    return result;
  }

  /** Writes until {@link #stop}; the body of the writer's thread. */
  public void run() throws InterruptedException {
    long nextFlush = clock.nanos() + interval.toNanos();
    while (true) {
      List<Runnable> now;
      boolean last;
      boolean flush;
      lock.lock();
      try {
        long wait = nextFlush - clock.nanos();
        while (tasks.isEmpty() && !stopping && gathered.size() < maxGathered && wait > 0) {
          wait = work.awaitNanos(wait);
        }
        now = new ArrayList<>(tasks);
        tasks.clear();
        last = stopping;
        flush = last || wait <= 0 || gathered.size() >= maxGathered;
      } finally {
        lock.unlock();
      }
      now.forEach(Runnable::run);
      if (flush) {
        flush();
        nextFlush = clock.nanos() + interval.toNanos();
      }
      if (last) {
        return;
      }
    }
  }

  /** Writes what has gathered. */
  void flush() {
    Progress captured = progress.capture();
    List<AccountRecord> states;
    List<RelayStore.Desynchronized> lost;
    long seq;
    long[] applied;
    lock.lock();
    try {
      states = gathered;
      gathered = new ArrayList<>();
      lost = desynchronized;
      desynchronized = new ArrayList<>();
      seq = gatheredSeq;
      applied = Arrays.copyOf(ordinals, ordinals.length);
    } finally {
      lock.unlock();
    }
    if (states.isEmpty() && lost.isEmpty() && captured.cursors().isEmpty()) {
      return;
    }
    Map<Long, AccountRecord> newest = new HashMap<>();
    for (AccountRecord state : states) {
      newest.put(state.uid(), state);
    }
    store.flush(
        new RelayStore.Flush(
            newest.values(), lost, captured.cursors(), seq, captured.replayFrom()));
    for (int lane = 0; lane < applied.length; lane++) {
      listener.applied(lane, applied[lane]);
    }
  }

  /** Has {@link #run} write what is left and end. */
  public void stop() {
    lock.lock();
    try {
      stopping = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** How long a caller waits for a task at most. */
  public static final Duration TASK_TIMEOUT = Duration.ofSeconds(30);

  /** Waits for a task that was submitted. */
  public static <T> T await(CompletableFuture<T> task) {
    try {
      return task.get(TASK_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the store did not do it: " + e.getMessage(), e);
    }
  }
}
