// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.IdentityDirectory;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.ChainAction;
import dev.atprotojava.sync.ChainInput;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.ChainState.Cause;
import dev.atprotojava.sync.ChainState.Desynchronized;
import dev.atprotojava.sync.ChainStep;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.RepoEvent.AccountEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.sync.client.DeliveryLedger.Fetch;
import dev.atprotojava.sync.client.DeliveryLedger.Slot;
import dev.atprotojava.sync.client.EventJudge.Judgement;
import dev.atprotojava.sync.client.RepoStateStore.All;
import dev.atprotojava.sync.client.RepoStateStore.Change;
import dev.atprotojava.sync.client.RepoStateStore.RowChange;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Some of the accounts, and one thread that alone knows how they stand (SC-65): events of the
 * stream and what becomes of resyncs come to it in one queue, and what follows goes to the ledger.
 *
 * <p>An account is in memory while something of it is under way, and in the store else.
 */
final class Lane {
  private static final int SWEEP_ABOVE = 512;
  private static final int MAX_REMEMBERED = 1000;
  private static final long CALM_NANOS = TimeUnit.HOURS.toNanos(1);

  /** What comes to a lane. */
  sealed interface Message {
    /** An event of the stream; its bytes are given back when it was dealt with. */
    record Event(Slot slot, Sequenced event) implements Message {}

    /** An account of the store that is not synchronized. */
    record Wanted(Did did) implements Message {}

    /** An account of which events may have been missed, whatever is known of it. */
    record Missed(Did did) implements Message {}

    /** An account's turn to be fetched. */
    record Begin(Did did) implements Message {}

    /** How a fetching ended. */
    record Ended(Did did, Fetch fetch, ResyncOutcome outcome) implements Message {}

    /** What a server says of an account that was asked (SC-83). */
    record Status(Did did, AccountStatus status) implements Message {}
  }

  /** What the lane wants of those around it. */
  interface Surroundings {
    /** Runs a fetching; {@link Message.Ended} must follow. */
    void fetch(RepoFetch.Task task);

    /** The turn that was given is not needed. */
    void decline();

    /**
     * Asks the account's server for its status, {@link Message.Status} may follow; false if too
     * many are asked for already.
     */
    boolean askStatus(Did did);

    /** A {@link Message.Wanted} was dealt with. */
    void arrived();

    /** A {@link Message.Missed} was dealt with. */
    void marked();

    /** Lets an account wait for its turn; false if there is no room, and the store must do. */
    boolean schedule(Did did, String host, Duration wait);
  }

  /** How this firehose is set. */
  record Settings(
      Predicate<Nsid> collections,
      boolean backfill,
      long accountQueueBytes,
      ReconnectPolicy resyncWaits) {}

  /** An event that waits for the end of a resync. */
  private record Queued(ChainInput input, List<Bytes> records, int bytes) {}

  /** What is to be handed over and stored together. */
  private record Emission(
      List<VerifiedEvent> events, List<RowChange> rows, boolean purge, AccountChain chain) {}

  /** An account in memory. */
  private static final class Account {
    final Did did;
    final DeliveryLedger.Account ledger = new DeliveryLedger.Account();
    final Deque<Queued> queue = new ArrayDeque<>();
    AccountChain chain;
    @Nullable AccountChain stored; // as the store will have it, when all of it is acknowledged
    long queuedBytes;
    @Nullable Fetch fetch;
    boolean scheduled;
    @Nullable Tid dropped; // the highest revision of a verified event that was not applied
    String host = ""; // its server, as the last resync knew it
    int attempts; // resyncs of late
    long lastAttemptNanos;
    boolean statusAsked;
    long statusAskedNanos;
    long statements; // of the account's status, by the stream
    long statementsAtAsking;
    long statementsAtBegin;

    Account(Did did, @Nullable AccountChain stored) {
      this.did = did;
      this.stored = stored;
      this.chain = stored == null ? AccountChain.unknown() : afterRestart(stored);
    }

