// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.identity.IdentityStore.Stored;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity directory: remembers, and asks the network as seldom and as gently as it can.
 *
 * <p><b>Memory.</b> A bounded number of DIDs, by default {@value #DEFAULT_ENTRIES}. An identity
 * takes 325 bytes in all, measured with did:plc and handles of twenty characters: 88 of them are
 * the DID, 150 the identity, the rest the cache. {@link Lifetimes} says for how long what is
 * believed.
 *
 * <p><b>Asking.</b> Any number of lookups of one DID at a time are one request (ID-54), and each
 * caller's wait is bounded. {@link RequestLimits} bound the requests to each directory; beyond its
 * queue, lookups are refused at once. A directory that fails, or wants to be left alone, is not
 * asked until a trial has found it back ({@link #directoryAvailable}); meanwhile what is known is
 * told, however old ({@link Lifetimes#onError}). Of several directories the next is asked when one
 * fails, is down or has a full queue; that a DID does not exist is believed only of the first.
 *
 * <p><b>Never.</b> A failure is never kept as an answer (ID-04), and a result that was overtaken by
 * {@link #markStale} never as a fresh one.
 *
 * <p>Threads may share one. {@link #close} ends the requests and threads that it owns; lookups that
 * are not in memory are then {@code Unavailable} with the reason {@code CLOSED}.
 */
public final class CachingDirectory implements IdentityDirectory, AutoCloseable {
  /** How many DIDs are remembered, if nothing else is said. */
  public static final int DEFAULT_ENTRIES = 250_000;

  private static final Logger LOG = LoggerFactory.getLogger(CachingDirectory.class);
  private static final Duration RETRY_SOON = Duration.ofSeconds(1);

  private final Wiring wiring;
  private final Counters counters;
  private final List<Upstream> plc;
  private final List<Upstream> web;
  private final IdentityMemory memory;
  private final DidLimiter refreshes;
  private final DidLimiter rechecks;
  private final ConcurrentMap<Did, Flight> flights = new ConcurrentHashMap<>();
  private final int maxWaiters;
  private final WaitLimit waitLimit;
  private final @Nullable StoreQueue store;
  private final List<AutoCloseable> owned;
  private volatile boolean closed;

  private CachingDirectory(Builder builder) {
    this.owned = new ArrayList<>(builder.owned);
    this.counters = new Counters();
    this.wiring =
        new Wiring(
            builder.executor == null ? own(RequestThreads.open()) : builder.executor,
            builder.timer == null ? openTimer() : builder.timer,
            builder.clock,
            builder.nanoClock,
            builder.random,
            counters);
    this.store =
        builder.store == null || builder.storeExecutor == null
            ? null
            : new StoreQueue(builder.store, builder.storeExecutor, counters);
    this.memory = new IdentityMemory(builder.maxEntries, builder.lifetimes, wiring, store);
    this.refreshes = new DidLimiter(builder.lifetimes.refreshInterval(), builder.nanoClock);
    this.rechecks = new DidLimiter(builder.lifetimes.recheckInterval(), builder.nanoClock);
    this.maxWaiters = builder.maxWaiters;
    this.waitLimit = new WaitLimit(builder.lookupTimeout.toNanos(), wiring, this::sendAway);
    this.plc =
        builder.plc.stream()
            .map(
                resolver ->
                    Upstream.ofDirectory(resolver, builder.plcLimits, wiring, memory::recovered))
            .toList();
    this.web = List.of(Upstream.ofHosts(builder.web, builder.webLimits, wiring));
  }

  private ExecutorService own(ExecutorService executor) {
    owned.add(executor::shutdownNow);
    return executor;
  }

  private Timer openTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("identity-timer").factory());
    own(timer);
    return (delayNanos, task) -> {
      try {
        Future<?> unused = timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closing) {
        // What waits was told that this is closed.
      }
    };
  }

  /** A directory of the public network with all defaults, for an application. */
  public static CachingDirectory open() {
    HttpFetcher http = HttpFetcher.open();
    Builder builder = builder(http);
    builder.owned.add(http);
    return builder.build();
  }

  /** A directory over the public PLC directory and did:web. */
  public static Builder builder(HttpFetcher http) {
    return builder(List.of(PlcResolver.of(http)), WebDidResolver.of(http));
  }

  /**
   * A directory over some resolvers.
   *
   * @param plc for did:plc, the preferred first
   * @param web for did:web
   */
  public static Builder builder(List<? extends DidResolver> plc, DidResolver web) {
    return new Builder(plc, web);
  }

  @Override
  public IdentityLookup lookup(Did did) {
    IdentityLookup told = cached(did);
    return told == null ? Waiting.await(join(did, false)) : told;
  }

  @Override
  public @Nullable IdentityLookup cached(Did did) {
    IdentityLookup told = tell(did);
    if (told != null) {
      counters.hits.increment();
    }
    return told;
  }

  @Override
  public CompletableFuture<IdentityLookup> lookupAsync(Did did) {
    IdentityLookup told = cached(did);
    return told == null ? join(did, false) : CompletableFuture.completedFuture(told);
  }

  @Override
  public CompletableFuture<IdentityLookup> refreshAsync(Did did) {
    IdentityLookup refusal = refusal(did);
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    if (!refreshes.tryAcquire(did)) {
      counters.refreshesLimited.increment();
      return lookupAsync(did);
    }
    return join(did, true);
  }

  @Override
  public void markStale(Did did) {
    // The flight first: one that lands between the two steps is marked by the second.
    Flight flight = flights.get(did);
    if (flight != null) {
      flight.overtake();
    }
    memory.mark(did);
  }

  /**
   * Forgets a DID, here and in the store (ID-52). Unlike after {@link #markStale}, what was known
   * is not told any more where asking fails. An answer that is under way is for those who wait for
   * it, and not remembered as a fresh one.
   */
  public void purge(Did did) {
    Flight flight = flights.get(did);
    if (flight != null) {
      flight.overtake();
      flight.know(null);
    }
    memory.forget(did);
  }

  /**
   * Drops a DID from memory, and not from the store: whoever asks next is told what the store has.
   * For somebody who has learned of a change and written it there, such as a reader of {@link
   * PlcExport}. An answer that is under way is not remembered as a fresh one.
   */
  public void reload(Did did) {
    Flight flight = flights.get(did);
    if (flight != null) {
      flight.overtake();
    }
    memory.drop(did);
  }

  /**
   * Whether a PLC directory is asked, or all have failed. While none is, lookups of what is not
   * known are refused; whoever can wait should.
   */
  public boolean directoryAvailable() {
    return anyAdmits(plc);
  }

  /** What was done so far. */
  public DirectoryCounters counters() {
    int queued = web.get(0).gate().queued();
    for (Upstream directory : plc) {
      queued += directory.gate().queued();
    }
    return counters.snapshot(memory.size(), plc, queued);
  }

  /** What can be said without waiting, or null. Has what is old asked for behind the caller. */
  private @Nullable IdentityLookup tell(Did did) {
    Entry entry = memory.find(did);
    if (entry == null) {
      return refusal(did);
    }
    if (memory.isCurrent(entry)) {
      return entry.told();
    }
    if (memory.isYoung(entry)) {
      if (anyAdmits(upstreams(did))) {
        revalidate(did);
      }
      return entry.known();
    }
    Identity identity = entry.identity();
    boolean tooEarly = entry.isMarked() && rechecks.isLimited(did);
    if (identity == null) {
      return tooEarly ? entry.known() : null;
    }
    if ((tooEarly || !anyAdmits(upstreams(did))) && memory.isUsableOnError(identity)) {
      counters.staleServed.increment();
      return entry.known();
    }
    return null;
  }

  private @Nullable IdentityLookup refusal(Did did) {
    List<Upstream> upstreams = upstreams(did);
    if (upstreams.isEmpty()) {
      return Refusals.UNSUPPORTED_METHOD;
    }
    DidResolution.Unresolvable refusal = upstreams.get(0).refusal(did);
    return refusal == null ? null : Refusals.of(refusal.cause());
  }

  private List<Upstream> upstreams(Did did) {
    String text = did.toString();
    if (text.startsWith("did:plc:")) {
      return plc;
    }
    return text.startsWith("did:web:") ? web : List.of();
  }

  private static boolean anyAdmits(List<Upstream> upstreams) {
    for (Upstream upstream : upstreams) {
      if (upstream.admits()) {
        return true;
      }
    }
    return false;
  }

  private void revalidate(Did did) {
    Flight flight = new Flight(false);
    if (!closed && !flights.containsKey(did) && flights.putIfAbsent(did, flight) == null) {
      start(did, flight);
    }
  }

  private CompletableFuture<IdentityLookup> join(Did did, boolean forced) {
    counters.misses.increment();
    while (!closed) {
      Flight mine = new Flight(forced);
      Flight other = flights.putIfAbsent(did, mine);
      Flight flight = other == null ? mine : other;
      if (other != null && forced) {
        other.force();
      }
      CompletableFuture<IdentityLookup> answer =
          flight.join(maxWaiters, this::refusedWaiter, group -> waitLimit.begin(flight, group));
      if (other == null) {
        start(did, mine);
        if (closed) { // meanwhile, by somebody who did not see this one
          land(did, mine, unavailable(Reason.CLOSED, 0));
        }
      }
      if (answer != null) {
        if (other != null) {
          counters.coalesced.increment();
        }
        return answer;
      }
      // It landed in the meantime, so its result is in memory.
      flights.remove(did, flight);
      IdentityLookup told = forced ? null : tell(did);
      if (told != null) {
        return CompletableFuture.completedFuture(told);
      }
    }
    return CompletableFuture.completedFuture(unavailable(Reason.CLOSED, 0));
  }

  private IdentityLookup refusedWaiter() {
    counters.failed(Reason.TOO_MANY_REQUESTS);
    return unavailable(Reason.TOO_MANY_REQUESTS, RETRY_SOON.toNanos());
  }

  private void sendAway(Flight flight, CompletableFuture<IdentityLookup> group) {
    counters.waitersTimedOut.increment();
    flight.sendAway(group, fallback(flight, Reason.TIMEOUT, RETRY_SOON.toNanos()));
  }

  private void start(Did did, Flight flight) {
    // Another flight may have landed after the caller looked and before this one began.
    if (flight.landWith(() -> flight.isForced() ? null : current(did))) {
      flights.remove(did, flight);
      return;
    }
    Entry entry = memory.find(did);
    if (entry != null && entry.isMarked() && !flight.isForced()) {
      rechecks.use(did);
    }
    if (entry != null && entry.known() instanceof Found found) {
      flight.know(found);
    }
    // What is old in memory may be newer in a store that somebody else keeps up to date.
    boolean grownOld =
        entry != null && entry.identity() != null && !entry.isMarked() && !flight.isForced();
    if (store == null || (entry != null && entry.known() != null && !grownOld)) {
      ask(did, flight);
    } else {
      store.load(did, stored -> loaded(did, flight, stored, grownOld));
    }
  }

  private @Nullable IdentityLookup current(Did did) {
    Entry entry = memory.find(did);
    return entry != null && memory.isCurrent(entry) ? entry.told() : null;
  }

  private void loaded(Did did, Flight flight, @Nullable Stored stored, boolean grownOld) {
    if (stored != null) {
      memory.rememberStored(stored, flight);
      if (flight.landWith(() -> told(did, flight, grownOld))) {
        counters.loaded.increment();
        flights.remove(did, flight);
        return;
      }
    }
    ask(did, flight);
  }

  private @Nullable IdentityLookup told(Did did, Flight flight, boolean grownOld) {
    if (flight.isForced()) {
      return null;
    }
    return grownOld ? current(did) : young(did);
  }

  /** What may be told without asking first, though somebody may have to be asked behind it. */
  private @Nullable IdentityLookup young(Did did) {
    Entry entry = memory.find(did);
    return entry != null && memory.isYoung(entry) ? entry.known() : null;
  }

  private void ask(Did did, Flight flight) {
    Inquiry.Asker asker =
        new Inquiry.Asker() {
          @Override
          public void asking() {
            flight.send();
          }

          @Override
          public void answered(DidResolution resolution, long askedAtMillis) {
            settle(did, flight, resolution, askedAtMillis);
          }

          @Override
          public void refused(Reason reason, long retryNanos) {
            land(did, flight, fallback(flight, reason, retryNanos));
          }

          @Override
          public void crashed(Throwable fault) {
            LOG.error("resolver failed", fault);
            flights.remove(did, flight);
            flight.crash(fault);
          }
        };
    new Inquiry(did, upstreams(did), wiring, asker).begin();
  }

  private void settle(Did did, Flight flight, DidResolution resolution, long askedAtMillis) {
    Instant askedAt = Instant.ofEpochMilli(askedAtMillis);
    IdentityLookup answer =
        switch (resolution) {
          case DidResolution.Resolved resolved ->
              memory.remember(resolved.document(), askedAtMillis, flight);
          case DidResolution.NotFound none ->
              memory.rememberAbsence(did, new IdentityLookup.NotFound(did, askedAt), flight);
          case DidResolution.Tombstoned none ->
              memory.rememberAbsence(did, new IdentityLookup.Tombstoned(did, askedAt), flight);
          case DidResolution.Unresolvable never -> Refusals.of(never.cause());
          case DidResolution.Failed failed -> memory.rememberTrouble(did, failed, flight);
        };
    boolean failed = resolution instanceof DidResolution.Failed;
    if (failed && answer instanceof Found) {
      counters.staleServed.increment();
    }
    if (flight.landOrGoOn(answer, () -> !failed && !closed && rechecks.tryAcquire(did))) {
      if (answer instanceof Found found) {
        flight.know(found);
      }
      ask(did, flight);
    } else {
      flights.remove(did, flight);
    }
  }

  /** What is known, if it may still be told; else the trouble. */
  private IdentityLookup fallback(Flight flight, Reason reason, long retryNanos) {
    Found known = flight.known();
    if (known == null || !memory.isUsableOnError(known.identity())) {
      return unavailable(reason, retryNanos);
    }
    counters.staleServed.increment();
    return known;
  }

  private Unavailable unavailable(Reason reason, long retryNanos) {
    return new Unavailable(reason, wiring.clock().instant().plusNanos(retryNanos));
  }

  private void land(Did did, Flight flight, IdentityLookup answer) {
    // Memory has it by now, so that whoever finds no flight finds that.
    flights.remove(did, flight);
    flight.land(answer);
  }

  @Override
  public void close() {
    closed = true;
    flights.forEach((did, flight) -> land(did, flight, unavailable(Reason.CLOSED, 0)));
    plc.forEach(Upstream::close);
    web.forEach(Upstream::close);
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("close failed", e);
      }
    }
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private final List<DidResolver> plc;
    private final DidResolver web;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private int maxEntries = DEFAULT_ENTRIES;
    private Lifetimes lifetimes = Lifetimes.defaults();
    private RequestLimits plcLimits = RequestLimits.ofPlc();
    private RequestLimits webLimits = RequestLimits.ofWeb();
    private Duration lookupTimeout = Duration.ofSeconds(15);
    private int maxWaiters = 4_096;
    private @Nullable IdentityStore store;
    private @Nullable Executor storeExecutor;
    private @Nullable Executor executor;
    private @Nullable Timer timer;
    private InstantSource clock = InstantSource.system();
    private LongSupplier nanoClock = Ticker.systemTicker()::read;
    private RandomGenerator random = new Random(); // thread-safe, as few generators are

    private Builder(List<? extends DidResolver> plc, DidResolver web) {
      if (plc.isEmpty()) {
        throw new IllegalArgumentException("no PLC directory");
      }
      this.plc = List.copyOf(plc);
      this.web = web;
    }

    /** How many DIDs to remember. */
    public Builder maxEntries(int entries) {
      this.maxEntries = entries;
      return this;
    }

    /** For how long to believe what. */
    public Builder lifetimes(Lifetimes lifetimes) {
      this.lifetimes = lifetimes;
      return this;
    }

    /** How much to ask each PLC directory. */
    public Builder plcLimits(RequestLimits limits) {
      this.plcLimits = limits;
      return this;
    }

    /** How much to ask all hosts of did:web together. */
    public Builder webLimits(RequestLimits limits) {
      this.webLimits = limits;
      return this;
    }

    /** The longest time that a caller waits, queue and requests included; 15 seconds. */
    public Builder lookupTimeout(Duration timeout) {
      this.lookupTimeout = timeout;
      return this;
    }

    /** How many callers may wait for one DID; 4,096. */
    public Builder maxWaiters(int waiters) {
      this.maxWaiters = waiters;
      return this;
    }

    /**
     * A second level behind memory.
     *
     * @param executor runs its calls, which may block; not in the thread that hands one over
     */
    public Builder store(IdentityStore store, Executor executor) {
      this.store = store;
      this.storeExecutor = executor;
      return this;
    }

    /**
     * Runs the requests, which block; a thread for each that the limits let through. It must not
     * run a task in the thread that hands it over. Without a word, threads of this directory's own,
     * which are virtual from Java 24 on.
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /** How to wait. Without a word, a thread of this directory's own. */
    public Builder timer(Timer timer) {
      this.timer = timer;
      return this;
    }

    /**
     * What time it is.
     *
     * @param clock for ages, which outlive the process
     * @param nanoClock for rates and pauses; never goes back
     */
    public Builder clock(InstantSource clock, LongSupplier nanoClock) {
      this.clock = clock;
      this.nanoClock = nanoClock;
      return this;
    }

    /** Chance, for spreading retries; used by several threads. */
    public Builder random(RandomGenerator random) {
      this.random = random;
      return this;
    }

    /** The directory. */
    public CachingDirectory build() {
      return new CachingDirectory(this);
    }
  }
}
