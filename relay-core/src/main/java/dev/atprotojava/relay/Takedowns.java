// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.ingest.AccountLanes;
import dev.atprotojava.relay.log.HiddenAccounts;
import dev.atprotojava.relay.log.LogEraser;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.relay.store.AuditEntry;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.StoreWriter;
import dev.atprotojava.relay.store.TakedownStore;
import dev.atprotojava.relay.store.TakedownStore.Takedown;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts that operators took down.
 *
 * <p>A takedown is durable, with its trace, before anything else is done; then the account's
 * content is hidden from everybody who reads the log, and its lane tells {@code #account} and lets
 * none pass any more (RL-70). When the call returns all that is so. A start that finds a decision
 * by which no lane acted has it acted by, once, before the first event.
 *
 * <p>A day later, or at once if that was asked for, the content is erased from the files; until
 * then a reversal shows all of it again. The account may have missed commits meanwhile, so where
 * its next one begins is not held against it.
 *
 * <p>Its methods wait for other threads, {@link #list} for a disk. Thread-safe.
 */
public final class Takedowns {
  private static final Logger LOG = LoggerFactory.getLogger(Takedowns.class);

  /** How long content is only hidden. */
  public static final Duration ERASED_AFTER = Duration.ofHours(24);

  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * An account that is taken down.
   *
   * @param position rises from one to the next; where the list goes on
   */
  public record Entry(long position, Did did) {}

  private final AccountLanes lanes;
  private final StoreWriter writer;
  private final RelayStore store;
  private final HiddenAccounts hidden;
  private final LogEraser eraser;
  private final InstantSource clock;

  /** Held while a decision is made, so that each finds the account as the one before left it. */
  private final ReentrantLock deciding = new ReentrantLock();

  /** Held while an erasure becomes final, and while an account is let back. */
  private final ReentrantLock erasing = new ReentrantLock();

  /** How often an account was let back: whoever erases looks whether that happened meanwhile. */
  private final AtomicLong reversals = new AtomicLong();

  /** How far the content of accounts was erased in this life; guarded by {@code erasing}. */
  private final Map<Long, Long> erasedUpTo = new HashMap<>();

  /** What was decided of those who were let back in this life, for rows that do not tell it yet. */
  private final Map<Long, LocalStatus> restored = new ConcurrentHashMap<>();

  private final ReentrantLock waiting = new ReentrantLock();
  private final Condition change = waiting.newCondition();
  private boolean woken; // guarded by waiting
  private volatile boolean stopping;

  /** When there is something to erase next, or before; changed by the thread that writes. */
  private volatile @Nullable Instant nextErasure;

  Takedowns(
      AccountLanes lanes,
      StoreWriter writer,
      RelayStore store,
      SegmentedEventLog log,
      InstantSource clock) {
    this.lanes = lanes;
    this.writer = writer;
    this.store = store;
    this.hidden = log.hidden();
    this.eraser = new LogEraser(log);
    this.clock = clock;
    hidden.hideAll(store.takedowns().hashesInForce());
    nextErasure = store.takedowns().nextErasure();
  }

  /**
   * Has lanes act by the decisions by which none has; to be called before the lanes begin, so that
   * these come first. Nothing else writes to the store yet.
   */
  void resume() {
    for (Takedown takedown : store.takedowns().settle()) {
      LOG.info("did={} takedown={} resumed", takedown.did(), !takedown.lifted());
      DidHash hash = store.didKey().hash(takedown.did());
      var _ =
          lanes.decide(
              hash,
              takedown.did(),
              takedown.lifted() ? restoring(takedown.before()) : Takedowns::takenDown);
    }
  }

  private static AccountRecord takenDown(AccountRecord account) {
    return account.withLocalStatus(LocalStatus.TAKENDOWN);
  }

  /** An account that is let back, though not from a limit that it was under before. */
  private static UnaryOperator<AccountRecord> restoring(LocalStatus before) {
    return account ->
        account.localStatus() != LocalStatus.TAKENDOWN
            ? account
            : account.withLocalStatus(
                switch (before) {
                  case THROTTLED, CHAIN_THROTTLED -> before;
                  case ACTIVE, TAKENDOWN, DESYNCHRONIZED ->
                      account.repo() == null ? LocalStatus.ACTIVE : LocalStatus.DESYNCHRONIZED;
                });
  }

  /**
   * Takes an account down. For one that is down already nothing changes, but that its content may
   * be erased earlier.
   *
   * @param actor who decided it, by the name of the key
   * @param eraseNow true if its content is to be erased at once
   * @return false if there is no such account
   */
  public boolean takeDown(Did did, String actor, boolean eraseNow) {
    DidHash hash = store.didKey().hash(did);
    deciding.lock();
    try {
      Optional<AccountRecord> account = StoreWriter.await(lanes.find(hash, did));
      if (account.isEmpty()) {
        return false;
      }
      Instant now = clock.instant();
      Instant eraseAt = eraseNow ? now : now.plus(ERASED_AFTER);
      decide(
          writing -> {
            writing.takedowns().put(account.get(), now, eraseAt);
            String after = "takendown, erased from " + eraseAt;
            writing.audit(entry(now, actor, "account.takedown", account.get(), after));
            Instant next = nextErasure;
            nextErasure = next == null || eraseAt.isBefore(next) ? eraseAt : next;
          });
      hidden.hide(hash.low());
      restored.remove(hash.low());
      StoreWriter.await(lanes.decide(hash, did, Takedowns::takenDown));
      LOG.info("did={} takedown=true actor={}", did, actor);
    } finally {
      deciding.unlock();
    }
    if (eraseNow) {
      wake();
    }
    return true;
  }

  /**
   * Lets an account back. For one that is not down nothing changes.
   *
   * @param actor who decided it, by the name of the key
   * @return false if there is no such account
   */
  public boolean reverse(Did did, String actor) {
    DidHash hash = store.didKey().hash(did);
    deciding.lock();
    try {
      AccountRecord account = StoreWriter.await(lanes.find(hash, did)).orElse(null);
      if (account == null) {
        return false;
      }
      if (account.localStatus() != LocalStatus.TAKENDOWN && !hidden.contains(hash.low())) {
        return true;
      }
      UnaryOperator<AccountRecord> restoring = restoring(decidedBefore(hash));
      AccountRecord after = restoring.apply(takenDown(account));
      reversals.incrementAndGet();
      decide(
          writing -> {
            writing.takedowns().lift(hash);
            String words = words(after);
            writing.audit(entry(clock.instant(), actor, "account.reverseTakedown", account, words));
          });
      restored.put(hash.low(), after.localStatus());
      StoreWriter.await(lanes.decide(hash, did, restoring));
      show(hash);
      LOG.info("did={} takedown=false actor={}", did, actor);
      return true;
    } finally {
      deciding.unlock();
    }
  }

  private LocalStatus decidedBefore(DidHash hash) {
    return StoreWriter.await(
        writer.submit(
            writing -> {
              Takedown takedown = writing.takedowns().find(hash);
              return takedown == null ? LocalStatus.ACTIVE : takedown.before();
            }));
  }

  private void show(DidHash hash) {
    erasing.lock();
    try {
      reversals.incrementAndGet(); // and for an erasure that began since it was decided
      hidden.showAfter(hash.low(), erasedUpTo.getOrDefault(hash.low(), 0L));
    } finally {
      erasing.unlock();
    }
  }

  /** A decision and its trace, as one. */
  private interface Decision {
    void write(RelayStore writing);
  }

  private void decide(Decision decision) {
    StoreWriter.await(
        writer.submit(
            writing ->
                writing.atomically(
                    () -> {
                      decision.write(writing);
                      return true;
                    })));
  }

  private static AuditEntry entry(
      Instant at, String actor, String action, AccountRecord before, String after) {
    return new AuditEntry(at, actor, action, before.did().toString(), words(before), after);
  }

  private static String words(AccountRecord account) {
    String status = account.effectiveStatus().wire();
    return status == null ? "active" : status;
  }

  /** The accounts that are taken down, in order, at most {@code limit}. Reads a disk. */
  public List<Entry> list(long afterPosition, int limit) {
    return store.takedowns().list(afterPosition, limit).stream()
        .map(takedown -> new Entry(takedown.id(), takedown.did()))
        .toList();
  }

  /** A row of the store, which follows the log, with what was decided since. */
  AccountRecord view(AccountRecord row) {
    long hash = row.hash().low();
    boolean shown = row.localStatus() == LocalStatus.TAKENDOWN;
    if (hidden.contains(hash) && !restored.containsKey(hash)) {
      return shown ? row : takenDown(row);
    }
    LocalStatus local = shown ? restored.get(hash) : null;
    return local == null ? row : row.withLocalStatus(local);
  }

  /** The body of the thread that erases: runs until {@link #stop}. */
  void run() throws InterruptedException {
    long wait = POLL_NANOS;
    while (pause(wait)) {
      try {
        wait = step();
      } catch (IOException e) {
        LOG.error("content of accounts that were taken down is not erased yet: {}", e.toString());
        wait = RETRY_NANOS;
      }
    }
  }

  /** Erases what is due; returns how long to wait then. */
  private long step() throws IOException {
    Instant next = nextErasure;
    Instant now = clock.instant();
    if (next == null || now.isBefore(next)) {
      return POLL_NANOS;
    }
    Order order = new Order(reversals.get());
    TakedownStore.Due due = submit(writing -> writing.takedowns().beginErasure(now));
    if (due == null) {
      return POLL_NANOS;
    }
    due.takedowns().forEach(order::add);
    LogEraser.Outcome outcome =
        due.takedowns().isEmpty() ? LogEraser.Outcome.DONE : eraser.run(order, due.upToSeq());
    return switch (outcome) {
      case DONE -> {
        submit(
            writing -> {
              writing.takedowns().erased(due.takedowns());
              nextErasure = writing.takedowns().nextErasure(); // no decision comes between
              return true;
            });
        yield POLL_NANOS;
      }
      case NOT_YET, CALLED_OFF -> SOON_NANOS;
    };
  }

  /** Has something done by the thread that writes; null if it takes nothing any more. */
  private <T> @Nullable T submit(java.util.function.Function<RelayStore, T> task) {
    CompletableFuture<T> done = writer.submit(task);
    try {
      return StoreWriter.await(done);
    } catch (IllegalStateException e) {
      LOG.info("an erasure waits for another time: {}", e.getMessage());
      return null;
    }
  }

  /** What a run of the eraser is to do. */
  private final class Order implements LogEraser.Order {
    private final long begun;
    private final Set<Long> hashes = new HashSet<>();

    Order(long begun) {
      this.begun = begun;
    }

    void add(Takedown takedown) {
      hashes.add(store.didKey().hash(takedown.did()).low());
    }

    @Override
    public boolean covers(long didHash) {
      return hashes.contains(didHash);
    }

    @Override
    public boolean isCalledOff() {
      return stopping || reversals.get() != begun;
    }

    @Override
    public boolean carryOut(long upToSeq, LogEraser.Step step) throws IOException {
      erasing.lock();
      try {
        if (isCalledOff()) {
          return false;
        }
        step.take();
        hashes.forEach(hash -> erasedUpTo.put(hash, upToSeq));
        return true;
      } finally {
        erasing.unlock();
      }
    }
  }

  /** Waits; false if it is time to end. */
  private boolean pause(long nanos) throws InterruptedException {
    waiting.lock();
    try {
      long left = nanos;
      while (!woken && !stopping && left > 0) {
        left = change.awaitNanos(left);
      }
      woken = false;
      return !stopping;
    } finally {
      waiting.unlock();
    }
  }

  private void wake() {
    waiting.lock();
    try {
      woken = true;
      change.signalAll();
    } finally {
      waiting.unlock();
    }
  }

  /** Lets {@link #run} end. */
  void stop() {
    stopping = true;
    wake();
  }
}