    /** Whether nothing was ever handed over of it, or all of that was taken back. */
    boolean isUnseen() {
      return chain.state() instanceof Desynchronized(Cause cause, RepoState last)
          && last == null
          && (cause == Cause.UNKNOWN || cause == Cause.PURGED);
    }
  }

  /** A resync that is under way will not have been, when the store is read again. */
  private static AccountChain afterRestart(AccountChain chain) {
    return chain.state() instanceof ChainState.InProgress(RepoState last)
        ? withState(chain, new Desynchronized(Cause.RESYNC_FAILED, last))
        : chain;
  }

  private static AccountChain withState(AccountChain chain, ChainState state) {
    return new AccountChain(state, chain.upstreamStatus(), chain.localStatus());
  }

  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final Map<Did, Account> accounts = new HashMap<>();
  private final DeliveryLedger ledger;
  private final RepoStateStore store;
  private final IdentityDirectory directory;
  private final EventJudge judge;
  private final Settings settings;
  private final Surroundings surroundings;
  private final ByteBudget events;
  private final ByteBudget queues;
  private final FirehoseObserver observer;
  private final NanoClock clock;
  private final RandomGenerator random;
  private int sweepAt = SWEEP_ABOVE;

  Lane(
      DeliveryLedger ledger,
      RepoStateStore store,
      IdentityDirectory directory,
      EventJudge judge,
      Settings settings,
      Surroundings surroundings,
      ByteBudget events,
      ByteBudget queues,
      FirehoseObserver observer,
      NanoClock clock,
      RandomGenerator random) {
    this.ledger = ledger;
    this.store = store;
    this.directory = directory;
    this.judge = judge;
    this.settings = settings;
    this.surroundings = surroundings;
    this.events = events;
    this.queues = queues;
    this.observer = observer;
    this.clock = clock;
    this.random = random;
  }

  /** Adds a message. Never waits: events have taken their bytes before. */
  void post(Message message) {
    messages.add(message);
  }

  static int bytes(Sequenced event) {
    return event.source().bytes().length();
  }

  /** Runs until it is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      handle(messages.take());
      if (accounts.size() > sweepAt) {
        sweep();
      }
    }
  }

  private void handle(Message message) throws InterruptedException {
    switch (message) {
      case Message.Event event -> {
        try {
          onEvent(event.slot(), event.event());
        } finally {
          events.give(bytes(event.event()));
        }
      }
      case Message.Wanted wanted -> {
        try {
          Account account = account(wanted.did());
          if (isToBeFetched(account)) {
            schedule(account, Duration.ZERO);
          }
        } finally {
          surroundings.arrived();
        }
      }
      case Message.Missed missed -> {
        try {
          perform(account(missed.did()), null, new ChainInput.Unverified(), List.of());
        } finally {
          surroundings.marked();
        }
      }
      case Message.Begin begin -> onBegin(account(begin.did()));
      case Message.Ended ended -> onEnded(account(ended.did()), ended.fetch(), ended.outcome());
      case Message.Status status -> {
        Account account = account(status.did());
        boolean overtaken = account.statements != account.statementsAtAsking;
        if (!overtaken && !account.chain.upstreamStatus().isActive()) {
          perform(account, null, new ChainInput.UpstreamStatus(status.status()), List.of());
        }
      }
    }
  }

  private Account account(Did did) {
    return accounts.computeIfAbsent(did, each -> new Account(each, store.find(each)));
  }

  /**
   * Forgets accounts of which the store knows all but, above a number, what must at least be
   * fetched: an account whose server then sends less is fetched again at its next event.
   */
  private void sweep() {
    int remembered = 0;
    for (Iterator<Account> each = accounts.values().iterator(); each.hasNext(); ) {
      Account account = each.next();
      boolean calm = account.attempts <= 1 || clock.nanos() - account.lastAttemptNanos > CALM_NANOS;
      boolean idle =
          calm && account.fetch == null && !account.scheduled && ledger.isStored(account.ledger);
      if (idle && (account.dropped == null || remembered++ >= MAX_REMEMBERED)) {
        each.remove();
      }
    }
    sweepAt = Math.max(SWEEP_ABOVE, 2 * accounts.size());
  }

