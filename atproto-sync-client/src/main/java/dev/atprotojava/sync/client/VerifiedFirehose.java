// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.FirehoseClient.OnBadMessage;
import dev.atprotojava.sync.client.FirehoseClient.OnFutureCursor;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a host and hands over what is true: records that were created, updated and deleted, each
 * signed for by its account, and changes of status and identity.
 *
 * <pre>{@code
 * try (VerifiedFirehose firehose = VerifiedFirehose.open("bsky.network", store)) {
 *   while (true) {
 *     Delivery delivery = firehose.next();
 *     switch (delivery.event()) {
 *       case Created created -> posts.put(created.did(), created.path(), created.record());
 *       ...
 *     }
 *     delivery.ack();
 *   }
 * }
 * }</pre>
 *
 * <p><b>What is promised.</b> Of each account: the records that were handed over, one change after
 * the other, are those of its repository, at the revision of the last change. Events of one account
 * come in order (SC-65). Every commit is verified, also where none of its records is wanted
 * (SC-66); what does not verify is dropped, and {@link FirehoseObserver} hears of it. Where
 * something was missed the repository is fetched, verified as a whole, and the differences are
 * handed over, deletions included (SC-70 to SC-73), while what comes of the account meanwhile
 * waits. What was missed shows in the account's next event; where the server says itself that the
 * stream has a gap, the accounts that were named ({@link Builder#accounts(Set)}) are fetched at
 * once, the others at their next event (SC-46).
 *
 * <p><b>At least once.</b> An event that was not acknowledged ({@link Delivery#ack}) comes again
 * after a restart with the same {@link RepoStateStore}; so may some that were. The cursor that is
 * stored covers only what is acknowledged. An account is fetched only when what was handed over of
 * it before is acknowledged, and reading stops while 100,000 events wait behind one that is not:
 * whoever acknowledges in batches does so at the latest when {@link #poll} returns null.
 *
 * <p><b>Memory.</b> Bounded: {@code bufferBytes} (16 MiB) of events that nobody has taken, as much
 * of messages that are not verified yet, 64 MiB that wait for resyncs (4 MiB of one account), up to
 * 35 MiB for each of the 4 resyncs at a time ({@link Builder#repoMemory}), 200 bytes for each of at
 * most 100,000 deliveries that are not acknowledged, as much for each of 100,000 events and changes
 * that wait behind them, and 300 bytes for each of at most 20,000 accounts that wait to be fetched.
 * Repositories pass through files in a temporary directory. A caller who is slow slows the socket
 * down, and so the server.
 *
 * <p><b>Threads.</b> All virtual: one reads the socket, 16 verify and wait for identities, one
 * plans resyncs, up to 4 fetch, and up to 4 ask after accounts that commit though they are not
 * active; where more do, they are asked after at their next event. {@link #next}, {@link #poll} and
 * acknowledgements may be called by any thread. {@link #close} ends them all, and each wait in here
 * ends by itself or by it.
 */
public final class VerifiedFirehose implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VerifiedFirehose.class);
  private static final long FOREVER = Long.MAX_VALUE;
  private static final int STORE_PAGE = 1000;
  private static final String OUTDATED_CURSOR = "OutdatedCursor";
  static final int DEFAULT_REPO_BLOCKS = 1 << 19;
  private static final int QUESTIONS = 4;
  private static final int MAX_PENDING = 100_000;
  private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(30);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private final FirehoseClient client;
  private final String streamName;
  private final Cursor first;
  private final RepoStateStore store;
  private final IdentityDirectory directory;
  private final RepoServers servers;
  private final Predicate<Did> accounts;
  private final Set<Did> wanted;
  private final boolean backfill;
  private final DeliveryLedger ledger;
  private final ByteBudget events;
  private final List<Lane> lanes = new ArrayList<>();
  private final ResyncScheduler scheduler;
  private final Semaphore questions = new Semaphore(QUESTIONS);
  private final GapMarking marking;
  private final RepoFetch fetch;
  private final NanoClock clock;
  private final InstantSource wallClock;
  private final Deque<AutoCloseable> owned;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private VerifiedFirehose(Builder builder) {
    try {
      TemporaryFile.open(builder.temporary, ".test").close(); // better now than at each resync
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    URI stream = builder.stream;
    this.streamName = stream.toString();
    this.first = builder.first;
    this.store = builder.store;
    this.owned = new ArrayDeque<>(builder.owned);
    this.directory = builder.directory == null ? openDirectory(builder.policy) : builder.directory;
    this.servers =
        builder.servers == null
            ? RepoServers.of(
                SyncClient.builder()
                    .policy(builder.policy)
                    .userAgent(builder.userAgent)
                    .retries(RequestRetries.none())
                    .maxRepoBytes(builder.maxRepoBytes)
                    .build(stream))
            : builder.servers;
    this.client = builder.client();
    this.clock = builder.clock;
    this.wallClock = builder.wallClock;
    this.accounts = builder.accounts;
    this.wanted = builder.wanted;
    this.marking = new GapMarking(wanted, did -> lane(did).post(new Lane.Message.Missed(did)));
    this.backfill = builder.backfills();
    this.ledger =
        new DeliveryLedger(
            store,
            streamName,
            builder.clock,
            new DeliveryLedger.Limits(
                builder.bufferBytes, builder.maxUnacknowledged, MAX_PENDING, ACKNOWLEDGE_WITHIN));
    this.events = new ByteBudget(builder.bufferBytes);
    this.scheduler =
        new ResyncScheduler(builder.clock, builder.resyncs, builder.maxWaitingAccounts);
    URI upstream = URI.create(streamName.replaceFirst("^ws", "http"));
    this.fetch =
        new RepoFetch(
            directory,
            servers,
            upstream,
            new HostLimits(builder.resyncsPerHost, builder.clock),
            ledger,
            store,
            builder.collections,
            RepoReaderOptions.DEFAULT.withLimits(builder.repoBytes, builder.repoBlocks),
            builder.temporary,
            builder.wallClock,
            builder.random);
    ByteBudget queues = new ByteBudget(builder.queueBytes);
    Lane.Settings settings =
        new Lane.Settings(
            builder.collections,
            builder.backfills(),
            builder.accountQueueBytes,
            builder.resyncWaits);
    for (int i = 0; i < builder.lanes; i++) {
      EventJudge judge =
          new EventJudge(
              directory,
              builder.ofPds ? stream.getRawAuthority() : null,
              builder.wallClock,
              builder.random);
      lanes.add(
          new Lane(
              ledger,
              store,
              directory,
              judge,
              settings,
              new ForLanes(),
              events,
              queues,
              builder.observer,
              builder.clock,
              builder.random));
    }
  }

  private IdentityDirectory openDirectory(AddressPolicy policy) {
    HttpFetcher http = HttpFetcher.builder().policy(policy).build();
    CachingDirectory opened = CachingDirectory.builder(http).build();
    owned.push(http);
    owned.push(opened);
    return opened;
  }

  /**
   * Follows a public relay with all defaults: all accounts, each from its first event on, beginning
   * now or where the store says.
   *
   * @param store closed by whoever opened it
   */
  public static VerifiedFirehose open(String hostname, RepoStateStore store) {
    return builder(URI.create("wss://" + hostname), store).open();
  }

  /**
   * One to be configured.
   *
   * @param server {@code wss://host}, or {@code ws://host:port} where the policy allows that
   * @param store closed by whoever opened it
   */
  public static Builder builder(URI server, RepoStateStore store) {
    return new Builder(server, store);
  }

  /** Makes accounts known of which the store knows nothing, so that they are fetched. */
  private void want() {
    List<RepoStateStore.Change> unknown = new ArrayList<>();
    boolean done = false;
    try {
      for (Did did : wanted) {
        if (store.find(did) == null) {
          unknown.add(
              new RepoStateStore.Change(
                  did, AccountChain.unknown(), RepoStateStore.All.KEEP, List.of()));
        }
      }
      if (!unknown.isEmpty()) {
        store.commit(unknown, streamName, OptionalLong.empty());
      }
      done = true;
    } finally {
      if (!done) {
        servers.close();
        release();
      }
    }
  }

  private void start() {
    run("firehose-stream", this::follow);
    run("firehose-resyncs", () -> scheduler.run(new ForScheduler()));
    for (int i = 0; i < lanes.size(); i++) {
      run("firehose-lane-" + i, lanes.get(i)::run);
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void run(String name, Work work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } catch (InterruptedException e) {
                    LOG.debug("thread={} ends", name);
                  } catch (Throwable e) { // also an Error: somebody waits for what comes of this
                    ledger.fail(e);
                    LOG.warn("thread={} failed", name, e);
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    thread.start();
    if (closed) {
      thread.interrupt();
    }
  }

  private void follow() throws InterruptedException {
    OptionalLong stored = store.cursor(streamName);
    boolean begins = stored.isEmpty();
    Cursor from = begins ? first : new Cursor.After(stored.getAsLong());
    try (FirehoseStream stream = client.follow(from)) {
      while (!closed) {
        switch (stream.next()) {
          case RepoEvent.Sequenced event -> {
            if (begins) {
              ledger.begins(event.seq());
              begins = false;
            }
            onEvent(event);
          }
          case RepoEvent.InfoEvent info -> {
            if (info.name().equals(OUTDATED_CURSOR) && backfill) {
              marking.begin();
            }
          }
        }
      }
    }
  }

  private void onEvent(RepoEvent.Sequenced event) throws InterruptedException {
    if (accounts.test(event.did())) {
      DeliveryLedger.Slot slot = ledger.receive(event.seq());
      events.take(Lane.bytes(event));
      lane(event.did()).post(new Lane.Message.Event(slot, event));
    } else {
      ledger.skip(event.seq());
    }
  }

  private Lane lane(Did did) {
    return lanes.get(Math.floorMod(did.hashCode(), lanes.size()));
  }

  private final class ForLanes implements Lane.Surroundings {
    @Override
    public void fetch(RepoFetch.Task task) {
      run(
          "firehose-resync",
          () -> {
            try {
              ResyncOutcome outcome = fetch.run(task);
              lane(task.did()).post(new Lane.Message.Ended(task.did(), task.fetch(), outcome));
            } finally {
              scheduler.ended();
            }
          });
    }

    @Override
    public void decline() {
      scheduler.ended();
    }

    @Override
    public boolean schedule(Did did, String host, Duration wait) {
      return scheduler.schedule(did, host, wait);
    }

    @Override
    public boolean askStatus(Did did) {
      if (!questions.tryAcquire()) {
        return false;
      }
      run(
          "firehose-status",
          () -> {
            try {
              ask(did);
            } finally {
              questions.release();
            }
          });
      return true;
    }

    @Override
    public void arrived() {
      scheduler.arrived();
    }

    @Override
    public void marked() {
      marking.ended();
    }
  }

  /**
   * Asks the server that is the account's now. Where that cannot be found out, the one that is
   * remembered may say that the account is active, of which no harm comes, and nothing else
   * (SC-83).
   */
  private void ask(Did did) {
    Instant asked = wallClock.instant();
    IdentityLookup lookup = directory.lookup(did);
    if (!lookup.isAsOf(asked)) {
      IdentityLookup now = directory.refresh(did);
      lookup = now instanceof IdentityLookup.Unavailable ? lookup : now;
    }
    if (lookup instanceof IdentityLookup.Found(Identity identity)) {
      PdsEndpoint pds = identity.pds();
      if (pds != null) {
        try {
          AccountStatus status = servers.getRepoStatus(URI.create(pds.toString()), did);
          if (status.isActive() || lookup.isAsOf(asked)) {
            lane(did).post(new Lane.Message.Status(did, status));
          }
        } catch (IOException | RuntimeException e) {
          LOG.debug("did={} status unknown: {}", did, e.toString()); // SC-84: unchanged
        }
      }
    }
  }

  private final class ForScheduler implements ResyncScheduler.Listener {
    private @Nullable Did after;

    @Override
    public void begin(Did did) {
      lane(did).post(new Lane.Message.Begin(did));
    }

    @Override
    public void lookForMore() {
      int limit = Math.max(1, Math.min(STORE_PAGE, scheduler.room()));
      List<Did> found = store.desynchronized(after, limit, backfill);
      after = found.size() < limit ? null : found.getLast();
      if (after != null) {
        scheduler.moreWaits();
      }
      List<Did> wanted = found.stream().filter(accounts).toList();
      scheduler.come(wanted.size());
      for (Did did : wanted) {
        lane(did).post(new Lane.Message.Wanted(did));
      }
    }
  }

  /**
   * The next event; waits for it. What ended one of the threads is thrown here, an {@link Error}
   * too, when all events before it were taken.
   *
   * @throws FirehoseException if the stream cannot go on without a decision
   * @throws RepoStoreException if the store fails
   * @throws IllegalStateException if for half a minute nothing could come, because too many were
   *     not acknowledged, or too much waited behind one that was not
   * @throws InterruptedException if the thread is interrupted or this is closed
   */
  public Delivery next() throws InterruptedException {
    while (true) {
      Delivery delivery = ledger.take(FOREVER);
      if (delivery != null) {
        return delivery;
      }
    }
  }

  /** The next event, or null if there is none within a time; throws as {@link #next}. */
  public @Nullable Delivery poll(Duration within) throws InterruptedException {
    return ledger.take(within.toNanos());
  }

  /**
   * Hands each event to a callback, and acknowledges it when the callback returns; until this
   * thread is interrupted or this is closed, or the callback throws. Throws as {@link #next}, and
   * as {@link Delivery#ack} where it is closed during a callback.
   */
  public void run(Consumer<VerifiedEvent> callback) throws InterruptedException {
    while (true) {
      Delivery delivery = next();
      callback.accept(delivery.event());
      delivery.ack();
    }
  }

  /** Who the accounts are, as this firehose knows it: ask here for handles. */
  public IdentityDirectory identities() {
    return directory;
  }

  /**
   * Stores how far everything is acknowledged, ends all threads, and waits for them for at most 10
   * seconds.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      ledger.close();
    } finally {
      servers.close();
      for (Thread thread : threads) {
        thread.interrupt();
      }
      try {
        long end = clock.nanos() + CLOSE_WITHIN.toNanos();
        for (Thread thread : List.copyOf(threads)) {
          thread.join(Math.max(1, (end - clock.nanos()) / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      release();
    }
  }

  private void release() {
    for (AutoCloseable each : owned) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.warn("cannot be closed", e);
      }
    }
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private final URI stream;
    private final RepoStateStore store;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private Cursor first = new Cursor.Live();
    private AddressPolicy policy = AddressPolicy.publicOnly();
    private @Nullable IdentityDirectory directory;
    private @Nullable RepoServers servers;
    private @Nullable FrameTransport transport;
    private Predicate<Did> accounts = did -> true;
    private Set<Did> wanted = Set.of();
    private Predicate<Nsid> collections = collection -> true;
    private @Nullable Boolean backfill;
    private boolean ofPds;
    private String userAgent = "atproto-sync-client (Java)";
    private OnFutureCursor onFutureCursor = OnFutureCursor.HALT;
    private FirehoseObserver observer = FirehoseObserver.none();
    private ReconnectPolicy reconnect = ReconnectPolicy.defaults();
    private ReconnectPolicy resyncWaits =
        new ReconnectPolicy(Duration.ofMinutes(1), Duration.ofHours(1));
    private long bufferBytes = 16 << 20;
    private int maxUnacknowledged = 100_000;
    private long accountQueueBytes = 4 << 20;
    private long queueBytes = 64 << 20;
    private long maxRepoBytes = 1L << 30;
    private int repoBytes = 8 << 20;
    private int repoBlocks = DEFAULT_REPO_BLOCKS;
    private @Nullable Path temporary;
    private int resyncs = 4;
    private int resyncsPerHost = 2;
    private int maxWaitingAccounts = 20_000;
    private int lanes = 16;
    private NanoClock clock = NanoClock.system();
    private InstantSource wallClock = InstantSource.system();
    private RandomGenerator random = new SecureRandom();

    private Builder(URI server, RepoStateStore store) {
      this.stream = server;
      this.store = store;
    }

    /** Where to begin if the store knows nothing of the stream; {@link Cursor.Live} else. */
    public Builder from(Cursor cursor) {
      this.first = cursor;
      return this;
    }

    /** Where connections may go; without a word, {@link AddressPolicy#publicOnly}. */
    public Builder policy(AddressPolicy addressPolicy) {
      this.policy = addressPolicy;
      return this;
    }

    /** Who tells identities, and is closed by its owner; without a word, one of its own. */
    public Builder identities(IdentityDirectory identityDirectory) {
      this.directory = identityDirectory;
      return this;
    }

    /**
     * Which accounts; the others are passed over unseen. Called by the thread that reads, for each
     * event, and by the one that plans resyncs.
     */
    public Builder accounts(Predicate<Did> which) {
      this.wanted = Set.of();
      this.accounts = which;
      return this;
    }

    /**
     * Only these accounts. Those that the store does not know are fetched at once, however quiet
     * they are (SC-77), unless this is {@linkplain #withoutBackfill without the past}.
     */
    public Builder accounts(Set<Did> which) {
      this.wanted = Set.copyOf(which);
      this.accounts = wanted::contains;
      return this;
    }

    /**
     * Which collections are handed over; the others are verified all the same. Called by many
     * threads.
     */
    public Builder collections(Predicate<Nsid> which) {
      this.collections = which;
      return this;
    }

    /** Only these collections. */
    public Builder collections(Set<Nsid> which) {
      return collections(Set.copyOf(which)::contains);
    }

    /**
     * With the past: an account that was never seen is fetched when the stream first tells of it.
     * Without a word, only accounts that are named are ({@link #accounts(Set)}): of a relay this
     * would be the whole network.
     */
    public Builder withBackfill() {
      this.backfill = true;
      return this;
    }

    /**
     * Without the past, of whatever account: it begins with its first event. One whose chain breaks
     * later is fetched all the same, and what it had from the beginning comes with that.
     */
    public Builder withoutBackfill() {
      this.backfill = false;
      return this;
    }

    private boolean backfills() {
      return backfill == null ? !wanted.isEmpty() : backfill;
    }

    /** The server is a PDS, and may speak only of accounts that live there (SC-52). */
    public Builder ofPds() {
      this.ofPds = true;
      return this;
    }

    /** How this names itself to servers; please say how to reach you. */
    public Builder userAgent(String name) {
      this.userAgent = name;
      return this;
    }

    /** What to do when the server says that the cursor is in its future; else {@code HALT}. */
    public Builder onFutureCursor(OnFutureCursor answer) {
      this.onFutureCursor = answer;
      return this;
    }

    /** Who hears of what is dropped, missed and fetched. */
    public Builder observer(FirehoseObserver firehoseObserver) {
      this.observer = firehoseObserver;
      return this;
    }

    /** The waits before a stream is opened again. */
    public Builder reconnect(ReconnectPolicy waits) {
      this.reconnect = waits;
      return this;
    }

    /** The waits before an account is fetched again; the first time it is fetched at once. */
    public Builder resyncWaits(ReconnectPolicy waits) {
      this.resyncWaits = waits;
      return this;
    }

    /** How many bytes of events wait to be taken, and as many of messages to be verified. */
    public Builder bufferBytes(long bytes) {
      this.bufferBytes = atLeastOne(bytes);
      return this;
    }

    /** How many deliveries may wait to be acknowledged, or to be taken. */
    public Builder maxUnacknowledged(int deliveries) {
      this.maxUnacknowledged = (int) atLeastOne(deliveries);
      return this;
    }

    /** How many bytes of messages wait during resyncs, of one account and of all together. */
    public Builder queueBytes(long ofOneAccount, long ofAll) {
      this.accountQueueBytes = atLeastOne(ofOneAccount);
      this.queueBytes = atLeastOne(ofAll);
      return this;
    }

    /** How many repositories are fetched at a time, and how many of them from one host. */
    public Builder resyncs(int atATime, int perHost) {
      this.resyncs = (int) atLeastOne(atATime);
      this.resyncsPerHost = (int) atLeastOne(perHost);
      return this;
    }

    /** The most bytes of a repository. */
    public Builder maxRepoBytes(long bytes) {
      this.maxRepoBytes = atLeastOne(bytes);
      return this;
    }

    /**
     * How much of a repository is in memory at a time: so many bytes of its blocks, 4096 or more,
     * and an index of so many blocks, at 43 bytes. A block is in the index if it comes before its
     * turn, and most servers send them in an order of their own: a repository of more blocks than
     * this is then refused at each resync, with {@code TOO_MANY_BLOCKS}. Without a word it is 8 MiB
     * and 524,288 blocks, which is enough for some 400,000 records in any order.
     */
    public Builder repoMemory(int bytes, int blocks) {
      this.repoBytes = (int) atLeastOne(bytes);
      this.repoBlocks = (int) atLeastOne(blocks);
      return this;
    }

    /**
     * The directory for repositories that are fetched, which must exist; else that of the system.
     * The files in it are gone with the process, and have no name while it runs, if the platform
     * can do that. There must be room for {@code maxRepoBytes}, twice for each resync at a time.
     */
    public Builder temporaryFiles(Path directory) {
      this.temporary = directory;
      return this;
    }

    private static long atLeastOne(long value) {
      if (value < 1) {
        throw new IllegalArgumentException(value + ", must be 1 or more");
      }
      return value;
    }

    Builder transport(FrameTransport frames) {
      this.transport = frames;
      return this;
    }

    Builder servers(RepoServers repoServers) {
      this.servers = repoServers;
      return this;
    }

    Builder wallClock(InstantSource source) {
      this.wallClock = source;
      return this;
    }

    Builder random(RandomGenerator source) {
      this.random = source;
      return this;
    }

    Builder maxWaitingAccounts(int accountCount) {
      this.maxWaitingAccounts = accountCount;
      return this;
    }

    Builder lanes(int count) {
      this.lanes = count;
      return this;
    }

    private FirehoseClient client() {
      FirehoseClient followed =
          transport == null
              ? FirehoseClient.open(stream, policy, userAgent, reconnect)
              : FirehoseClient.over(transport, stream, reconnect, clock);
      return followed
          .observedBy(observer)
          .onFutureCursor(onFutureCursor)
          .onBadMessage(OnBadMessage.SKIP);
    }

    /**
     * Opens it: from now on it follows.
     *
     * @throws RepoStoreException if the store fails
     * @throws UncheckedIOException if no temporary file can be made
     */
    public VerifiedFirehose open() {
      VerifiedFirehose firehose = new VerifiedFirehose(this);
      if (backfills()) {
        firehose.want();
      }
      firehose.start();
      return firehose;
    }
  }
}
