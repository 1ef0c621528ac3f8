// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.Posture;
import dev.atprotojava.relay.account.AccountRoom;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.relay.store.AuditEntry;
import dev.atprotojava.relay.store.CrawlRule;
import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.relay.store.HostRules;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.relay.store.StoreRecovery;
import dev.atprotojava.relay.store.StoreWriter;
import dev.atprotojava.relay.upstream.HostLink;
import dev.atprotojava.relay.upstream.HostThread;
import dev.atprotojava.relay.upstream.PostureRatchet;
import dev.atprotojava.sync.HostStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
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
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration RATCHET_PACE = Duration.ofMinutes(1);
  private static final int MOST_RELEASED = 100;
  private static final String ITSELF = "relay";

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

  /**
   * What was decided and remembered before.
   *
   * @param rules by the number of the host
   * @param domainBans and since when they are
   * @param crawl about requestCrawl
   * @param admissions of the last day, oldest first
   * @param ratchets of hosts that are observed, by their numbers
   * @param accounts how many accounts each host has
   * @param waiting how many of them wait for room
   */
  public record Remembered(
      Map<Integer, HostRule> rules,
      Map<String, Instant> domainBans,
      CrawlRule crawl,
      List<HostRules.Admission> admissions,
      Map<Integer, HostRules.Ratchet> ratchets,
      Map<Integer, Long> accounts,
      Map<Integer, Long> waiting) {
    /** Reads it. */
    public static Remembered read(RelayStore store) {
      HostRules rules = store.hostRules();
      return new Remembered(
          rules.all(),
          rules.domainBans(),
          rules.crawl(),
          rules.admissions(),
          rules.ratchets(),
          store.accountCounts(),
          rules.waitingCounts());
    }
  }

  /** Lets accounts in that wait for room, the oldest first; later, and on other threads. */
  @FunctionalInterface
  public interface Releaser {
    /** Lets in at most so many accounts of a host. */
    void release(int hostId, int atMost);
  }

  private volatile Policy policy;
  private final HostProbe probe;
  private final StoreWriter store;
  private final HostThread.Shared shared;
  private final InstantSource clock;
  private final LongSupplier nextLogSeq;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private final AccountRooms rooms;
  private final Releaser releaser;
  private final ReentrantLock admission = new ReentrantLock();

  /** Held while something about hosts is decided, so that decisions follow each other. */
  private final ReentrantLock deciding = new ReentrantLock();

  private CrawlBudget budget = new CrawlBudget(List.of());
  private volatile CrawlRule crawl = CrawlRule.NONE;
  private volatile Map<Integer, HostRules.Ratchet> rememberedRatchets = Map.of();
  private volatile DomainBans domainBans = new DomainBans(Set.of());

  // Owned by the store's thread: what was captured last, so that only what moved is written.
  private final Map<Integer, HostCursorRow> captured = new HashMap<>();

  private volatile boolean stopping;
  private @Nullable Thread starter;
  private @Nullable Thread watcher;

  public Hosts(
      Policy policy,
      HostProbe probe,
      StoreWriter store,
      HostThread.Shared shared,
      InstantSource clock,
      LongSupplier nextLogSeq,
      AccountRooms rooms,
      Releaser releaser) {
    this.policy = policy;
    this.probe = probe;
    this.store = store;
    this.shared = shared;
    this.clock = clock;
    this.nextLogSeq = nextLogSeq;
    this.rooms = rooms;
    this.releaser = releaser;
  }

  /** Takes over the hosts of the store; {@link #start} dials them. */
  public void load(List<HostRow> rows, StoreRecovery.Outcome recovered, Remembered remembered) {
    crawl = remembered.crawl();
    rememberedRatchets = remembered.ratchets();
    budget = new CrawlBudget(remembered.admissions());
    domainBans = new DomainBans(remembered.domainBans().keySet());
    for (HostRow row : rows) {
      HostRule rule = remembered.rules().getOrDefault(row.id(), HostRule.NONE);
      long waiting = remembered.waiting().getOrDefault(row.id(), 0L);
      long accounts = remembered.accounts().getOrDefault(row.id(), 0L);
      HostTerms terms = terms(row.hostname(), rule);
      HostThread thread =
          thread(
              ruled(row, rule, remembered.domainBans()),
              banReason(row.hostname(), rule) != null,
              terms,
              remembered.ratchets().get(row.id()),
              recovered.replayed(row.id()),
              recovered.replayedFloor());
      AccountRoom room = new AccountRoom(terms.accountLimit(), accounts - waiting, waiting);
      rooms.add(row.id(), room);
      hosts.put(row.hostname(), new Host(row, thread, room, rule, terms));
      captured.put(row.id(), new HostCursorRow(row.id(), row.epoch(), row.cursor(), row.gap()));
    }
  }

  /** A host as the operator's decisions leave it. */
  private HostRow ruled(HostRow row, HostRule rule, Map<String, Instant> bans) {
    String why = banReason(row.hostname(), rule);
    if (why == null) {
      return row;
    }
    String domain = domainBans.match(row.hostname());
    Instant since =
        rule.bannedAt() != null
            ? rule.bannedAt()
            : domain == null ? row.since() : bans.getOrDefault(domain, row.since());
    return row.standing(HostStatus.BANNED, why, since);
  }

  /** Why the operator refuses a host; null if the operator does not. */
  private @Nullable String banReason(String hostname, HostRule rule) {
    if (rule.bannedAt() != null) {
      return "banned by the operator";
    }
    String domain = domainBans.match(hostname);
    return domain == null ? null : "the domain " + domain + " is banned";
  }

  private HostTerms terms(String hostname, HostRule rule) {
    return HostTerms.of(policy, hostname, rule, clock.instant());
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
                      host.thread.start();
                      Thread.sleep(START_PACE);
                    }
                  } catch (InterruptedException e) {
                    LOG.info("stopped before all hosts were dialled");
                  }
                });
    watcher = Thread.ofVirtual().name("host-watch").start(this::watch);
  }

  private void watch() {
    try {
      for (long second = 1; !stopping; second++) {
        Thread.sleep(TICK);
        for (Host host : hosts.values()) {
          long openings = host.room.openings();
          if (openings > 0) {
            releaser.release(host.row.id(), (int) Math.min(openings, MOST_RELEASED));
          }
          if (host.thread.isRatchetDue()) {
            enforce(host);
          }
        }
        if (second % LIFE_PACE.toSeconds() == 0) {
          hosts.values().forEach(this::checkLife);
          hosts.values().forEach(this::applyTerms);
        }
        if (second % RATCHET_PACE.toSeconds() == 0) {
          rememberRatchets();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped watching hosts");
    }
  }

  private void checkLife(Host host) {
    if (host.thread.isConnected()) {
      Thread.ofVirtual().start(host.thread::checkLife); // a ping may block on a full socket
    }
  }

  /** A host has shown that nothing needs to be waived for it: from now on nothing is. */
  private void enforce(Host host) {
    LOG.info("host={} is clean: its checks all count from now on", host.row.hostname());
    decide(
        host,
        "host.posture",
        ITSELF,
        rule -> rule.withPosture(Posture.ENFORCE, null),
        db -> db.hostRules().forgetRatchet(host.row.id()),
        () -> applyTerms(host));
  }

  private void rememberRatchets() {
    Map<Integer, HostRules.Ratchet> ratchets = new HashMap<>();
    for (Host host : hosts.values()) {
      PostureRatchet.Progress progress = host.thread.ratchet();
      if (progress != null) {
        ratchets.put(
            host.row.id(),
            new HostRules.Ratchet(
                progress.since(), progress.commits(), progress.updates(), progress.deletes()));
      }
    }
    if (!ratchets.equals(rememberedRatchets)) {
      rememberedRatchets = ratchets;
      var _ =
          store.submit(
              db ->
                  db.atomically(
                      () -> {
                        db.hostRules().putRatchets(ratchets);
                        return ratchets.size();
                      }));
    }
  }

  private HostThread thread(
      HostRow row,
      boolean refused,
      HostTerms terms,
      HostRules.@Nullable Ratchet ratchet,
      long[] replayed,
      long replayedFloor) {
    String scheme = row.secure() ? "wss" : "ws";
    return new HostThread(
        new HostThread.Beginning(
            row.id(),
            row.hostname(),
            URI.create(scheme + "://" + row.hostname() + "/xrpc/com.atproto.sync.subscribeRepos"),
            row.status(),
            row.reason(),
            row.since(),
            refused,
            row.epoch(),
            row.cursor(),
            row.gap(),
            row.epoch() > 0 && row.cursor() == 0,
            terms.rates(),
            terms.posture() == Posture.OBSERVE,
            ratchet == null
                ? null
                : new PostureRatchet.Progress(
                    ratchet.since(), ratchet.commits(), ratchet.updates(), ratchet.deletes())),
        replayed,
        replayedFloor,
        shared);
  }

  /** Takes over a changed configuration: limits, rates and postures that follow from it. */
  public void reconfigure(Policy newPolicy) {
    policy = newPolicy;
    hosts.values().forEach(this::applyTerms);
  }

  /** Has a host get what it may have now, wherever that is not what it got before. */
  void applyTerms(Host host) {
    deciding.lock();
    try {
      HostTerms before = host.terms;
      HostTerms after = terms(host.row.hostname(), host.rule);
      host.terms = after;
      if (!after.rates().equals(before.rates())) {
        host.thread.rates(after.rates());
      }
      if (after.posture() != before.posture()) {
        host.thread.observe(after.posture() == Posture.OBSERVE);
      }
      host.room.limit(after.accountLimit());
    } finally {
      deciding.unlock();
    }
  }

  /**
   * Has a host refused, or no more, by what is decided now. One that is banned because it is a
   * relay stays so.
   */
  void applyBan(Host host) {
    String why = banReason(host.row.hostname(), host.rule);
    if (why != null && !host.thread.isBanned()) {
      LOG.info("host={} refused: {}", host.row.hostname(), why);
      host.thread.ban(why);
    } else if (why == null && host.thread.isBanned()) {
      unban(host);
    }
  }

  /** Has a host refused no more, whyever it was, unless a domain of it is banned. */
  void liftBan(Host host) {
    if (banReason(host.row.hostname(), host.rule) == null && host.isBanned()) {
      unban(host);
    }
  }

  private static void unban(Host host) {
    LOG.info("host={} is refused no more", host.row.hostname());
    host.thread.unban();
  }

  /**
   * Decides something about a host: durable, and in the trail of decisions, before it takes effect.
   */
  void decide(
      Host host, String action, String actor, UnaryOperator<HostRule> change, Runnable effect) {
    decide(host, action, actor, change, _ -> {}, effect);
  }

  /** The same, with something more that is durable with it. */
  void decide(
      Host host,
      String action,
      String actor,
      UnaryOperator<HostRule> change,
      Consumer<RelayStore> more,
      Runnable effect) {
    deciding.lock();
    try {
      HostRule before = host.rule;
      HostRule after = change.apply(before);
      HostRow row = host.row;
      record(
          action,
          actor,
          row.hostname(),
          HostRuleText.of(before),
          HostRuleText.of(after),
          db -> {
            db.hostRules().put(row.id(), after);
            more.accept(db);
          });
      host.rule = after;
      effect.run();
    } finally {
      deciding.unlock();
    }
  }

  /** Writes a decision and its trace as one. */
  void record(
      String action,
      String actor,
      String subject,
      String before,
      String after,
      Consumer<RelayStore> decision) {
    AuditEntry entry = new AuditEntry(clock.instant(), actor, action, subject, before, after);
    StoreWriter.await(
        store.submit(
            db ->
                db.atomically(
                    () -> {
                      decision.accept(db);
                      db.audit(entry);
                      return entry;
                    })));
    LOG.info("actor={} action={} subject={} now={}", actor, action, subject, after);
  }

  ReentrantLock deciding() {
    return deciding;
  }

  DomainBans domainBans() {
    return domainBans;
  }

  void domainBans(DomainBans bans) {
    domainBans = bans;
    hosts.values().forEach(this::applyBan);
  }

  CrawlRule crawl() {
    return crawl;
  }

  void crawl(CrawlRule rule) {
    crawl = rule;
  }

  int newPerDay() {
    Integer decided = crawl.perDay();
    return decided == null ? policy.newPerDay() : decided;
  }

  boolean dev() {
    return policy.dev();
  }

  long nextLogSeq() {
    return nextLogSeq.getAsLong();
  }

  /** A host by any name that means it; null if it is not known. */
  @Nullable Host known(String name) {
    CrawlTarget target = CrawlTarget.parse(name, true); // reading a name allows nobody anything
    return target == null ? null : hosts.get(target.hostname());
  }

  /**
   * Somebody asks for a host to be crawled (RL-52 ff.). Asking again costs nothing, and has a host
   * that is not connected tried at once.
   *
   * @param name a hostname, or an address whose hostname counts
   * @param byAdmin true to pass over the budgets of new hosts
   */
  public CrawlAnswer requestCrawl(String name, boolean byAdmin) {
    return requestCrawl(name, byAdmin, "");
  }

  /**
   * A stranger asks for a host to be crawled.
   *
   * @param address of who asks; empty if that tells nothing
   */
  public CrawlAnswer requestCrawlFrom(String address, String name) {
    return requestCrawl(name, false, address);
  }

  private CrawlAnswer requestCrawl(String name, boolean byAdmin, String address) {
    CrawlTarget target = CrawlTarget.parse(name, policy.dev());
    if (target == null) {
      return CrawlAnswer.BAD_HOSTNAME;
    }
    Host known = hosts.get(target.hostname());
    if (known != null) {
      return again(known, byAdmin);
    }
    if (domainBans.match(target.hostname()) != null) {
      return CrawlAnswer.DOMAIN_BANNED;
    }
    CrawlAnswer spent = byAdmin ? null : spent(target, address);
    if (spent != null) {
      return spent; // before the host is asked: nobody is to be asked for nothing
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
        return again(known, byAdmin);
      }
      if (domainBans.match(target.hostname()) != null) { // since then
        return CrawlAnswer.DOMAIN_BANNED;
      }
      spent = byAdmin ? null : spent(target, address);
      if (spent != null) {
        return spent;
      }
      add(target, false, byAdmin ? null : admission(target, address));
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
    CrawlTarget target = CrawlTarget.parse(name, policy.dev());
    if (target == null) {
      return CrawlAnswer.BAD_HOSTNAME;
    }
    Host known = hosts.get(target.hostname());
    if (known == null) {
      if (domainBans.match(target.hostname()) != null) {
        return CrawlAnswer.DOMAIN_BANNED;
      }
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
          add(target, true, null);
          return CrawlAnswer.ADDED;
        }
      } finally {
        admission.unlock();
      }
    }
    return known.isBanned() ? CrawlAnswer.BANNED : CrawlAnswer.KNOWN;
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

  private CrawlAnswer again(Host known, boolean byAdmin) {
    if (known.isBanned()) {
      boolean byDomain =
          known.rule.bannedAt() == null && domainBans.match(known.row.hostname()) != null;
      return byDomain ? CrawlAnswer.DOMAIN_BANNED : CrawlAnswer.BANNED;
    }
    if (byAdmin) {
      known.thread.resume();
    } else {
      known.thread.wake();
    }
    return CrawlAnswer.KNOWN;
  }

  private HostRules.Admission admission(CrawlTarget target, String address) {
    return new HostRules.Admission(
        clock.instant(), probe.registeredDomain(target.hostname()), address);
  }

  /** The budget that a new host would be above; null if there is none. */
  private @Nullable CrawlAnswer spent(CrawlTarget target, String address) {
    boolean domainCounts = !policy.trusted().contains(target.hostname());
    admission.lock();
    try {
      return budget.check(admission(target, address), newPerDay(), domainCounts);
    } finally {
      admission.unlock();
    }
  }

  private void add(CrawlTarget target, boolean live, HostRules.@Nullable Admission admitted) {
    Instant now = clock.instant();
    HostRow row =
        StoreWriter.await(
            store.submit(
                db ->
                    db.atomically(
                        () -> {
                          if (admitted != null) {
                            db.hostRules().admit(admitted, now.minus(CrawlBudget.WINDOW));
                          }
                          return live
                              ? db.createLiveHost(target.hostname(), target.secure(), now)
                              : db.createHost(target.hostname(), target.secure(), now);
                        })));
    if (admitted != null) {
      budget.take(admitted);
    }
    HostTerms terms = terms(row.hostname(), HostRule.NONE);
    AccountRoom room = new AccountRoom(terms.accountLimit(), 0, 0);
    rooms.add(row.id(), room);
    Host host =
        new Host(row, thread(row, false, terms, null, new long[0], 0), room, HostRule.NONE, terms);
    hosts.put(row.hostname(), host);
    LOG.info("host={} added{}", row.hostname(), live ? ", from now on" : "");
    host.thread.start();
    applyBan(host); // its domain may have been banned since
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
    if (host == null || stopping || (status == HostStatus.BANNED && link.isBanned())) {
      return; // what the operator decided is stored as that
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
    String hostname = host.row.hostname();
    return host.view(terms(hostname, host.rule), banReason(hostname, host.rule), clock.instant());
  }

  /** The names of the hosts whose streams are open, in the order in which they were added. */
  public List<String> connected() {
    return hosts.values().stream()
        .filter(host -> host.thread.isConnected())
        .sorted((a, b) -> a.row.id() - b.row.id())
        .map(host -> host.row.hostname())
        .toList();
  }

  /** How many hosts there are in each status, and connected. */
  public Collection<HostStatus> statuses() {
    return hosts.values().stream().map(host -> host.thread.status()).toList();
  }

  /** Ends all connections, and waits for the threads. */
  public void stop(Duration atMost) throws InterruptedException {
    stopping = true;
    rememberRatchets();
    for (Thread thread : new Thread[] {starter, watcher}) {
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