  private void onEvent(Slot slot, Sequenced event) throws InterruptedException {
    Account account = account(event.did());
    switch (event) {
      case CommitEvent commit -> onRevision(account, slot, commit, commit.rev());
      case SyncEvent sync -> onRevision(account, slot, sync, sync.rev());
      case IdentityEvent identity ->
          perform(account, slot, new ChainInput.Identity(identity), List.of());
      case AccountEvent status -> {
        if (judge.maySpeakOf(account.did)) {
          AccountStatus said = AccountStatus.of(status.active(), status.status());
          account.statements++;
          perform(account, slot, new ChainInput.UpstreamStatus(said), List.of());
        } else {
          observer.notEntitled(account.did, event.seq());
          ledger.pass(slot);
        }
      }
    }
  }

  private void onRevision(Account account, Slot slot, Sequenced event, Tid rev)
      throws InterruptedException {
    RepoState last = account.chain.state().last();
    if (last != null && rev.compareTo(last.rev()) <= 0) { // SC-55, before anything that costs
      ledger.pass(slot);
      return;
    }
    if (!account.chain.status().isActive()) {
      askStatus(account); // SC-53: perhaps its return was missed
      perform(account, slot, new ChainInput.Unverified(), List.of());
      return;
    }
    Judgement judgement =
        switch (event) {
          case CommitEvent commit -> judge.judge(commit, last);
          case SyncEvent sync -> judge.judge(sync, last);
          case IdentityEvent none -> throw new IllegalStateException("no revision");
          case AccountEvent none -> throw new IllegalStateException("no revision");
        };
    switch (judgement) {
      case Judgement.Judged judged -> {
        ChainInput input =
            event instanceof CommitEvent commit
                ? new ChainInput.Commit(commit, judged.verdict())
                : new ChainInput.Sync((SyncEvent) event, judged.verdict());
        perform(account, slot, input, judged.records());
      }
      case Judgement.NotEntitled none -> {
        observer.notEntitled(account.did, event.seq());
        ledger.pass(slot);
      }
      case Judgement.Tombstoned ended ->
          perform(account, slot, new ChainInput.UpstreamStatus(AccountStatus.DELETED), List.of());
      case Judgement.Unverifiable later ->
          perform(account, slot, new ChainInput.Unverified(), List.of());
    }
  }

  /** Asks once an hour, or at the next event if too many are asked now. */
  private void askStatus(Account account) {
    long now = clock.nanos();
    boolean ours = !account.chain.localStatus().isActive();
    boolean due = !account.statusAsked || now - account.statusAskedNanos > CALM_NANOS;
    if (!ours && due && surroundings.askStatus(account.did)) {
      account.statusAsked = true;
      account.statementsAtAsking = account.statements;
      account.statusAskedNanos = now;
    }
  }

