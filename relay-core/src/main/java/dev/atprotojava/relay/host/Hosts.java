// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.relay.store.StoreRecovery;
import dev.atprotojava.relay.store.StoreWriter;
import dev.atprotojava.relay.upstream.HostLink;
import dev.atprotojava.relay.upstream.HostRates;
import dev.atprotojava.relay.upstream.HostThread;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.syntax.Hostname;
import dev.atprotojava.syntax.InvalidSyntaxException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts of this relay: starts them, admits new ones, and tells how each is doing. Thread-safe;
 * {@link #requestCrawl} may block for some seconds, so it is called on virtual threads.
 *
 * <p>At the start all that are known are followed from where they were (RL-51); asking for one
 * again costs nothing (RL-53).
 */
public final class Hosts implements StoreWriter.ProgressSource {
  private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);
  private static final Duration START_PACE = Duration.ofMillis(5); // 200 a second
  private static final Duration LIFE_PACE = Duration.ofSeconds(10);
  private static final long TRUSTED_ACCOUNTS = 10_000_000; // RL-57

  /**
   * Who may become a host, and what it may do.
   *
   * @param dev true to allow hosts on this machine, without TLS
   * @param newPerDay how many may be added a day by anybody
   * @param accountLimit how many accounts an untrusted host may have, which sets its rates
   * @param observe true to let pass, by default, what may be waived
   */
  public record Policy(
      boolean dev, TrustedDomains trusted, int newPerDay, long accountLimit, boolean observe) {}

  private record Host(HostRow row, HostThread thread) {}

  private final Policy policy;
  private final HostProbe probe;
  private final StoreWriter store;
  private final HostThread.Shared shared;
  private final InstantSource clock;
  private final LongSupplier nextLogSeq;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private final ReentrantLock admission = new ReentrantLock();
  private final Deque<Instant> added = new ArrayDeque<>();

  // Owned by the store's thread: what was captured last, so that only what moved is written.
  private final Map<Integer, HostCursorRow> captured = new HashMap<>();

  private volatile boolean stopping;
  private @Nullable Thread starter;
  private @Nullable Thread lifeChecker;

  public Hosts(
      Policy policy,
      HostProbe probe,
      StoreWriter store,
      HostThread.Shared shared,
      InstantSource clock,
      LongSupplier nextLogSeq) {
    this.policy = policy;
    this.probe = probe;
    this.store = store;
    this.shared = shared;
    this.clock = clock;
    this.nextLogSeq = nextLogSeq;
  }

  /** Takes over the hosts of the store; {@link #start} dials them. */
  public void load(List<HostRow> rows, StoreRecovery.Outcome recovered) {
    for (HostRow row : rows) {
      HostThread thread = thread(row, recovered.replayed(row.id()), recovered.replayedFloor());
      hosts.put(row.hostname(), new Host(row, thread));
      captured.put(row.id(), new HostCursorRow(row.id(), row.epoch(), row.cursor(), row.gap()));
    }
  }

  /** Dials all hosts, at a pace, and begins to watch over their lives. */
  public void start() {
    List<Host> known = List.copyOf(hosts.values());
    starter =
        Thread.ofVirtual()
            .name("host-starter")
            .start(
                () -> {
                  try {
                    for (Host host : known) {
                      if (host.row.status() != HostStatus.BANNED) {
                        host.thread.start();
                        Thread.sleep(START_PACE);
                      }
                    }
                  } catch (InterruptedException e) {
                    LOG.info("stopped before all hosts were dialled");
                  }
                });
    lifeChecker = Thread.ofVirtual().name("host-life").start(this::checkLives);
  }

  private void checkLives() {
    try {
      while (!stopping) {
        Thread.sleep(LIFE_PACE);
        for (Host host : hosts.values()) {
          if (host.thread.isConnected()) {
            Thread.ofVirtual().start(host.thread::checkLife); // a ping may block on a full socket
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped watching hosts");
    }
  }

  private HostThread thread(HostRow row, long[] replayed, long replayedFloor) {
    String scheme = row.secure() ? "wss" : "ws";
    return new HostThread(
        new HostThread.Beginning(
            row.id(),
            row.hostname(),
            URI.create(scheme + "://" + row.hostname() + "/xrpc/com.atproto.sync.subscribeRepos"),
            row.status(),
            row.reason(),
            row.epoch(),
            row.cursor(),
            row.gap(),
            row.epoch() > 0 && row.cursor() == 0,
            rates(row.hostname()),
            policy.observe()),
        replayed,
        replayedFloor,
        shared);
  }

  private HostRates rates(String hostname) {
    return policy.trusted().contains(hostname)
        ? HostRates.TRUSTED
        : HostRates.forAccounts(policy.accountLimit());
  }

  /**
   * Somebody asks for a host to be crawled (RL-52 ff.). Asking again costs nothing, and has a host
   * that is not connected tried at once.
   *
   * @param name a hostname, or an address whose hostname counts
   * @param byAdmin true to pass over the limit of new hosts
   */
  public CrawlAnswer requestCrawl(String name, boolean byAdmin) {
    Target target = target(name);
    if (target == null) {
      return CrawlAnswer.BAD_HOSTNAME;
    }
    Host known = hosts.get(target.hostname());
    if (known != null) {
      return again(known);
    }
    try {
      probe.describeServer(target.hostname(), target.secure());
    } catch (IOException e) {
      LOG.info("host={} is no PDS: {}", target.hostname(), e.getMessage());
      return CrawlAnswer.NOT_A_PDS;
    }
    admission.lock();
    try {
      known = hosts.get(target.hostname());
      if (known != null) {
        return again(known);
      }
      if (!byAdmin && !withinBudget()) {
        return CrawlAnswer.TOO_MANY_NEW;
      }
      add(target, false);
      return CrawlAnswer.ADDED;
    } finally {
      admission.unlock();
    }
  }

  /**
   * A host that nobody asked for was found, in a list or a document. It is followed from whatever
   * it says next; one that is known already is left as it is. How many are let in is the finder's
   * matter.
   */
  public CrawlAnswer discover(String name) {
    Target target = target(name);
    if (target == null) {
      return CrawlAnswer.BAD_HOSTNAME;
    }
    Host known = hosts.get(target.hostname());
    if (known == null) {
      try {
        probe.describeServer(target.hostname(), target.secure());
      } catch (IOException e) {
        LOG.debug("host={} is no PDS: {}", target.hostname(), e.getMessage());
        return CrawlAnswer.NOT_A_PDS;
      }
      admission.lock();
      try {
        known = hosts.get(target.hostname());
        if (known == null) {
          add(target, true);
          return CrawlAnswer.ADDED;
        }
      } finally {
        admission.unlock();
      }
    }
    return known.thread.status() == HostStatus.BANNED ? CrawlAnswer.BANNED : CrawlAnswer.KNOWN;
  }

  /** Writes where a host was joined in mid-stream; false if the relay stops. */
  public boolean joined(HostLink link, long cursor, long gap) {
    try {
      StoreWriter.await(
          store.submit(
              db -> {
                db.joinHost(link.id(), cursor, gap);
                return cursor;
              }));
      return true;
    } catch (IllegalStateException e) {
      if (stopping) {
        return false;
      }
      throw e;
    }
  }

  private static CrawlAnswer again(Host known) {
    if (known.thread.status() == HostStatus.BANNED) {
      return CrawlAnswer.BANNED;
    }
    known.thread.wake();
    return CrawlAnswer.KNOWN;
  }

  private boolean withinBudget() {
    Instant now = clock.instant();
    while (!added.isEmpty() && added.getFirst().isBefore(now.minus(Duration.ofDays(1)))) {
      added.removeFirst();
    }
    if (added.size() >= policy.newPerDay()) {
      return false;
    }
    added.addLast(now);
    return true;
  }

  private void add(Target target, boolean live) {
    Instant now = clock.instant();
    HostRow row =
        StoreWriter.await(
            store.submit(
                db ->
                    live
                        ? db.createLiveHost(target.hostname(), target.secure(), now)
                        : db.createHost(target.hostname(), target.secure(), now)));
    Host host = new Host(row, thread(row, new long[0], 0));
    hosts.put(row.hostname(), host);
    LOG.info("host={} added{}", row.hostname(), live ? ", from now on" : "");
    host.thread.start();
  }

  /** A server to connect to. */
  record Target(String hostname, boolean secure) {}

  /** Reads a name; addresses with a scheme are taken for the hostname in them. */
  private @Nullable Target target(String name) {
    return target(name, policy.dev());
  }

  static @Nullable Target target(String name, boolean dev) {
    String text = name.toLowerCase(Locale.ROOT);
    boolean clear = false;
    int scheme = text.indexOf("://");
    if (scheme >= 0) {
      String prefix = text.substring(0, scheme);
      clear = prefix.equals("http") || prefix.equals("ws");
      if (!clear && !prefix.equals("https") && !prefix.equals("wss")) {
        return null;
      }
      text = text.substring(scheme + 3);
      int path = text.indexOf('/');
      text = path < 0 ? text : text.substring(0, path);
    }
    try {
      Hostname hostname = dev ? Hostname.parseLocal(text) : Hostname.parse(text);
      boolean secure = !hostname.isLocalhost() && !clear;
      return secure || dev ? new Target(hostname.toString(), secure) : null;
    } catch (InvalidSyntaxException e) {
      return null;
    }
  }

  @Override
  public StoreWriter.Progress capture() {
    long next = nextLogSeq.getAsLong();
    long floor = next;
    List<HostCursorRow> moved = new ArrayList<>();
    for (Host host : hosts.values()) {
      HostThread.Progress progress = host.thread.progress(next);
      floor = Math.min(floor, progress.logFloor());
      HostCursorRow row =
          new HostCursorRow(progress.hostId(), progress.epoch(), progress.cursor(), progress.gap());
      if (!row.equals(captured.put(row.hostId(), row))) {
        moved.add(row);
      }
    }
    return new StoreWriter.Progress(moved, floor);
  }

  /** Writes how the relay stands to a host; called by the host's thread. */
  public void statusChanged(HostLink link, HostStatus status, String reason) {
    Host host = hosts.get(link.hostname());
    if (host == null || stopping) {
      return;
    }
    Instant now = clock.instant();
    HostRow row = host.row;
    var _ =
        store.submit(
            db -> {
              db.updateHostStatus(row.id(), status, reason, now);
              return status;
            });
  }

  /** All hosts, in the order in which they were added. */
  public List<HostView> list() {
    return hosts.values().stream().map(this::view).sorted((a, b) -> a.id() - b.id()).toList();
  }

  /** At most {@code limit} hosts with numbers above {@code afterId}, in that order. */
  public List<HostView> list(long afterId, int limit) {
    return hosts.values().stream()
        .filter(host -> host.row.id() > afterId)
        .sorted((a, b) -> a.row.id() - b.row.id())
        .limit(limit)
        .map(this::view)
        .toList();
  }

  /** A host by its number. */
  public Optional<HostView> find(int id) {
    return hosts.values().stream().filter(host -> host.row.id() == id).findFirst().map(this::view);
  }

  /** A host by its name. */
  public Optional<HostView> find(String hostname) {
    return Optional.ofNullable(hosts.get(hostname)).map(this::view);
  }

  private HostView view(Host host) {
    HostThread thread = host.thread;
    HostRates rates = rates(host.row.hostname());
    boolean trusted = policy.trusted().contains(host.row.hostname());
    return new HostView(
        host.row.id(),
        host.row.hostname(),
        host.row.secure(),
        trusted,
        trusted ? TRUSTED_ACCOUNTS : policy.accountLimit(),
        new HostView.Rates(rates.perSecond(), rates.perHour(), rates.perDay()),
        thread.status(),
        thread.reason(),
        thread.isConnected(),
        thread.epoch(),
        thread.durableSeq(),
        thread.gap(),
        thread.underWay(),
        thread.emitted(),
        thread.drops(),
        thread.waived(),
        thread.lastPoison(),
        host.row.createdAt());
  }

  /** How many hosts there are in each status, and connected. */
  public Collection<HostStatus> statuses() {
    return hosts.values().stream().map(host -> host.thread.status()).toList();
  }

  /** Ends all connections, and waits for the threads. */
  public void stop(Duration atMost) throws InterruptedException {
    stopping = true;
    for (Thread thread : new Thread[] {starter, lifeChecker}) {
      if (thread != null) {
        thread.interrupt();
      }
    }
    List<Thread> stoppers = new ArrayList<>();
    for (Host host : hosts.values()) {
      stoppers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      host.thread.stop(atMost);
                    } catch (InterruptedException e) {
                      LOG.debug("host={} did not stop in time", host.row.hostname());
                    }
                  }));
    }
    for (Thread stopper : stoppers) {
      stopper.join(atMost);
    }
  }
}
