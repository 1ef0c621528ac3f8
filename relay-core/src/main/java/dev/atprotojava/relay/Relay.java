// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.relay.host.HostControl;
import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.ingest.AccountLanes;
import dev.atprotojava.relay.ingest.LaneSurroundings;
import dev.atprotojava.relay.log.ColdReader;
import dev.atprotojava.relay.log.DirectoryStorage;
import dev.atprotojava.relay.log.LiveTail;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.relay.outbound.OutboundEncoder;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.outbound.Sequencer;
import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.SqliteRelayStore;
import dev.atprotojava.relay.store.StoreRecovery;
import dev.atprotojava.relay.store.StoreWriter;
import dev.atprotojava.relay.upstream.ByteLedger;
import dev.atprotojava.relay.upstream.HostLink;
import dev.atprotojava.relay.upstream.HostThread;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay: follows hosts, verifies what they send, gives it numbers, keeps it, and serves it.
 *
 * <p>{@link #open} reads the log and the store and brings them together, which changes nothing that
 * is not ours; {@link #start} begins to follow hosts; {@link #stop} ends everything in good order.
 * What a relay serves is asked of {@link #consumers}, {@link #hosts} and {@link #findAccount}; what
 * operators decide about accounts goes to {@link #takedowns}. Thread-safe.
 *
 * <p>It keeps no repositories (RL-01, RL-02), and nobody has to trust it: whoever reads its stream
 * can verify all of it again (RL-04).
 */
public final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final int READER_THREADS = 2;
  private static final int MAX_GATHERED = 50_000;
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAZY_FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_UNFORCED = 2 << 20;
  private static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Duration STOP_PART = Duration.ofSeconds(3);

  private final RelayConfig config;
  private final RelaySurroundings world;
  private final RelayCounters counters = new RelayCounters();
  private final DirectoryStorage storage;
  private final RelayStore store;
  private final LiveTail tail;
  private final SegmentedEventLog log;
  private final StoreWriter storeWriter;
  private final Sequencer sequencer;
  private final AccountLanes lanes;
  private final Takedowns takedowns;
  private final Hosts hosts;
  private final HostControl hostControl;
  private final ByteLedger ledger;
  private final Consumers consumers;
  private final ColdReader files;
  private final ExecutorService storeReaders;
  private final ExecutorService fileReaders;
  private final List<Thread> laneThreads = new ArrayList<>();
  private final Thread sequencerThread;
  private final Thread storeThread;
  private final Thread takedownThread;
  private volatile boolean healthy = true;

  private Relay(
      RelayConfig config,
      RelaySurroundings world,
      DirectoryStorage storage,
      RelayStore store,
      LiveTail tail,
      SegmentedEventLog log,
      List<HostRow> hostRows,
      StoreRecovery.Outcome recovered) {
    this.config = config;
    this.world = world;
    this.storage = storage;
    this.store = store;
    this.tail = tail;
    this.log = log;
    this.storeReaders = pool("store-reader");
    this.fileReaders = pool("log-reader");
    this.files = new ColdReader(log, fileReaders, config.memory().coldCache());
    this.consumers = new Consumers(log, tail, files, world.clock(), world.nanos());
    tail.addListener(consumers);
    this.storeWriter =
        new StoreWriter(
            store,
            this::progress,
            this::applied,
            config.lanes(),
            config.flushInterval(),
            MAX_GATHERED,
            world.nanos());
    this.sequencer = new Sequencer(log, this::durable, config.memory().batch());
    AccountRooms rooms = new AccountRooms();
    AtomicLong uids = new AtomicLong(recovered.lastUid());
    this.lanes =
        new AccountLanes(
            config.lanes(),
            config.laneLimits(),
            new LaneSurroundings(
                uids::incrementAndGet,
                (hash, did, whenDone) ->
                    storeReaders.execute(
                        guarded(() -> whenDone.accept(store.findAccount(hash, did)))),
                world.identities(),
                world.statuses(),
                account -> storeWriter.desynchronized(account, log.nextSeq()),
                rooms,
                world.clock(),
                world.nanos(),
                world.random()),
            () -> new OutboundEncoder(sequencer::offer),
            counters.lanes());
    this.takedowns = new Takedowns(lanes, storeWriter, store, log, world.clock());
    this.ledger = new ByteLedger(config.memory().inFlight(), config.memory().inFlightPerHost());
    this.hosts =
        new Hosts(
            config.hosts(),
            world.probe(),
            storeWriter,
            new HostThread.Shared(
                ledger,
                world.transport(),
                lanes,
                store.didKey(),
                world.clock(),
                world.nanos(),
                world.random(),
                new HostReports(),
                counters::countDrop),
            world.clock(),
            log::nextSeq,
            rooms,
            this::release);
    hosts.load(hostRows, recovered, Hosts.Remembered.read(store));
    this.hostControl = new HostControl(hosts, world.clock());
    for (int lane = 0; lane < config.lanes(); lane++) {
      int number = lane;
      laneThreads.add(thread("lane-" + lane, () -> lanes.run(number)));
    }
    this.sequencerThread = thread("sequencer", this::runSequencer);
    this.storeThread = thread("store", storeWriter::run);
    this.takedownThread = thread("takedowns", takedowns::run);
  }

  /**
   * Opens a relay on its data, or on an empty place.
   *
   * @throws RelayException if the data is not ours, or of another version, or damaged where going
   *     on would break a promise; the message is for the operator
   */
  public static Relay open(RelayConfig config, RelaySurroundings world) {
    DirectoryStorage storage;
    try {
      storage = new DirectoryStorage(config.logDirectory());
    } catch (IOException e) {
      throw RelayException.refused("the event log cannot be opened: " + e.getMessage());
    }
    try {
      return open(config, world, storage);
    } catch (RuntimeException | Error e) {
      closeQuietly(storage); // or nobody else could open it while this process lives
      throw e;
    }
  }

  private static Relay open(RelayConfig config, RelaySurroundings world, DirectoryStorage storage) {
    if (hasLog(storage) && !SqliteRelayStore.exists(config.database())) {
      throw RelayException.refused(
          "there is an event log in "
              + config.logDirectory()
              + " but no database at "
              + config.database()
              + ". Restore the database from a backup; a new one would not belong to this log.");
    }
    RelayStore store = SqliteRelayStore.open(config.database(), world.random());
    try {
      return open(config, world, storage, store);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private static Relay open(
      RelayConfig config, RelaySurroundings world, DirectoryStorage storage, RelayStore store) {
    LiveTail tail = new LiveTail(config.memory().tail(), config.memory().slab());
    SegmentedEventLog log =
        SegmentedEventLog.open(storage, config.log(), store.didKey().id(), world.clock(), tail);
    List<HostRow> hosts = new ArrayList<>();
    for (HostRow row : store.hosts()) {
      int epoch = log.epoch(row.id());
      hosts.add(row.epoch() == epoch ? row : row.restarted(epoch, log.nextSeq()));
    }
    StoreRecovery.Outcome recovered = StoreRecovery.run(log, store, hosts);
    LOG.info(
        "log opened: next seq {}, oldest {}, {} bytes, {} events put into the store",
        log.nextSeq(),
        log.oldestSeq(),
        log.bytes(),
        recovered.appliedEvents());
    return new Relay(config, world, storage, store, tail, log, hosts, recovered);
  }

  private static boolean hasLog(DirectoryStorage storage) {
    try {
      return SegmentedEventLog.exists(storage);
    } catch (IOException e) {
      throw RelayException.refused("the event log cannot be opened: " + e.getMessage());
    }
  }

  private static void closeQuietly(DirectoryStorage storage) {
    try {
      storage.close();
    } catch (IOException e) {
      LOG.warn("the lock of the log is not released: {}", e.getMessage());
    }
  }

  private static ExecutorService pool(String name) {
    return Executors.newFixedThreadPool(
        READER_THREADS, Thread.ofPlatform().name(name + "-", 0).daemon().factory());
  }

  /** A body of a thread. */
  private interface Body {
    void run() throws InterruptedException;
  }

  private Thread thread(String name, Body body) {
    return Thread.ofPlatform()
        .name(name)
        .unstarted(
            () -> {
              try {
                body.run();
              } catch (InterruptedException e) {
                LOG.info("thread={} interrupted", name);
              } catch (RuntimeException | Error e) {
                fail(e);
              }
            });
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    };
  }

  private void fail(Throwable cause) {
    healthy = false;
    world.fatal().accept(cause);
  }

  private void runSequencer() throws InterruptedException {
    long nextRetention = world.nanos().nanos() + RETENTION_NANOS;
    long interval =
        switch (config.log().fsync()) {
          case BATCH, INTERVAL -> STEP_NANOS;
          case NEVER -> LAZY_FORCE_NANOS;
        };
    long nextForce = world.nanos().nanos() + interval;
    while (sequencer.step(STEP_NANOS)) {
      long now = world.nanos().nanos();
      // What is not forced is still charged to its host, whose share is a small multiple of this.
      if (now - nextForce >= 0 || sequencer.unforcedBytes() >= MAX_UNFORCED) {
        sequencer.force();
        nextForce = now + interval;
      }
      log.rollIfAsked();
      if (now - nextRetention >= 0) {
        log.retain();
        nextRetention = now + RETENTION_NANOS;
      }
    }
    sequencer.force();
    log.close();
  }

  private void durable(List<OutboundEvent> events, long firstSeq) {
    for (OutboundEvent event : events) {
      counters.countEmitted(event.kind());
    }
    storeWriter.durable(events, firstSeq);
  }

  private StoreWriter.Progress progress() {
    return hosts.capture();
  }

  /** Lets the oldest accounts in that wait for room on their host. */
  private void release(int hostId, int atMost) {
    storeReaders.execute(
        guarded(
            () -> {
              for (Did did : store.hostRules().waiting(hostId, atMost)) {
                lanes.release(store.didKey().hash(did), did, hostId);
              }
            }));
  }

  private void applied(int lane, long ordinal) {
    lanes.applied(lane, ordinal);
  }

  /** What hosts report. */
  private final class HostReports implements HostThread.Surroundings {
    @Override
    public long nextLogSeq() {
      return log.nextSeq();
    }

    @Override
    public void newEpoch(HostLink host, int epoch) {
      log.setEpoch(host.id(), epoch);
    }

    @Override
    public boolean joined(HostLink host, long cursor, long gap) {
      return hosts.joined(host, cursor, gap);
    }

    @Override
    public void statusChanged(HostLink host, HostStatus status, String reason) {
      hosts.statusChanged(host, status, reason);
    }

    @Override
    public void failed(Throwable cause) {
      fail(cause);
    }

    @Override
    public boolean isRelay(String server) {
      return server.contains("atproto-relay");
    }
  }

  /** Begins to work. */
  public void start() {
    takedowns.resume();
    storeThread.start();
    sequencerThread.start();
    laneThreads.forEach(Thread::start);
    takedownThread.start();
    hosts.start();
  }

  /**
   * Ends in good order: hosts are left, what was read is brought to its end, the log is closed, the
   * store is brought up to it, consumers are told.
   */
  public void stop() throws InterruptedException {
    LOG.info("stopping");
    hosts.stop(STOP_PART);
    takedowns.stop();
    takedownThread.join(STOP_PART);
    lanes.close();
    for (Thread lane : laneThreads) {
      lane.join(STOP_PART);
    }
    sequencer.close();
    sequencerThread.join(STOP_PART);
    storeWriter.stop();
    storeThread.join(STOP_PART);
    consumers.close();
    storeReaders.shutdown();
    fileReaders.shutdown();
    boolean done =
        storeReaders.awaitTermination(1, TimeUnit.SECONDS)
            && fileReaders.awaitTermination(1, TimeUnit.SECONDS)
            && !storeThread.isAlive();
    if (done) {
      store.close();
    }
    closeQuietly(storage);
    LOG.info("stopped");
  }

  /** True while log and store accept writes: not before the start, and not after an end. */
  public boolean isHealthy() {
    return healthy && sequencerThread.isAlive() && storeThread.isAlive();
  }

  /** Those who read the stream. */
  public Consumers consumers() {
    return consumers;
  }

  /** Those whom it is made of. */
  public Hosts hosts() {
    return hosts;
  }

  /** What administrators did. */
  public AuditTrail auditTrail() {
    return new AuditTrail(store, storeWriter, world.clock());
  }

  /** What the operator decides about those. */
  public HostControl hostControl() {
    return hostControl;
  }

  /** Those who were taken down. */
  public Takedowns takedowns() {
    return takedowns;
  }

  /** What is counted. */
  public RelayCounters counters() {
    return counters;
  }

  /** The newest state of an account; empty if the relay never heard of it. */
  public CompletableFuture<Optional<AccountRecord>> findAccount(Did did) {
    DidHash hash = store.didKey().hash(did);
    return lanes.find(hash, did);
  }

  /**
   * Accounts in the order of discovery, as the store has them, which is up to a few seconds ago;
   * takedowns and their reversals as they are now. Reads a disk.
   */
  public List<AccountRecord> listAccounts(long afterUid, int limit) {
    return store.listAccounts(afterUid, limit).stream().map(takedowns::view).toList();
  }

  /** The number of accounts whose PDS a host is, as the store has them. Reads a disk. */
  public long countAccounts(int hostId) {
    return store.countAccounts(hostId);
  }

  /** The same of all hosts, by their numbers on this relay. Reads a disk. */
  public Map<Integer, Long> accountCounts() {
    return store.accountCounts();
  }

  /**
   * How many of the events of a host that the log has would not be there, by reason, if all its
   * checks had counted. Goes through the log since that moment, which may take minutes, on the
   * calling thread; reads a disk.
   */
  public Map<DropReason, Long> wouldDrop(int hostId, Instant since) {
    return new WouldDrop(hostId, world.random()).run(log, since);
  }

  /** The state of the relay's parts in numbers, for metrics. */
  public Gauges gauges() {
    return new Gauges(
        log.nextSeq(),
        log.durableSeq(),
        tail.lastSeq(),
        log.oldestSeq(),
        log.bytes(),
        log.holes() + files.damaged(),
        ledger.used(),
        sequencer.waiting(),
        store.appliedSeq());
  }

  /**
   * Numbers of one moment.
   *
   * @param nextSeq the number that the next event gets
   * @param durableSeq the last that is surely on disk
   * @param publishedSeq the last that consumers may see
   * @param oldestSeq the first that may be in the window
   * @param logBytes the size of the log
   * @param damaged how many stretches of the log are damaged
   * @param inFlightBytes frames between hosts and log
   * @param waiting events that wait for a number
   * @param appliedSeq the last that the store reflects
   */
  public record Gauges(
      long nextSeq,
      long durableSeq,
      long publishedSeq,
      long oldestSeq,
      long logBytes,
      long damaged,
      long inFlightBytes,
      int waiting,
      long appliedSeq) {}
}