  /** Lets the chain decide, and does what it says. */
  private void perform(Account account, @Nullable Slot slot, ChainInput input, List<Bytes> records)
      throws InterruptedException {
    AccountChain before = account.chain;
    ChainStep step = fromNow(account, input);
    account.chain = step.next();
    switch (step.action()) {
      case ChainAction.Apply apply -> emit(account, slot, applied(input, records, step.next()));
      case ChainAction.Advance advance -> emit(account, slot, silent(step.next()));
      case ChainAction.Queue queue -> {
        pass(slot);
        enqueue(account, new Queued(input, records, bytesOf(input)));
      }
      case ChainAction.Ignore ignored when before.equals(step.next()) -> pass(slot);
      case ChainAction.Ignore ignored -> { // it knows that it missed something
        forgetResync(account);
        emit(account, slot, silent(step.next()));
      }
      case ChainAction.Nothing nothing -> pass(slot);
      case ChainAction.Reject(var fault) -> {
        observer.rejected(account.did, seqOf(input), fault);
        pass(slot);
      }
      case ChainAction.Resync(Cause cause) when !settings.backfill() && account.isUnseen() ->
          pass(slot);
      case ChainAction.Resync(Cause cause) -> {
        forgetResync(account);
        noteDropped(account, input);
        if (!before.equals(step.next()) || account.stored == null) {
          observer.desynchronized(account.did, cause);
          emit(account, slot, silent(step.next()));
        } else {
          pass(slot);
        }
        schedule(account, Duration.ZERO);
      }
      case ChainAction.RefreshIdentity refresh -> {
        directory.markStale(account.did);
        emit(
            account,
            slot,
            new Emission(List.of(new IdentityChanged(account.did)), List.of(), false, step.next()));
      }
      case ChainAction.Status status -> {
        if (status.purge()) {
          forgetResync(account);
          account.dropped = null;
        }
        boolean changes = status.before() != status.after();
        if (changes || !before.equals(step.next())) {
          List<VerifiedEvent> events =
              changes ? List.of(new StatusChanged(account.did, status.after())) : List.of();
          emit(account, slot, new Emission(events, List.of(), status.purge(), step.next()));
        } else {
          pass(slot);
        }
        if (status.resync() && isToBeFetched(account)) {
          schedule(account, Duration.ZERO);
        }
      }
    }
  }

  /**
   * Whoever does not want what was before begins with the first verified event of an account: that
   * is where its chain starts.
   */
  private ChainStep fromNow(Account account, ChainInput input) {
    ChainStep step = account.chain.step(input);
    if (settings.backfill()
        || !account.isUnseen()
        || !(step.action() instanceof ChainAction.Resync)) {
      return step;
    }
    RepoState start =
        switch (input) {
          case ChainInput.Commit(var event, Accept accept) -> accept.next();
          case ChainInput.Sync(var event, Accept accept) -> accept.next();
          default -> null;
        };
    if (start == null) {
      return step;
    }
    AccountChain begun = withState(step.next(), new ChainState.Synchronized(start));
    return new ChainStep(
        begun,
        input instanceof ChainInput.Commit
            ? new ChainAction.Apply(start)
            : new ChainAction.Advance(start));
  }

  private void pass(@Nullable Slot slot) {
    if (slot != null) {
      ledger.pass(slot);
    }
  }

  private void emit(Account account, @Nullable Slot slot, Emission emission)
      throws InterruptedException {
    account.stored = emission.chain();
    ledger.add(
        slot,
        account.ledger,
        emission.events(),
        new Change(
            account.did,
            emission.chain(),
            emission.purge() ? All.FORGET : All.KEEP,
            emission.rows()));
  }

  /**
   * Has the store know the chain, unless it reads there as it is: resyncs that fail over and over
   * leave no trace.
   */
  private void store(Account account) throws InterruptedException {
    AccountChain stored = account.stored;
    if (stored == null || !afterRestart(stored).equals(afterRestart(account.chain))) {
      emit(account, null, silent(account.chain));
    }
  }

  private static Emission silent(AccountChain chain) {
    return new Emission(List.of(), List.of(), false, chain);
  }

  /** The operations of a commit as far as anybody wants them (SC-66). */
  private Emission applied(ChainInput input, List<Bytes> records, AccountChain chain) {
    CommitEvent commit = ((ChainInput.Commit) input).event();
    List<VerifiedEvent> handedOver = new ArrayList<>();
    List<RowChange> rows = new ArrayList<>();
    for (int i = 0; i < commit.ops().size(); i++) {
      RepoOp op = commit.ops().get(i);
      Bytes key = op.path();
      RecordPath path = RecordPath.decode(key.array(), key.offset(), key.length());
      if (settings.collections().test(path.collection())) {
        handedOver.add(change(commit, op, path, records.get(i)));
        rows.add(op.cid() == null ? new RowChange.Gone(path) : new RowChange.Known(path, op.cid()));
      }
    }
    return new Emission(handedOver, rows, false, chain);
  }

