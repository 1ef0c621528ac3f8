// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static java.util.Objects.requireNonNull;

import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.IdentitySource;
import dev.atprotojava.relay.StatusSource;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.AccountRoom;
import dev.atprotojava.relay.account.AccountRoom.Standing;
import dev.atprotojava.relay.account.AccountRooms;
import dev.atprotojava.relay.account.AccountTable;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane: the events of its accounts, one after the other, through gate and verifier to the
 * encoder.
 *
 * <p>A state machine without a thread of its own; it owns the newest state of its accounts. It
 * never waits. What an event needs and memory does not have — the account's row, its identity — is
 * asked for, and the event is <i>parked</i> together with all later ones of its account, until the
 * answer comes or thirty seconds are over. Others go on meanwhile.
 *
 * <p>The order of checks is that of RL-30, but for what the design changes; what is refused changes
 * nothing (RL-31); what is new is made with its first event (RL-39); an account that breaks its
 * chain too often is throttled (RL-59).
 */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final long PARK_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int REPEAT_BURST = 20;
  private static final float REPEATS_PER_SECOND = 0.1f;
  private static final int BREAK_BURST = 20;
  private static final float BREAKS_PER_SECOND = 1f / 3600;
  private static final long STATUS_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int MAX_DOUBTS = 50_000;
  private static final int DOUBTS_PER_TICK = 5;

  /** The events of an account that wait for something. */
  private static final class Parked {
    final ArrayDeque<UpstreamEvent> events = new ArrayDeque<>();
    final List<LaneMessage.Query> queries = new ArrayList<>(0);
    final long sinceNanos;

    /** True while the store is asked for the account. */
    boolean loading;

    /** True while somebody is asked who the account is. */
    boolean asking;

    /** True once the store said that it does not have the account. */
    boolean absent;

    /** The answer to what the first event asked; null until it came. */
    @Nullable IdentityLookup lookup;

    /** When somebody was asked last who the account is. */
    long askedNanos;

    /** True if the answer was asked for because of a doubt that the first event raised. */
    boolean asked;

    /** True if what was asked is to come from the source, whatever is remembered. */
    boolean forced;

    /** True if the directory was there when the question was asked last. */
    boolean askedDirectory;

    /** True if the account's host was asked for its status because of the first event. */
    boolean statusAsked;

    /** True until it has answered, or for too long has not. */
    boolean statusPending;

    /** When it was asked. */
    long statusSinceNanos;

    /** What it said; null if it was not asked, or said nothing. */
    @Nullable AccountStatus status;

    /** When to ask again, after no answer could be had; 0 if one is under way. */
    long retryAtNanos;

    Parked(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final int number;
  private final AccountTable accounts;
  private final AccountGate gate;
  private final EventVerifier verifier;
  private final KeyCache keys;
  private final AccountLoader loader;
  private final IdentitySource identities;
  private final LaneSuccessor successor;
  private final LaneMailbox mailbox;
  private final StatusSource statuses;
  private final LossSink losses;
  private final AccountRooms rooms;
  private final InstantSource clock;
  private final NanoClock nanos;
  private final LaneCounters counters;
  private final Map<Long, Parked> parked = new HashMap<>();
  private final RecentQuestions questions = new RecentQuestions(STATUS_AGAIN_NANOS);
  private final Doubts doubts = new Doubts(MAX_DOUBTS);

  /** Answers that wait for room; at most as many as accounts wait for one. */
  private final ArrayDeque<LaneMessage> deferred = new ArrayDeque<>();

  /** How the account of the present event was counted when it came to its host; null once used. */
  private @Nullable Standing arriving;

  private long ordinal;
  private volatile long appliedOrdinal;

  Lane(
      int number,
      LaneLimits limits,
      LaneSurroundings around,
      LaneSuccessor successor,
      LaneMailbox mailbox,
      LaneCounters counters) {
    this.number = number;
    this.accounts = new AccountTable(limits.accountBytes());
    this.verifier = new EventVerifier(around.random());
    this.gate = new AccountGate(verifier.gateVerifier(), around.uids());
    this.keys = new KeyCache(limits.keys());
    this.loader = around.loader();
    this.identities = around.identities();
    this.statuses = around.statuses();
    this.losses = around.losses();
    this.rooms = around.rooms();
    this.successor = successor;
    this.mailbox = mailbox;
    this.clock = around.clock();
    this.nanos = around.nanos();
    this.counters = counters;
  }

  /** The states of all events up to this one are in the store. For any thread. */
  void applied(long upTo) {
    appliedOrdinal = upTo;
  }

  /** True if the store has to catch up before this lane may accept more (invariant 9). */
  boolean isFull() {
    return ordinal - appliedOrdinal >= accounts.maxEntries() / 2;
  }

  /** The number of accounts whose events wait. */
  int parkedAccounts() {
    return parked.size();
  }

  /** Takes the next event. */
  void step(UpstreamEvent event) {
    Parked waiting = parked.get(event.hash().low());
    if (waiting != null) {
      waiting.events.add(event);
      return;
    }
    process(event, null);
  }

  /** Takes an answer or a question. */
  void step(LaneMessage message) {
    if (isFull() && leadsToEvents(message)) {
      deferred.add(message);
    } else {
      handle(message);
    }
  }

  private boolean leadsToEvents(LaneMessage message) {
    return switch (message) {
      case LaneMessage.AccountLoaded(DidHash hash, _) -> hasEvents(hash);
      case LaneMessage.IdentityArrived(DidHash hash, _) -> hasEvents(hash);
      case LaneMessage.StatusArrived(DidHash hash, _) -> hasEvents(hash);
      case LaneMessage.DoubtAnswered _, LaneMessage.Release _, LaneMessage.Decision _ -> true;
      case LaneMessage.Query _ -> false;
    };
  }

  private boolean hasEvents(DidHash hash) {
    Parked waiting = parked.get(hash.low());
    return waiting != null && !waiting.events.isEmpty();
  }

  /** Goes on with answers that came while there was no room. */
  void resume() {
    while (!deferred.isEmpty() && !isFull()) {
      handle(deferred.removeFirst());
    }
  }

  private void handle(LaneMessage message) {
    switch (message) {
      case LaneMessage.AccountLoaded(DidHash hash, AccountRecord account) -> {
        Parked waiting = parked.get(hash.low());
        if (waiting != null) {
          loaded(waiting, account);
          answerQueries(waiting);
          if (!waiting.asking && waiting.retryAtNanos == 0) {
            resume(hash, waiting);
          }
        }
      }
      case LaneMessage.IdentityArrived(DidHash hash, IdentityLookup lookup) -> {
        Parked waiting = parked.get(hash.low());
        if (waiting != null) {
          waiting.asking = false;
          waiting.lookup = lookup;
          if (lookup instanceof IdentityLookup.Unavailable) {
            waiting.retryAtNanos = nanos.nanos() + RETRY_NANOS;
          } else {
            resume(hash, waiting);
          }
        }
      }
      case LaneMessage.StatusArrived(DidHash hash, var status) -> {
        Parked waiting = parked.get(hash.low());
        if (waiting != null && waiting.statusPending) {
          statusArrived(hash, waiting, status.orElse(null));
        }
      }
      case LaneMessage.DoubtAnswered answered -> {
        Doubts.Doubt doubt = answered.doubt();
        CompletableFuture<Optional<AccountRecord>> account = new CompletableFuture<>();
        var _ = account.thenAccept(known -> known.ifPresent(each -> settleDoubt(each, answered)));
        answer(new LaneMessage.Query(doubt.hash(), doubt.did(), account)); // later on this thread
      }
      case LaneMessage.Release(DidHash hash, Did did, int hostId) -> {
        CompletableFuture<Optional<AccountRecord>> account = new CompletableFuture<>();
        var _ = account.thenAccept(known -> known.ifPresent(each -> release(each, hostId)));
        answer(new LaneMessage.Query(hash, did, account)); // later on this thread
      }
      case LaneMessage.Decision decision -> {
        CompletableFuture<Optional<AccountRecord>> account = new CompletableFuture<>();
        var _ =
            account.thenAccept(
                known ->
                    decision.answer().complete(known.map(each -> decide(each, decision.change()))));
        answer(new LaneMessage.Query(decision.hash(), decision.did(), account)); // as above
      }
      case LaneMessage.Query query -> answer(query);
    }
  }

  private AccountRecord decide(AccountRecord account, UnaryOperator<AccountRecord> change) {
    AccountRecord after = change.apply(account);
    return after.equals(account) ? account : announceStatus(after);
  }

  private void statusArrived(DidHash hash, Parked waiting, @Nullable AccountStatus status) {
    waiting.statusPending = false;
    waiting.asking = false;
    waiting.status = status;
    resume(hash, waiting);
  }

  private void loaded(Parked waiting, @Nullable AccountRecord account) {
    waiting.loading = false;
    if (account == null) {
      waiting.absent = true;
    } else if (!accounts.put(account, 0, appliedOrdinal)) {
      throw new IllegalStateException("no room for an account, though less than half is pinned");
    }
  }

  /** Gives up on what has waited too long, and asks again where no answer could be had. */
  void tick() {
    resume();
    long now = nanos.nanos();
    doubts.due(now, DOUBTS_PER_TICK).forEach(this::askAgain);
    for (Map.Entry<Long, Parked> entry : List.copyOf(parked.entrySet())) {
      Parked waiting = entry.getValue();
      UpstreamEvent first = waiting.events.peek();
      if (first == null) {
        continue;
      }
      if (waiting.statusPending) {
        if (now - waiting.statusSinceNanos >= PARK_NANOS && !isFull()) {
          statusArrived(first.hash(), waiting, null); // nobody waits for ever, whoever failed
        }
        continue;
      }
      if (waiting.asking && now - waiting.askedNanos >= PARK_NANOS) {
        LOG.error("did={}: nobody answered who this is", first.event().did());
        waiting.asking = false;
        waiting.retryAtNanos = now;
      }
      if (waiting.retryAtNanos == 0) {
        continue;
      }
      if (now - waiting.sinceNanos >= PARK_NANOS && waiting.askedDirectory) {
        waiting.events.forEach(event -> event.dropped(DropReason.IDENTITY_UNAVAILABLE));
        lost(first.hash(), first.event().did());
        waiting.events.clear();
        waiting.retryAtNanos = 0;
        endIfIdle(first.hash(), waiting);
      } else if (now - waiting.retryAtNanos >= 0) {
        resolve(first, waiting, waiting.forced);
      }
    }
  }

  private void answer(LaneMessage.Query query) {
    AccountRecord account = accounts.find(query.hash(), query.did());
    Parked waiting = parked.get(query.hash().low());
    if (account != null) {
      query.answer().complete(Optional.of(account));
    } else if (waiting != null && waiting.absent) {
      query.answer().complete(Optional.empty());
    } else {
      if (waiting == null) {
        waiting = park(query.hash());
      }
      waiting.queries.add(query);
      load(query.hash(), query.did(), waiting);
    }
  }

  private void answerQueries(Parked waiting) {
    List<LaneMessage.Query> queries = List.copyOf(waiting.queries);
    waiting.queries.clear();
    queries.forEach(this::answer); // which may put one back, if the account was evicted meanwhile
  }

  private Parked park(DidHash hash) {
    Parked waiting = new Parked(nanos.nanos());
    parked.put(hash.low(), waiting);
    return waiting;
  }

  /** Goes on with the events of an account until one of them has to wait again. */
  private void resume(DidHash hash, Parked waiting) {
    while (!waiting.events.isEmpty()) {
      UpstreamEvent event = waiting.events.getFirst();
      if (!process(event, waiting)) {
        return;
      }
      waiting.events.removeFirst();
      // The event may have made the account, which may be evicted before the next one is looked at.
      waiting.absent &= accounts.find(hash, event.event().did()) == null;
      waiting.lookup = null;
      waiting.asked = false;
      waiting.forced = false;
      waiting.statusAsked = false;
      waiting.status = null;
    }
    endIfIdle(hash, waiting);
  }

  /** Forgets what waits for nothing. An answer that is still to come must find whoever asked. */
  private void endIfIdle(DidHash hash, Parked waiting) {
    if (waiting.events.isEmpty() && waiting.queries.isEmpty() && !waiting.loading) {
      parked.remove(hash.low());
    }
  }

  /**
   * Brings an event to its end, if nothing is missing.
   *
   * @param waiting the events of the account that wait, of which this is the first; null if none do
   * @return false if the event has to wait
   */
  private boolean process(UpstreamEvent event, @Nullable Parked waiting) {
    if (event.host().isBanned()) {
      event.dropped(DropReason.HOST_BANNED);
      return true;
    }
    Did did = event.event().did();
    AccountRecord account = accounts.find(event.hash(), did);
    if (account == null && (waiting == null || !waiting.absent)) {
      Parked parkedNow = waiting;
      if (parkedNow == null) {
        parkedNow = park(event.hash());
        parkedNow.events.add(event);
      }
      load(event.hash(), did, parkedNow);
      return false;
    }
    if (account != null) {
      account = refreshed(account, waiting);
    }
    IdentityLookup lookup =
        waiting == null || waiting.lookup == null ? identities.cached(did) : waiting.lookup;
    boolean asked = waiting != null && waiting.asked;
    return switch (gate.step(event, account, lookup, asked)) {
      case GateDecision.Drop(DropReason reason) -> {
        event.dropped(reason);
        if (asked && lookup instanceof IdentityLookup.Tombstoned) {
          announceTombstone(account);
        }
        yield true;
      }
      case GateDecision.Resolve(boolean force) -> {
        ask(event, waiting, force);
        yield false;
      }
      case GateDecision.Inactive _ -> {
        if (askStatus(event, waiting)) {
          yield false;
        }
        event.dropped(DropReason.ACCOUNT_INACTIVE);
        yield true;
      }
      case GateDecision.Admit admit -> {
        boolean isHere = account != null && account.hostId() == admit.account().hostId();
        yield isHere
            ? judge(event, account, admit, waiting)
            : arrive(event, account, admit, waiting);
      }
    };
  }

  /**
   * An account comes to a host, as a new one or from another: within the limit of the host, or to
   * wait until there is room (RL-57). That is told, and then the event is judged, whose content
   * does not count if the account waits.
   */
  private boolean arrive(
      UpstreamEvent event,
      @Nullable AccountRecord before,
      GateDecision.Admit admit,
      @Nullable Parked waiting) {
    AccountRoom room = rooms.of(event.hostId());
    Standing standing = room.arrive();
    arriving = standing;
    try {
      AccountRecord account = admitted(admit.account(), standing);
      boolean content =
          event.event() instanceof RepoEvent.CommitEvent
              || event.event() instanceof RepoEvent.SyncEvent;
      if (content && account.localStatus() == LocalStatus.THROTTLED) {
        announceStatus(account);
        event.dropped(DropReason.ACCOUNT_THROTTLED);
        return true;
      }
      if (content && before != null && account.localStatus() != before.localStatus()) {
        account = announceStatus(account); // it waited on its old host
      }
      boolean done =
          judge(
              event,
              before,
              new GateDecision.Admit(account, admit.created(), admit.identity()),
              waiting);
      boolean came = arriving == null;
      if (came
          && event.event() instanceof RepoEvent.IdentityEvent
          && account.localStatus() == LocalStatus.THROTTLED) {
        announceStatus(account.withSeen(event.position()));
      }
      return done;
    } finally {
      if (arriving != null) { // it came to nothing
        room.change(arriving, Standing.GONE);
        arriving = null;
      }
    }
  }

  private static AccountRecord admitted(AccountRecord account, Standing standing) {
    return switch (account.localStatus()) {
      case ACTIVE, DESYNCHRONIZED ->
          standing == Standing.WAITING ? account.withLocalStatus(LocalStatus.THROTTLED) : account;
      case THROTTLED ->
          standing == Standing.WAITING
              ? account
              : account.withLocalStatus(
                  LocalStatus.DESYNCHRONIZED); // what it said meanwhile is lost
      case TAKENDOWN, CHAIN_THROTTLED -> account;
    };
  }

  /** There is room for an account, if it still waits for that. */
  private void release(AccountRecord account, int hostId) {
    if (account.hostId() == hostId
        && AccountRoom.standing(account) == Standing.WAITING
        && rooms.of(hostId).openings() > 0) {
      announceStatus(account.withLocalStatus(LocalStatus.DESYNCHRONIZED));
    }
  }

  /**
   * An account before its next event: as its host says now that it was asked, and without a
   * throttle that is over. Either is told to consumers.
   */
  private AccountRecord refreshed(AccountRecord account, @Nullable Parked waiting) {
    AccountRecord now = account;
    if (waiting != null && waiting.status != null && waiting.status != account.upstreamStatus()) {
      now = announceStatus(now.withUpstreamStatus(waiting.status));
    }
    if (now.localStatus() == LocalStatus.CHAIN_THROTTLED
        && accounts.hasAllBreaks(now.hash(), BREAK_BURST, BREAKS_PER_SECOND, nowSeconds())) {
      now = announceStatus(now.withLocalStatus(LocalStatus.ACTIVE).withSeen(0));
    }
    return now;
  }

  /** SC-84: whose DID is no more is deleted, whatever the host said last. */
  private void announceTombstone(@Nullable AccountRecord account) {
    if (account != null && account.upstreamStatus() != AccountStatus.DELETED) {
      announceStatus(account.withUpstreamStatus(AccountStatus.DELETED));
    }
  }

  /** Asks the host of an account that it called inactive, if it may be asked (RL-38). */
  private boolean askStatus(UpstreamEvent event, @Nullable Parked waiting) {
    long now = nanos.nanos();
    boolean asked = waiting != null && waiting.statusAsked;
    long question = event.hash().low() + event.hostId(); // a host that it moved to was not asked
    if (asked || questions.isRecent(question, now) || !event.host().mayAsk(now)) {
      return false;
    }
    questions.asked(question, now);
    Parked parkedNow = waiting;
    if (parkedNow == null) {
      parkedNow = park(event.hash());
      parkedNow.events.add(event);
    }
    parkedNow.statusAsked = true;
    parkedNow.statusPending = true;
    parkedNow.statusSinceNanos = now;
    parkedNow.asking = true;
    DidHash hash = event.hash();
    statuses.ask(
        event.host().hostname(),
        event.host().secure(),
        event.event().did(),
        status -> mailbox.post(new LaneMessage.StatusArrived(hash, status)));
    return true;
  }

  /** Asks what is true of an account whose host told old news. */
  private void askAgain(Doubts.Doubt doubt) {
    identities.resolve(
        doubt.did(),
        true,
        lookup ->
            statuses.ask(
                doubt.host().hostname(),
                doubt.host().secure(),
                doubt.did(),
                status -> mailbox.post(new LaneMessage.DoubtAnswered(doubt, lookup, status))));
  }

  private void settleDoubt(AccountRecord account, LaneMessage.DoubtAnswered answered) {
    Doubts.Doubt doubt = answered.doubt();
    if (answered.lookup() instanceof IdentityLookup.Found(Identity identity)
        && doubt.isOther(identity)) {
      announce(EventKind.IDENTITY, account, identity.handle());
    }
    AccountStatus status = answered.status().orElse(doubt.status());
    boolean newer =
        account.upstreamStatus() != doubt.status() || account.hostId() != doubt.host().id();
    if (status != doubt.status() && !newer) {
      announceStatus(account.withUpstreamStatus(status));
    }
  }

  private void ask(UpstreamEvent event, @Nullable Parked waiting, boolean force) {
    Parked parkedNow = waiting;
    if (parkedNow == null) {
      parkedNow = park(event.hash());
      parkedNow.events.add(event);
    }
    parkedNow.lookup = null;
    parkedNow.asked |= force;
    parkedNow.forced |= force;
    resolve(event, parkedNow, force);
  }

  private void load(DidHash hash, Did did, Parked waiting) {
    if (!waiting.loading) {
      waiting.loading = true;
      loader.load(hash, did, account -> mailbox.post(new LaneMessage.AccountLoaded(hash, account)));
    }
  }

  private void resolve(UpstreamEvent event, Parked waiting, boolean force) {
    waiting.asking = true;
    waiting.askedNanos = nanos.nanos();
    waiting.retryAtNanos = 0;
    waiting.askedDirectory = identities.available();
    DidHash hash = event.hash();
    identities.resolve(
        event.event().did(),
        force,
        lookup -> mailbox.post(new LaneMessage.IdentityArrived(hash, lookup)));
  }

  /** Judges an event that may come from its host; false if it has to wait for another key. */
  private boolean judge(
      UpstreamEvent upstream,
      @Nullable AccountRecord before,
      GateDecision.Admit admit,
      @Nullable Parked waiting) {
    return switch (upstream.event()) {
      case RepoEvent.CommitEvent _, RepoEvent.SyncEvent _ ->
          settle(upstream, before, admit, verify(upstream, admit), waiting);
      case RepoEvent.IdentityEvent identity -> {
        if (!doubt(upstream, before)) {
          acceptIdentity(upstream, identity, admit);
        }
        yield true;
      }
      case RepoEvent.AccountEvent account -> {
        if (doubt(upstream, before)) {
          yield true;
        }
        acceptAccount(upstream, account, before, admit);
        yield true;
      }
    };
  }

  /** Whether an event is old news, told by a host that catches up; it is asked about later. */
  private boolean doubt(UpstreamEvent upstream, @Nullable AccountRecord before) {
    if (!upstream.isCatchingUp() || before == null || before.hostId() != upstream.hostId()) {
      return false;
    }
    Did did = upstream.event().did();
    Identity known =
        identities.cached(did) instanceof IdentityLookup.Found(Identity identity) ? identity : null;
    if (!doubts.add(before, upstream.host(), known)) {
      return false;
    }
    if (upstream.event() instanceof RepoEvent.IdentityEvent) {
      identities.markStale(did);
    }
    upstream.dropped(DropReason.REPLAYED);
    return true;
  }

  /** Verifies content; null if the verifier itself failed, which costs nothing but this event. */
  private @Nullable CommitVerdict verify(UpstreamEvent upstream, GateDecision.Admit admit) {
    PublicKey key = keys.get(upstream.hash(), requireNonNull(admit.identity()));
    try {
      return verifier.step(
          upstream.event(),
          key,
          admit.account().repo(),
          upstream.host().observe(),
          clock.instant());
    } catch (RuntimeException e) { // our mistake; a host must not be able to repeat it for ever
      LOG.error(
          "host={} seq={}: verification failed",
          upstream.host().hostname(),
          upstream.upstreamSeq(),
          e);
      return null;
    }
  }

  private boolean settle(
      UpstreamEvent upstream,
      @Nullable AccountRecord before,
      GateDecision.Admit admit,
      @Nullable CommitVerdict verdict,
      @Nullable Parked waiting) {
    switch (verdict) {
      case null -> {
        upstream.dropped(DropReason.RELAY_FAULT);
        lost(upstream.hash(), upstream.event().did());
      }
      case CommitVerdict.Reject(CommitFault fault) -> {
        if (fault == CommitFault.BAD_SIGNATURE && (waiting == null || !waiting.asked)) {
          ask(upstream, waiting, true); // SC-54: the key may have changed
          return false;
        }
        upstream.dropped(DropReason.of(fault));
      }
      case CommitVerdict.Accept accept -> {
        if (accept.chain() == CommitVerdict.Chain.REPEATS && !mayRepeat(upstream)) {
          upstream.dropped(DropReason.REPEAT_LIMITED);
          return true;
        }
        counters.accepted(accept, upstream.event().source().canonical());
        accept.waived().forEach(upstream.host()::countWaived);
        boolean proven = accept.waived().isEmpty();
        AccountRecord after = admit.account().withRepo(accept.next(), proven);
        if (emit(upstream, after, null, !proven)
            && upstream.event() instanceof RepoEvent.CommitEvent commit) {
          upstream.host().commitPassed(proven, commit, upstream.receivedMicros());
          if (accept.chain() == CommitVerdict.Chain.BREAKS) {
            countBreak(upstream, requireNonNull(before), after);
          }
        }
      }
    }
    return true;
  }

  /** RL-32: a commit began elsewhere than where the last one ended, which must not be a habit. */
  private void countBreak(UpstreamEvent upstream, AccountRecord before, AccountRecord after) {
    boolean excused =
        before.seen() <= upstream.host().gap()
            || before.hostId() != upstream.hostId()
            || before.localStatus() == LocalStatus.DESYNCHRONIZED;
    if (excused) {
      counters.excused();
    } else if (!accounts.mayBreak(upstream.hash(), BREAK_BURST, BREAKS_PER_SECOND, nowSeconds())) {
      counters.throttled();
      announceStatus(after.withLocalStatus(LocalStatus.CHAIN_THROTTLED));
    }
  }

  private int nowSeconds() {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos.nanos());
  }

  private void acceptIdentity(
      UpstreamEvent upstream, RepoEvent.IdentityEvent event, GateDecision.Admit admit) {
    if (isMalformed(upstream)) {
      return;
    }
    Identity identity = admit.identity();
    if (identity == null
        && identities.cached(event.did()) instanceof IdentityLookup.Found(Identity known)) {
      identity = known;
    }
    String claimed =
        identity == null || identity.handle() == null ? null : identity.handle().toString();
    boolean limited = !admit.created() && !mayRepeat(upstream);
    if (!limited || upstream.hostId() == admit.account().hostId()) {
      identities.markStale(event.did()); // from its own host even then: a key may have changed
    }
    if (limited) {
      upstream.dropped(DropReason.REPEAT_LIMITED);
      return;
    }
    var _ = emit(upstream, admit.account(), claimed, false);
  }

  private void acceptAccount(
      UpstreamEvent upstream,
      RepoEvent.AccountEvent event,
      @Nullable AccountRecord before,
      GateDecision.Admit admit) {
    if (isMalformed(upstream)) {
      return;
    }
    AccountRecord after =
        admit.account().withUpstreamStatus(AccountStatus.of(event.active(), event.status()));
    boolean changes = before == null || !after.equals(before);
    if (!changes && !mayRepeat(upstream)) {
      upstream.dropped(DropReason.REPEAT_LIMITED);
      return;
    }
    var _ = emit(upstream, after, null, false);
  }

  private static boolean isMalformed(UpstreamEvent upstream) {
    CommitFault fault = EventVerifier.checkForm(upstream.event(), upstream.host().observe());
    if (fault != null) {
      upstream.dropped(DropReason.of(fault));
    }
    return fault != null;
  }

  private boolean mayRepeat(UpstreamEvent upstream) {
    long now = nanos.nanos();
    return accounts.mayRepeat(upstream.hash(), REPEAT_BURST, REPEATS_PER_SECOND, nowSeconds())
        && upstream.host().mayRepeat(now);
  }

  private AccountRecord announceStatus(AccountRecord after) {
    announce(EventKind.ACCOUNT, after, null);
    return after;
  }

  private void announce(EventKind kind, AccountRecord after, @Nullable Handle handle) {
    if (!successor.offer(
        new Announcement(kind, after, handle, clock.instant(), number, ordinal + 1))) {
      throw new IllegalStateException("what the relay itself says is too long");
    }
    count(after);
    happened(after);
  }

  /** Events of an account were lost here: its next commit may begin anywhere. */
  private void lost(DidHash hash, Did did) {
    AccountRecord account = accounts.find(hash, did);
    if (account != null && account.localStatus() == LocalStatus.ACTIVE) {
      accounts.put(account.withLocalStatus(LocalStatus.DESYNCHRONIZED), 0, appliedOrdinal);
    }
    losses.lost(hash);
  }

  /** Lets an event go; false if it cannot. */
  private boolean emit(
      UpstreamEvent upstream, AccountRecord account, @Nullable String claimed, boolean waived) {
    AccountRecord after = account.withSeen(upstream.position());
    AcceptedEvent event = new AcceptedEvent(upstream, after, claimed, waived, number, ordinal + 1);
    if (!successor.offer(event)) {
      upstream.dropped(DropReason.OUTGOING_TOO_LARGE);
      return false;
    }
    boolean status = upstream.event() instanceof RepoEvent.AccountEvent;
    if (status || arriving != null) { // what an account writes does not change how it counts
      count(after);
    }
    happened(after);
    return true;
  }

  private void happened(AccountRecord after) {
    ordinal++;
    if (!accounts.put(after, ordinal, appliedOrdinal)) {
      throw new IllegalStateException("no room for an account, though less than half is pinned");
    }
  }

  /** Has the hosts of an account know how many they have. */
  private void count(AccountRecord after) {
    AccountRecord before = accounts.find(after.hash(), after.did());
    AccountRoom room = rooms.of(after.hostId());
    Standing now = AccountRoom.standing(after);
    if (arriving != null) {
      room.change(arriving, now);
      arriving = null;
      if (before != null) {
        rooms.of(before.hostId()).change(AccountRoom.standing(before), Standing.GONE);
      }
    } else if (before != null) {
      Standing then = AccountRoom.standing(before);
      if (then != now) {
        room.change(then, now);
      }
    }
  }
}
