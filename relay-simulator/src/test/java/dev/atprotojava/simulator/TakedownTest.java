// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.Takedowns;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.log.LogInspector;
import dev.atprotojava.relay.store.AuditEntry;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.SqliteRelayStore;
import dev.atprotojava.relay.store.TakedownStore;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.syntax.Did;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Takedowns in a whole relay, across restarts (RL-14, RL-70, RL-71; invariants 2, 9, 10). */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class TakedownTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final String ACTOR = "night-shift";
  private static final int ACCOUNTS = 4;

  @TempDir private Path data;

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network =
      new SimulatedNetwork(new NetworkShape(7, 1, ACCOUNTS, 0.5), clock);
  private final SimulatedTraffic people = new SimulatedTraffic(network, 7);
  private final SimulatedPds host = network.hosts().getFirst();
  private final SimulatedAccount alice = network.account(0);
  private final FrameCodec codec = new FrameCodec();

  /** Who read all; they are let go after the relay that they read from. */
  private final List<InProcessConsumer> readers = new ArrayList<>();

  private SimulatedServers servers;
  private InProcessRelay relay;

  @BeforeEach
  void begin() throws Exception {
    servers = SimulatedServers.start(network);
    start();
    assertThat(relay.crawl(host)).isEqualTo(CrawlAnswer.ADDED);
    for (int number = 0; number < ACCOUNTS; number++) {
      send(people.introduce(network.account(number)).events());
    }
    for (int round = 0; round < 5; round++) {
      for (int number = 0; number < ACCOUNTS; number++) {
        write(network.account(number));
      }
    }
    await("all came", () -> relay.isDone(host));
  }

  @AfterEach
  void end() throws Exception {
    stop();
    servers.close();
  }

  private void start() throws Exception {
    relay =
        new InProcessRelay(
            data, servers.plc(), clock, did -> java.util.Optional.empty(), LogOptions.defaults());
  }

  private void stop() throws Exception {
    relay.stop();
    readers.forEach(InProcessConsumer::close);
    readers.clear();
  }

  private void restart() throws Exception {
    stop();
    start();
  }

  private void send(List<FrameBody.Event> events) {
    clock.advance(Duration.ofMillis(1));
    events.forEach(host::append);
  }

  private void write(SimulatedAccount account) {
    send(people.act(account).events());
  }

  private void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(relay.fatal()).isNull();
      assertThat(System.nanoTime() - start)
          .as("%s; %s messages, drops %s", what, relay.messages().size(), relay.drops())
          .isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private RepoEvent.Sequenced event(Bytes message) {
    return (RepoEvent.Sequenced) ((Frame.Message) codec.decode(message)).event();
  }

  /** What somebody gets who reads all that there is, from the start. */
  private List<RepoEvent.Sequenced> replay() throws Exception {
    long last = relay.relay().gauges().publishedSeq();
    InProcessConsumer reader = new InProcessConsumer();
    readers.add(reader);
    reader.open(relay.relay().consumers());
    await("replayed", () -> relay.relay().consumers().list().stream().noneMatch(this::isBehind));
    List<RepoEvent.Sequenced> events = reader.messages().stream().map(this::event).toList();
    assertThat(events.getLast().seq()).isLessThanOrEqualTo(last);
    return events;
  }

  /** The last event of the log is visible in all these tests. */
  private boolean isBehind(dev.atprotojava.relay.consumer.Consumers.Row row) {
    return row.position() < relay.relay().gauges().publishedSeq();
  }

  private boolean isContentOf(RepoEvent.Sequenced event, SimulatedAccount account) {
    boolean content =
        event instanceof RepoEvent.CommitEvent || event instanceof RepoEvent.SyncEvent;
    return content && event.did().equals(account.did());
  }

  private boolean isLastHers() {
    List<RepoEvent.Sequenced> events = all();
    return !events.isEmpty() && isContentOf(events.getLast(), alice);
  }

  private static List<Long> seqs(List<RepoEvent.Sequenced> events) {
    return events.stream().map(RepoEvent.Sequenced::seq).toList();
  }

  /** The {@code #account} events of an account, as {@code active} or the word for what it is. */
  private List<String> statuses(List<RepoEvent.Sequenced> events, Did did) {
    List<String> statuses = new ArrayList<>();
    for (RepoEvent.Sequenced event : events) {
      if (event instanceof RepoEvent.AccountEvent account && account.did().equals(did)) {
        statuses.add(account.active() ? "active" : String.valueOf(account.status()));
      }
    }
    return statuses;
  }

  private AccountStatus status() {
    return relay.relay().findAccount(alice.did()).join().orElseThrow().effectiveStatus();
  }

  private AccountStatus listed() {
    return relay.relay().listAccounts(0, 100).stream()
        .filter(account -> account.did().equals(alice.did()))
        .map(AccountRecord::effectiveStatus)
        .findFirst()
        .orElseThrow();
  }

  private List<Did> takenDown() {
    return relay.relay().takedowns().list(0, 10).stream().map(Takedowns.Entry::did).toList();
  }

  private boolean takeDown(boolean now) {
    return relay.relay().takedowns().takeDown(alice.did(), ACTOR, now);
  }

  private boolean reverse() {
    return relay.relay().takedowns().reverse(alice.did(), ACTOR);
  }

  /** Looks into the store, which nobody has open. */
  private <T> T inStore(Function<RelayStore, T> look) {
    try (RelayStore store = SqliteRelayStore.open(data.resolve("relay.sqlite"), new Random(1))) {
      return look.apply(store);
    }
  }

  @Test
  void takenDown_isHiddenFromTheMomentTheCallReturns_andAcrossRestarts() throws Exception {
    List<RepoEvent.Sequenced> before = replay();
    assertThat(before).anyMatch(event -> isContentOf(event, alice));

    assertThat(takeDown(false)).isTrue();

    assertThat(status()).isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(listed()).as("though its row is written seconds later").isEqualTo(status());
    assertThat(takenDown()).containsExactly(alice.did());
    await("told", () -> statuses(all(), alice.did()).contains("takendown"));
    List<Long> visible = seqs(before.stream().filter(event -> !isContentOf(event, alice)).toList());
    List<RepoEvent.Sequenced> after = replay();
    assertThat(seqs(after)).as("numbers stay").startsWith(visible.toArray(Long[]::new));
    assertThat(after).hasSize(visible.size() + 1);
    assertThat(statuses(after, alice.did())).containsExactly("active", "takendown");

    send(List.of(alice.commit(List.of()).toCommit()));
    send(List.of(alice.toIdentity(), alice.toAccount()));
    await("dropped", () -> relay.isDone(host));
    assertThat(relay.drops().get(DropReason.ACCOUNT_TAKENDOWN)).isPositive();
    List<RepoEvent.Sequenced> last = replay();
    assertThat(last).noneMatch(event -> isContentOf(event, alice)).hasSize(visible.size() + 3);
    assertThat(statuses(last, alice.did())).containsExactly("active", "takendown", "takendown");

    restart();
    assertThat(replay()).isEqualTo(last);
    assertThat(status()).isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(listed()).isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(takenDown()).containsExactly(alice.did());
    assertThat(takeDown(false)).as("a repeat").isTrue();
    assertThat(replay()).as("tells nothing").isEqualTo(last);
  }

  private List<RepoEvent.Sequenced> all() {
    return relay.messages().stream().map(this::event).toList();
  }

  @Test
  void reversed_showsEverythingAgain_andExcusesWhatWasMissed() throws Exception {
    List<RepoEvent.Sequenced> before = replay();
    takeDown(false);
    write(alice);
    send(List.of(alice.commit(List.of()).toCommit()));
    await("dropped", () -> relay.isDone(host));
    restart();

    assertThat(reverse()).isTrue();

    assertThat(status()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(listed()).as("though its row is written seconds later").isEqualTo(status());
    assertThat(takenDown()).isEmpty();
    await("told", () -> statuses(all(), alice.did()).size() == 3);
    List<RepoEvent.Sequenced> after = replay();
    assertThat(after.subList(0, before.size())).isEqualTo(before);
    assertThat(statuses(after, alice.did())).containsExactly("active", "takendown", "active");

    restart(); // what it missed is excused after that too
    send(List.of(alice.commit(List.of()).toCommit()));
    await("it goes on", this::isLastHers);
    assertThat(relay.relay().counters().excusedBreaks()).isEqualTo(1);
    assertThat(reverse()).as("a repeat").isTrue();
    stop();
    List<AuditEntry> trail =
        inStore(
            store ->
                store.auditTrail(Long.MAX_VALUE, 10).stream()
                    .map(RelayStore.Audited::entry)
                    .toList());
    assertThat(trail)
        .extracting(AuditEntry::action)
        .containsExactly("account.reverseTakedown", "account.takedown");
    assertThat(trail).extracting(AuditEntry::actor).containsOnly(ACTOR);
    assertThat(trail).extracting(AuditEntry::subject).containsOnly(alice.did().toString());
    assertThat(trail.getFirst().before()).isEqualTo("takendown");
    assertThat(trail.getFirst().after()).isEqualTo("active");
    start();
  }

  /** kill -9 behind the decision: the lane acts by it at the next start, once. */
  @Test
  void decidedBeforeACrash_isToldOnceAfterIt() throws Exception {
    AccountRecord account = relay.relay().findAccount(alice.did()).join().orElseThrow();
    stop();
    inStore(
        store -> {
          store.takedowns().put(account, clock.instant(), clock.instant());
          return true;
        });
    start();
    await("told", () -> statuses(all(), alice.did()).contains("takendown"));
    assertThat(all()).noneMatch(event -> isContentOf(event, alice));
    write(network.account(1));
    write(alice);
    await("held back", () -> relay.isDone(host));
    restart();
    assertThat(statuses(replay(), alice.did())).containsExactly("active", "takendown");

    stop(); // and the same of a reversal
    inStore(
        store -> {
          store.takedowns().lift(account.hash());
          return true;
        });
    start();
    await("told", () -> statuses(all(), alice.did()).size() == 3);
    restart();
    assertThat(statuses(replay(), alice.did())).containsExactly("active", "takendown", "active");
    assertThat(status()).isEqualTo(AccountStatus.ACTIVE);
    stop();
    List<TakedownStore.Takedown> open = inStore(store -> store.takedowns().settle());
    assertThat(open).isEmpty();
    start();
  }

  /** An account that was throttled before is throttled again: a takedown is no way out. */
  @Test
  void reversed_leavesAThrottleInPlace() throws Exception {
    AccountRecord account = relay.relay().findAccount(alice.did()).join().orElseThrow();
    stop();
    inStore(
        store -> {
          store
              .takedowns()
              .put(
                  account.withLocalStatus(LocalStatus.THROTTLED), clock.instant(), clock.instant());
          return true;
        });
    start();
    await("told", () -> statuses(all(), alice.did()).contains("takendown"));
    assertThat(reverse()).isTrue();
    assertThat(status()).isEqualTo(AccountStatus.THROTTLED);
  }

  private List<String> dump() {
    List<String> lines = new ArrayList<>();
    LogInspector.dump(
        data.resolve("persist"), 0, Long.MAX_VALUE, LogInspector.Frames.NONE, lines::add);
    return lines;
  }

  private long erased() {
    return dump().stream().filter(line -> line.endsWith("erased")).count();
  }

  @Test
  void erased_afterADay_andNotBefore() throws Exception {
    long content = replay().stream().filter(event -> isContentOf(event, alice)).count();
    takeDown(false);
    clock.advance(Takedowns.ERASED_AFTER.minusSeconds(1));
    restart();
    write(network.account(1));
    await("it goes on", () -> relay.isDone(host));
    assertThat(erased()).isZero();
    clock.advance(Duration.ofSeconds(1));
    await("erased", () -> erased() == content);
    assertThat(dump())
        .noneMatch(
            line ->
                line.contains("\t" + alice.did() + "\t")
                    && (line.contains("\tcommit\t") || line.contains("\tsync\t")));
    assertThat(LogInspector.verify(data.resolve("persist")).isSound()).isTrue();
    stop();
    await("written", () -> inStore(store -> store.takedowns().list(0, 1)).getFirst().erased());
    start();
  }

  @Test
  void erasedAtOnce_isGoneForGood_andTheRestStays() throws Exception {
    List<RepoEvent.Sequenced> before = replay();
    List<RepoEvent.Sequenced> rest =
        before.stream().filter(event -> !isContentOf(event, alice)).toList();
    takeDown(true);
    await("erased", () -> erased() == before.size() - rest.size());
    assertThat(reverse()).isTrue();
    await("told", () -> statuses(all(), alice.did()).size() == 3);
    assertThat(replay().subList(0, rest.size())).as("from memory").isEqualTo(rest);
    write(network.account(2));
    await("his, of another lane, is in the log", () -> relay.isDone(host));
    send(List.of(alice.commit(List.of()).toCommit()));
    await("it goes on", this::isLastHers);
    restart();
    List<RepoEvent.Sequenced> left = replay();
    assertThat(left.subList(0, rest.size())).as("from the files").isEqualTo(rest);
    assertThat(left.getLast()).matches(event -> isContentOf(event, alice));
  }

  @Test
  void unknownAccount_changesNothing() {
    Did nobody = Did.parse("did:plc:nobodynobodynobodynobody");
    assertThat(relay.relay().takedowns().takeDown(nobody, ACTOR, true)).isFalse();
    assertThat(relay.relay().takedowns().reverse(nobody, ACTOR)).isFalse();
    assertThat(takenDown()).isEmpty();
  }
}