  private static VerifiedEvent change(CommitEvent commit, RepoOp op, RecordPath path, Bytes view) {
    Bytes record = Bytes.wrap(view.toByteArray()); // lets go of the message
    return op.cid() == null
        ? new Deleted(commit.did(), commit.rev(), path)
        : op.prev() == null
            ? new Created(commit.did(), commit.rev(), path, op.cid(), record)
            : new Updated(commit.did(), commit.rev(), path, op.cid(), record);
  }

  private static int bytesOf(ChainInput input) {
    return switch (input) {
      case ChainInput.Commit commit -> bytes(commit.event());
      case ChainInput.Sync sync -> bytes(sync.event());
      default -> 0;
    };
  }

  private static long seqOf(ChainInput input) {
    return switch (input) {
      case ChainInput.Commit commit -> commit.event().seq();
      case ChainInput.Sync sync -> sync.event().seq();
      default -> 0;
    };
  }

  /** What was verified and is not applied must be in what is fetched (SC-71). */
  private static void noteDropped(Account account, ChainInput input) {
    Tid rev =
        switch (input) {
          case ChainInput.Commit(var event, Accept accept) -> event.rev();
          case ChainInput.Sync(var event, Accept accept) -> event.rev();
          default -> null;
        };
    if (rev != null && (account.dropped == null || rev.compareTo(account.dropped) > 0)) {
      account.dropped = rev;
    }
  }

  private void enqueue(Account account, Queued queued) throws InterruptedException {
    boolean fits =
        account.queuedBytes + queued.bytes() <= settings.accountQueueBytes()
            && queues.tryTake(queued.bytes());
    if (fits) {
      account.queue.add(queued);
      account.queuedBytes += queued.bytes();
    } else { // SC-74
      noteDropped(account, queued.input());
      perform(account, null, new ChainInput.QueueOverflow(), List.of());
    }
  }

  /** Calls a fetching off, and lets go of what waits for it. */
  private void forgetResync(Account account) {
    Fetch fetch = account.fetch;
    if (fetch != null) {
      ledger.cancel(fetch);
      account.fetch = null;
    }
    for (Queued queued : account.queue) {
      noteDropped(account, queued.input());
    }
    clearQueue(account);
  }

  private void clearQueue(Account account) {
    queues.give(account.queuedBytes);
    account.queue.clear();
    account.queuedBytes = 0;
  }

  /**
   * Sees to it that the account will be fetched, the later the more often it was of late (SC-76).
   */
  private void schedule(Account account, Duration atLeast) {
    if (account.scheduled || account.fetch != null) {
      return;
    }
    long now = clock.nanos();
    if (now - account.lastAttemptNanos > CALM_NANOS) {
      account.attempts = 0;
    }
    Duration wait =
        account.attempts == 0
            ? Duration.ZERO
            : settings.resyncWaits().waitAfter(account.attempts, random);
    account.scheduled =
        surroundings.schedule(
            account.did, account.host, wait.compareTo(atLeast) < 0 ? atLeast : wait);
  }

  private boolean isToBeFetched(Account account) {
    return account.chain.state() instanceof Desynchronized
        && account.chain.status().isActive()
        && (settings.backfill() || !account.isUnseen());
  }

  private void onBegin(Account account) throws InterruptedException {
    account.scheduled = false;
    if (account.fetch != null || !isToBeFetched(account)) {
      surroundings.decline();
      return;
    }
    account.chain = account.chain.step(new ChainInput.ResyncBegun()).next();
    store(account); // a crash from here on leaves a part of it
    account.attempts++;
    account.lastAttemptNanos = clock.nanos();
    Fetch fetch = new Fetch();
    account.fetch = fetch;
    account.statementsAtBegin = account.statements;
    RepoState last = account.chain.state().last();
    Tid atLeast = last == null ? null : last.rev();
    if (account.dropped != null && (atLeast == null || account.dropped.compareTo(atLeast) > 0)) {
      atLeast = account.dropped;
    }
    observer.resyncBegun(account.did);
    surroundings.fetch(new RepoFetch.Task(account.did, account.ledger, fetch, atLeast));
  }

  private void onEnded(Account account, Fetch fetch, ResyncOutcome outcome)
      throws InterruptedException {
    if (account.fetch != fetch) {
      return; // it was called off, and another one is under way or to come
    }
    account.fetch = null;
    switch (outcome) {
      case ResyncOutcome.Done(RepoState repo) -> onDone(account, repo);
      case ResyncOutcome.Failed(String host, String reason, Duration atLeast) -> {
        account.host = host;
        endBadly(account, new ChainInput.ResyncFailed());
        schedule(account, atLeast);
        observer.resyncFailed(account.did, reason, atLeast);
      }
      case ResyncOutcome.HostBusy(String host, Duration atLeast) -> {
        account.host = host;
        account.attempts--;
        endBadly(account, new ChainInput.ResyncFailed());
        schedule(account, atLeast);
      }
      case ResyncOutcome.Refused(AccountStatus status)
          when account.statements != account.statementsAtBegin -> { // perhaps said before them
        endBadly(account, new ChainInput.ResyncFailed());
        schedule(account, Duration.ZERO);
      }
      case ResyncOutcome.Refused(AccountStatus status) -> {
        clearQueue(account);
        account.dropped = null; // who returns tells what is newest
        perform(account, null, new ChainInput.ResyncRefused(status), List.of());
      }
      case ResyncOutcome.CalledOff none -> endBadly(account, new ChainInput.ResyncFailed());
    }
  }

  private void endBadly(Account account, ChainInput input) throws InterruptedException {
    for (Queued queued : account.queue) {
      noteDropped(account, queued.input());
    }
    clearQueue(account);
    account.chain = account.chain.step(input).next();
    store(account);
  }

  /**
   * Drains the queue (SC-73). Its events are behind the cursor already, so the account counts as
   * synchronized in the store only with the last of them.
   */
  private void onDone(Account account, RepoState repo) throws InterruptedException {
    account.chain = account.chain.step(new ChainInput.ResyncDone(repo)).next();
    account.dropped = null;
    List<Emission> emissions = new ArrayList<>();
    emissions.add(
        new Emission(
            List.of(new Synchronized(account.did, repo.rev())), List.of(), false, account.chain));
    Cause broken = null;
    for (Queued queued : account.queue) {
      ChainStep step = account.chain.step(queued.input());
      account.chain = step.next();
      switch (step.action()) {
        case ChainAction.Apply apply ->
            emissions.add(applied(queued.input(), queued.records(), step.next()));
        case ChainAction.Advance advance -> emissions.add(silent(step.next()));
        case ChainAction.Resync(Cause cause) -> {
          broken = broken == null ? cause : broken;
          noteDropped(account, queued.input());
          emissions.add(silent(step.next()));
        }
        case ChainAction.Queue none -> throw new IllegalStateException("queued again");
        case ChainAction.Ignore ignored -> emissions.add(silent(step.next()));
        case ChainAction.Reject rejected -> {}
        case ChainAction.RefreshIdentity none -> {}
        case ChainAction.Status none -> {}
        case ChainAction.Nothing none -> {}
      }
    }
    clearQueue(account);
    for (int i = 0; i < emissions.size(); i++) {
      Emission emission = emissions.get(i);
      boolean last = i == emissions.size() - 1;
      emit(account, null, last ? emission : unfinished(emission));
    }
    if (broken != null) {
      observer.desynchronized(account.did, broken);
      schedule(account, Duration.ZERO);
    }
  }

  private static Emission unfinished(Emission emission) {
    AccountChain chain = emission.chain();
    return new Emission(
        emission.events(),
        emission.rows(),
        emission.purge(),
        withState(chain, new Desynchronized(Cause.RESYNC_FAILED, chain.state().last())));
  }
}
