// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstBuilder;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VerifiedFirehoseTest {
  private static final String A = "com.example.record/a";
  private static final String B = "com.example.record/b";
  private static final String C = "com.example.other/c";

  private final FakeNetwork network = new FakeNetwork();
  private final FakeAccount account = new FakeAccount(0, new Random(5));
  private final FakeAccount other = new FakeAccount(1, new Random(6));
  private final RepoStateStore store = new InMemoryRepoStateStore();
  private final Consumer consumer = new Consumer();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<VerifiedFirehose> opened = new ArrayList<>();

  VerifiedFirehoseTest() {
    network.add(account);
    network.add(other);
  }

  @AfterEach
  void close() {
    opened.forEach(VerifiedFirehose::close);
  }

  private VerifiedFirehose.Builder builder() {
    return over(store);
  }

  private VerifiedFirehose.Builder over(RepoStateStore repos) {
    return VerifiedFirehose.builder(FakeNetwork.HOST, repos)
        .withBackfill()
        .from(new Cursor.Oldest())
        .transport(network)
        .servers(network)
        .identities(network)
        .wallClock(InstantSource.fixed(FakeNetwork.NOW))
        .random(new Random(1))
        .reconnect(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(2)))
        .resyncWaits(new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(5)))
        .observer(
            new FirehoseObserver() {
              @Override
              public void rejected(Did did, long seq, CommitFault fault) {
                heard.add("rejected " + seq + " " + fault);
              }

              @Override
              public void notEntitled(Did did, long seq) {
                heard.add("not entitled " + seq);
              }

              @Override
              public void desynchronized(Did did, ChainState.Cause cause) {
                heard.add("desynchronized " + cause);
              }

              @Override
              public void resyncFailed(Did did, String reason, Duration wait) {
                heard.add("failed " + reason);
              }
            });
  }

  private VerifiedFirehose open(VerifiedFirehose.Builder builder) {
    VerifiedFirehose firehose = builder.open();
    opened.add(firehose);
    return firehose;
  }

  /** Takes events and acknowledges them, up to and with one of a kind; those. */
  private List<VerifiedEvent> takeUntil(
      VerifiedFirehose firehose, Class<? extends VerifiedEvent> last) throws Exception {
    List<VerifiedEvent> taken = new ArrayList<>();
    while (taken.isEmpty() || !last.isInstance(taken.getLast())) {
      Delivery delivery = firehose.poll(Duration.ofSeconds(10));
      assertThat(delivery).as("after %s, heard %s", taken, heard).isNotNull();
      taken.add(delivery.event());
      consumer.take(delivery.event());
      delivery.ack();
    }
    return taken;
  }

  private static List<String> kinds(List<VerifiedEvent> events) {
    return events.stream().map(event -> event.getClass().getSimpleName()).toList();
  }

  private void assertNothingMore(VerifiedFirehose firehose) throws Exception {
    assertThat(firehose.poll(Duration.ofMillis(50))).isNull();
  }

  /** Damage: of a quiet account that somebody asked for nothing comes, for months. */
  @Test
  void accounts_thatAreNamedAreFetchedThoughTheyAreQuiet() throws Exception { // SC-77, SC-78
    account.put(A, "one");
    other.put(A, "not asked for");
    VerifiedFirehose firehose = open(builder().accounts(Set.of(account.did)));
    assertThat(kinds(takeUntil(firehose, Synchronized.class)))
        .containsExactly("Created", "Synchronized");
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(network.asked).noneMatch(request -> request.contains(other.did.toString()));
    firehose.close();

    assertNothingMore(open(builder().accounts(Set.of(account.did)))); // it is known now
    RepoStateStore empty = new InMemoryRepoStateStore();
    assertNothingMore(open(over(empty).accounts(Set.of(other.did)).withoutBackfill()));
  }

  /** Damage: a mirror that is behind takes what was verified already away again. */
  @Test
  void resyncs_takeNoRepositoryFromBeforeWhatIsKnown() throws Exception { // SC-71
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class);
    byte[] behind = account.export();
    account.put(B, "lost");
    network.answerRepo(() -> new ByteArrayInputStream(behind));
    network.send(account.put(C, "three"));
    takeUntil(firehose, Synchronized.class);
    assertThat(heard).anyMatch(what -> what.contains("older than what is known"));
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  @Test
  void next_handsOverWhatACommitDid() throws Exception { // SC-60, SC-64, SC-67
    network.send(account.put(A, "one"));
    network.send(account.put(A, "two"));
    network.send(account.delete(A));
    VerifiedFirehose firehose = open(builder());
    List<VerifiedEvent> events = takeUntil(firehose, Deleted.class);
    assertThat(kinds(events)).containsExactly("Created", "Updated", "Deleted");
    Created created = (Created) events.getFirst();
    assertThat(created.path()).hasToString(A);
    assertThat(((MapValue) CborValue.decode(created.record())).findText("text")).isEqualTo("one");
    assertThat(created.did()).isEqualTo(account.did);
    assertNothingMore(firehose);
    assertThat(network.asked).isEmpty(); // the first commit was all there was
  }

  @Test
  void next_fetchesAnAccountThatWasNeverSeen() throws Exception { // SC-64, SC-70
    account.put(A, "one");
    network.send(account.put(B, "two"));
    VerifiedFirehose firehose = open(builder());
    List<VerifiedEvent> events = takeUntil(firehose, Synchronized.class);
    assertThat(kinds(events)).containsExactly("Created", "Created", "Synchronized");
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  // Damage: a record that stays although it was deleted in a commit that was lost.
  @Test
  void next_repairsAGapDeletionsIncluded() throws Exception { // SC-62, SC-72
    network.send(account.commit(Map.of(A, "one", B, "two", C, "three")));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class);
    takeUntil(firehose, Created.class);
    takeUntil(firehose, Created.class);
    account.delete(A); // lost
    account.put(B, "other"); // lost
    network.send(account.put("com.example.record/d", "four"));
    List<VerifiedEvent> events = takeUntil(firehose, Synchronized.class);
    assertThat(kinds(events)).containsExactly("Deleted", "Updated", "Created", "Synchronized");
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(heard).containsExactly("desynchronized CHAIN_BROKEN");
  }

  // Damage: a commit made during the download is lost, or handed over before what it builds on.
  @Test
  void next_keepsWhatHappensDuringAResync() throws Exception { // SC-70, SC-73
    account.put(A, "one");
    network.send(account.put(B, "two"));
    MapValue[] late = new MapValue[2];
    network.beforeRepo(
        () -> {
          network.send(account.put(C, "in the export already"));
          late[0] = account.put(A, "three");
        });
    VerifiedFirehose firehose = open(builder());
    List<VerifiedEvent> events = takeUntil(firehose, Synchronized.class);
    network.send(late[0]); // it is in the export too
    network.send(account.put(A, "four"));
    events.addAll(takeUntil(firehose, Updated.class));
    assertThat(kinds(events))
        .containsExactly("Created", "Created", "Created", "Synchronized", "Updated");
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(heard).containsExactly("desynchronized UNKNOWN");
  }

  @Test
  void next_startsAResyncAnewWhenTooMuchWaits() throws Exception { // SC-74
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.beforeRepo(
        () -> {
          for (int i = 0; i < 5; i++) {
            network.send(account.put(C, "text " + i));
          }
          while (!heard.contains("desynchronized QUEUE_OVERFLOW")) {
            Thread.onSpinWait(); // the download ends after them
          }
        });
    VerifiedFirehose firehose = open(builder().queueBytes(1_500, 1 << 20));
    while (!consumer.table(account.did).equals(account.records()) || account.records().size() < 3) {
      takeUntil(firehose, VerifiedEvent.class);
    }
    assertThat(heard).contains("desynchronized QUEUE_OVERFLOW");
  }

  @Test
  void next_dropsWhatIsForged() throws Exception { // SC-54: after one look at the directory
    network.send(account.put(A, "one"));
    FakeAccount forger = new FakeAccount(0, new Random(9));
    forger.put(A, "one");
    network.send(forger.put(B, "forged"));
    network.send(account.put(B, "true"));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class);
    List<VerifiedEvent> events = takeUntil(firehose, Created.class);
    assertThat(((Created) events.getFirst()).path()).hasToString(B);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(heard).containsExactly("rejected 2 BAD_SIGNATURE");
    assertThat(network.asked).containsExactly("refresh " + account.did);
  }

  @Test
  void next_findsANewKeyByItself() throws Exception { // SC-54
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class);
    account.rotateKey();
    network.send(account.put(B, "two"));
    takeUntil(firehose, Created.class);
    assertThat(heard).isEmpty();
  }

  @Test
  void next_neverAcceptsWhatItCannotVerify() throws Exception { // SC-51
    network.directoryDown(true);
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder());
    assertNothingMore(firehose);
    network.directoryDown(false);
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  @Test
  void next_believesAPdsOnlyAboutItsOwnAccounts() throws Exception { // SC-52, SC-85
    network.move(other, "https://elsewhere.example.com");
    network.send(other.put(A, "one"));
    other.status(AccountStatus.DELETED);
    network.send(other.account());
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder().ofPds().lanes(1));
    List<VerifiedEvent> events = takeUntil(firehose, Created.class);
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().did()).isEqualTo(account.did);
    assertThat(heard).containsExactly("not entitled 1", "not entitled 2");
  }

  @Test
  void next_tellsStatusAndIdentity() throws Exception { // SC-80, SC-86
    network.send(account.put(A, "one"));
    account.status(AccountStatus.DEACTIVATED);
    network.send(account.account());
    network.send(account.account());
    account.status(AccountStatus.ACTIVE);
    network.send(account.account());
    network.send(account.identity());
    network.send(account.put(B, "two"));
    VerifiedFirehose firehose = open(builder());
    List<VerifiedEvent> events = takeUntil(firehose, IdentityChanged.class);
    assertThat(events.subList(1, 3))
        .containsExactly(
            new StatusChanged(account.did, AccountStatus.DEACTIVATED),
            new StatusChanged(account.did, AccountStatus.ACTIVE));
    takeUntil(firehose, Created.class);
    assertThat(network.asked).isEmpty();
  }

  @Test
  void next_bringsADeletedAccountBackWhole() throws Exception { // SC-80: no status is the last
    network.send(account.put(A, "one"));
    account.status(AccountStatus.DELETED);
    network.send(account.account());
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, StatusChanged.class);
    assertThat(consumer.table(account.did)).isEmpty();
    account.status(AccountStatus.ACTIVE);
    network.send(account.account());
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  // Damage: an account that is silent for ever, because nobody heard that it is back.
  @Test
  void next_asksAfterAnAccountThatCommitsWithoutBeingActive() throws Exception { // SC-53
    network.send(account.put(A, "one"));
    account.status(AccountStatus.SUSPENDED);
    network.send(account.account());
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, StatusChanged.class);
    account.status(AccountStatus.ACTIVE); // nobody says so
    network.send(account.put(B, "two"));
    takeUntil(firehose, StatusChanged.class);
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  @Test
  void resyncs_takeTheServersWordForTheStatus() throws Exception { // SC-76
    account.put(A, "one");
    network.send(account.put(B, "two"));
    account.status(AccountStatus.TAKENDOWN);
    VerifiedFirehose firehose = open(builder());
    List<VerifiedEvent> events = takeUntil(firehose, StatusChanged.class);
    assertThat(events).containsExactly(new StatusChanged(account.did, AccountStatus.TAKENDOWN));
    assertNothingMore(firehose);
    assertThat(network.asked).filteredOn(each -> each.startsWith("getRepo ")).hasSize(1);
  }

  @Test
  void resyncs_areTriedAgain() throws Exception { // SC-75
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.failRepo(new IOException("broken"));
    network.failRepo(new XrpcException(429, "", "pds.example.com", Duration.ofMillis(3)));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Synchronized.class);
    assertThat(heard)
        .containsExactly(
            "desynchronized UNKNOWN",
            "failed pds.example.com: broken",
            "failed pds.example.com says HTTP 429");
  }

  // Damage: one server that answers nonsense ends the following of all accounts.
  @Test
  void resyncs_outliveAnswersThatAreNoRepository() throws Exception { // SC-90
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.answerRepo(() -> new ByteArrayInputStream("<html>no</html>".getBytes(UTF_8)));
    network.answerRepo(
        () -> {
          throw new IllegalArgumentException("unexpected");
        });
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(heard).hasSize(3);
    assertThat(heard.get(1)).startsWith("failed pds.example.com: ");
    assertThat(heard.get(2)).isEqualTo("failed java.lang.IllegalArgumentException: unexpected");
  }

  // Damage: the same by a question after one account's status.
  @Test
  void next_outlivesAStatusThatCannotBeAskedFor() throws Exception { // SC-84
    network.send(account.put(A, "one"));
    account.status(AccountStatus.SUSPENDED);
    network.send(account.account());
    network.send(account.put(B, "ignored"));
    network.beforeStatus(
        () -> {
          throw new IllegalArgumentException("no address");
        });
    VerifiedFirehose firehose = open(builder().lanes(1));
    takeUntil(firehose, StatusChanged.class);
    while (network.asked.isEmpty()) {
      assertNothingMore(firehose);
    }
    network.send(other.put(A, "one"));
    takeUntil(firehose, Created.class);
    assertNothingMore(firehose);
    assertThat(consumer.status(account.did)).isEqualTo(AccountStatus.SUSPENDED);
  }

  // Damage: a copy without what an account did while its return was not known yet.
  @Test
  void restarts_knowThatSomethingWasMissed() throws Exception { // SC-53, SC-86
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder().withoutBackfill());
    takeUntil(firehose, Created.class);
    account.status(AccountStatus.SUSPENDED);
    network.send(account.account());
    takeUntil(firehose, StatusChanged.class);
    network.send(account.put(B, "two"));
    assertNothingMore(firehose);
    firehose.close();
    VerifiedFirehose again = open(builder().withoutBackfill());
    account.status(AccountStatus.ACTIVE);
    network.send(account.account());
    takeUntil(again, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  // Damage: a relay that is busy, and everybody's servers are left alone for it.
  @Test
  void resyncs_leaveTheServerAloneThatAsksForIt() throws Exception { // SC-70, SC-75
    network.move(account, "https://elsewhere.example.com");
    network.move(other, "https://elsewhere.example.com");
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.failRepo(new XrpcException(429, "", "pds.example.com", Duration.ofHours(1)));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Synchronized.class);
    other.put(A, "one");
    network.send(other.put(B, "two"));
    takeUntil(firehose, Synchronized.class);
    assertThat(network.asked)
        .containsExactly(
            "getRepo pds.example.com " + account.did,
            "getRepo elsewhere.example.com " + account.did,
            "getRepo elsewhere.example.com " + other.did);
  }

  // Damage: a server that asks to be left alone, and is asked at once by another way.
  @Test
  void resyncs_leaveAServerAloneBehindARedirect() throws Exception { // SC-75
    network.move(account, "https://elsewhere.example.com");
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.failRepo(new XrpcException(429, "", "elsewhere.example.com", Duration.ofHours(1)));
    VerifiedFirehose firehose = open(builder());
    while (network.asked.isEmpty()) {
      assertNothingMore(firehose);
    }
    assertNothingMore(firehose);
    assertThat(network.asked).containsExactly("getRepo pds.example.com " + account.did);
  }

  // Damage: as many requests and threads as there are accounts that only look inactive.
  @Test
  void statuses_areAskedForFewAtATime() throws Exception { // SC-53
    CountDownLatch answers = new CountDownLatch(1);
    network.beforeStatus(() -> await(answers));
    List<FakeAccount> suspended = new ArrayList<>();
    for (int i = 2; i < 12; i++) {
      FakeAccount each = new FakeAccount(i, new Random(i));
      suspended.add(each);
      network.add(each);
      each.status(AccountStatus.SUSPENDED);
      network.send(each.account());
      network.send(each.put(A, "ignored"));
    }
    VerifiedFirehose firehose = open(builder());
    for (int i = 0; i < suspended.size(); i++) {
      takeUntil(firehose, StatusChanged.class);
    }
    while (network.asked.size() < 4) {
      assertNothingMore(firehose);
    }
    assertNothingMore(firehose);
    assertThat(network.asked).hasSize(4);
    answers.countDown();
    for (FakeAccount each : suspended) { // who was not asked then is asked at the next event
      if (network.asked.contains("getRepoStatus pds.example.com " + each.did)) {
        continue;
      }
      each.status(AccountStatus.ACTIVE);
      while (!consumer.status(each.did).isActive()) {
        network.send(each.put(B, "asks"));
        Delivery delivery = firehose.poll(Duration.ofMillis(20));
        if (delivery != null) {
          consumer.take(delivery.event());
          delivery.ack();
        }
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Damage: all accounts of a large store in memory, before the first of them had its turn.
  @Test
  void accountsOfTheStore_comeAsThereIsRoom() throws Exception { // SC-63
    CountDownLatch lanes = new CountDownLatch(1);
    AtomicInteger handedOut = new AtomicInteger();
    RepoStateStore large =
        new ForwardingStore(store) {
          @Override
          public AccountChain find(Did did) {
            await(lanes);
            return AccountChain.unknown();
          }

          @Override
          public List<Did> desynchronized(@Nullable Did after, int limit, boolean unseen) {
            List<Did> page = new ArrayList<>();
            for (int i = 0; i < limit; i++) {
              page.add(numbered(handedOut.getAndIncrement()));
            }
            return page;
          }
        };
    network.directoryDown(true);
    VerifiedFirehose firehose = open(over(large).lanes(1).maxWaitingAccounts(40));
    assertNothingMore(firehose);
    assertThat(handedOut).hasPositiveValue().hasValueLessThanOrEqualTo(40);
    int before = handedOut.get();
    lanes.countDown();
    while (handedOut.get() == before) { // and go on when those have come
      assertNothingMore(firehose);
    }
  }

  private static Did numbered(int number) {
    StringBuilder name = new StringBuilder("did:plc:");
    for (int shift = 23; shift >= 0; shift--) {
      name.append((char) ('a' + (shift > 6 ? 0 : (number >>> (4 * shift)) & 15)));
    }
    return Did.parse(name.toString());
  }

  // Damage: a host that is busy fills the memory with changes that change nothing.
  @Test
  void resyncs_thatFailOverAndOverAreNotWrittenDown() throws Exception { // SC-75
    account.put(A, "one");
    network.send(account.put(B, "two"));
    for (int i = 0; i < 20; i++) {
      network.failRepo(new IOException("broken"));
      network.failRepo(new XrpcException(429, "", "pds.example.com", Duration.ofMillis(1)));
    }
    List<AccountChain> written = new CopyOnWriteArrayList<>();
    RepoStateStore watched =
        new ForwardingStore(store) {
          @Override
          public void commit(List<Change> changes, String stream, OptionalLong cursor) {
            changes.stream().map(Change::chain).filter(Objects::nonNull).forEach(written::add);
            super.commit(changes, stream, cursor);
          }
        };
    VerifiedFirehose firehose = open(over(watched));
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(heard).hasSize(41);
    assertThat(written)
        .extracting(AccountChain::state)
        .hasExactlyElementsOfTypes(
            ChainState.Desynchronized.class,
            ChainState.InProgress.class,
            ChainState.Synchronized.class);
  }

  // Damage: all records of an account are taken back, because it has moved to another server.
  @Test
  void resyncs_believeOnlyTheServerThatIsTheAccountsNow() throws Exception { // SC-76, SC-83, SC-91
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class); // the identity is remembered from here on
    network.move(account, "https://elsewhere.example.com");
    account.put(B, "lost");
    for (boolean down : new boolean[] {true, false}) { // nobody can tell, and then it is told
      network.answerRepo(
          () -> {
            network.directoryDown(down);
            throw new XrpcException(400, "RepoNotFound", "pds.example.com", null);
          });
    }
    network.send(account.put(B, "three"));
    assertThat(kinds(takeUntil(firehose, Synchronized.class)))
        .containsExactly("Created", "Synchronized");
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
    assertThat(network.asked)
        .containsSubsequence("getRepo pds.example.com " + account.did, "refresh " + account.did);
    assertThat(heard).hasSize(3);
    assertThat(heard.get(1)).contains("RepoNotFound").contains("old server");
    assertThat(heard.get(2)).contains("RepoNotFound").contains("another server");
  }

  // Damage: an account that stays as its server of old days says.
  @Test
  void statuses_areAskedForWhereTheAccountIsNow() throws Exception { // SC-83
    network.send(account.put(A, "one"));
    account.status(AccountStatus.DEACTIVATED);
    network.send(account.account());
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, StatusChanged.class);
    network.move(account, "https://elsewhere.example.com");
    account.status(AccountStatus.ACTIVE);
    network.send(account.put(B, "two"));
    takeUntil(firehose, StatusChanged.class);
    assertThat(network.asked)
        .containsSubsequence(
            "refresh " + account.did, "getRepoStatus elsewhere.example.com " + account.did);
  }

  // Damage: the same, where nobody can tell where it is.
  @Test
  void statuses_ofServersThatMayBeOldTakeNothingAway() throws Exception { // SC-83, SC-84
    network.send(account.put(A, "one"));
    account.status(AccountStatus.DEACTIVATED);
    network.send(account.account());
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, StatusChanged.class);
    network.directoryDown(true);
    account.status(AccountStatus.DELETED);
    network.send(account.put(B, "ignored"));
    while (network.asked.stream().noneMatch(each -> each.startsWith("getRepoStatus"))) {
      assertNothingMore(firehose);
    }
    assertNothingMore(firehose);
    assertThat(consumer.status(account.did)).isEqualTo(AccountStatus.DEACTIVATED);
  }

  // Damage: a disk that fills with what processes leave behind that are killed during a resync.
  @Test
  void resyncs_leaveNothingToAProcessThatIsKilled(@TempDir Path directory) throws Exception {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    account.put(A, "one");
    network.send(account.put(B, "two"));
    List<Path> seen = new CopyOnWriteArrayList<>();
    network.answerRepo(
        () ->
            new FilterInputStream(new ByteArrayInputStream(backwards(account.export()))) {
              @Override
              public int read(byte[] out, int offset, int length) throws IOException {
                try (Stream<Path> files = Files.list(directory)) {
                  files.forEach(seen::add);
                }
                return super.read(out, offset, Math.min(length, 100));
              }
            });
    VerifiedFirehose firehose =
        open(builder().temporaryFiles(directory).repoMemory(4096, 1000).bufferBytes(1));
    Delivery first = firehose.next(); // the file is read while this one waits
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(seen::add);
    }
    assertThat(seen).isEmpty();
    consumer.take(first.event());
    first.ack();
    takeUntil(firehose, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  // Damage: strangers' repositories that take all memory; honest ones that are refused for good.
  @Test
  void resyncs_keepOnlySoManyBlocks() throws Exception { // SC-94, MST-63
    for (int i = 0; i < 20; i++) {
      account.put("com.example.record/" + i, "text " + i);
    }
    network.send(account.put(B, "two"));
    network.answerRepo(() -> new ByteArrayInputStream(backwards(account.export())));
    VerifiedFirehose narrow = open(builder().repoMemory(4096, 20));
    takeUntil(narrow, Synchronized.class); // the second time it comes in order
    assertThat(heard).element(1).isEqualTo("failed pds.example.com: TOO_MANY_BLOCKS");
    narrow.close();
    heard.clear();
    other.put(A, "one");
    network.send(other.put(B, "two"));
    network.answerRepo(() -> new ByteArrayInputStream(backwards(other.export())));
    takeUntil(open(builder().repoMemory(4096, 50)), Synchronized.class);
    assertThat(heard).containsExactly("desynchronized UNKNOWN");
  }

  // The documentation says that such a repository fits in any order, whatever the server's.
  @Test
  void repoMemory_isEnoughForLargeAccounts() { // MST-63: no server sends the order of the tree
    int records = 400_000;
    MstBuilder tree = new MstBuilder();
    Cid cid = Cid.ofDagCbor(new byte[] {1});
    for (int i = 0; i < records; i++) {
      tree.add(Bytes.wrap(("com.example.record/" + (1_000_000 + i)).getBytes(UTF_8)), cid);
    }
    int nodes = tree.build().blocks().size();
    assertThat(1 + nodes + records).isLessThan(VerifiedFirehose.DEFAULT_REPO_BLOCKS);
  }

  /** The same repository, and the last block comes first. */
  private static byte[] backwards(byte[] export) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CarStream car = CarStream.open(new ByteArrayInputStream(export))) {
      Deque<Map.Entry<Cid, Bytes>> blocks = new ArrayDeque<>();
      try (CarStreamWriter writer = CarStreamWriter.open(out, car.roots())) {
        while (car.next()) {
          blocks.push(Map.entry(car.cid(), car.copyData()));
        }
        for (Map.Entry<Cid, Bytes> block : blocks) {
          writer.add(block.getKey(), block.getValue());
        }
      }
    }
    return out.toByteArray();
  }

  @Test
  void collections_areVerifiedWhetherWantedOrNot() throws Exception { // SC-66
    network.send(account.put(C, "one"));
    network.send(account.put(A, "two"));
    network.send(account.delete(C));
    network.send(account.put(B, "three"));
    VerifiedFirehose firehose =
        open(builder().collections(Set.of(Nsid.parse("com.example.record"))));
    takeUntil(firehose, Created.class);
    takeUntil(firehose, Created.class);
    assertThat(consumer.taken).hasSize(2);
    assertThat(heard).isEmpty(); // the chain holds through what was not wanted
    assertThat(store.records(account.did, null, 10)).hasSize(2);
  }

  @Test
  void accounts_thatAreNotWantedAreNotLookedAt() throws Exception {
    network.send(other.put(A, "one"));
    network.send(account.put(A, "two"));
    VerifiedFirehose firehose = open(builder().accounts(Set.of(account.did)));
    assertThat(takeUntil(firehose, Created.class)).hasSize(1);
    assertThat(consumer.taken.getFirst().did()).isEqualTo(account.did);
    assertThat(store.cursor(FakeNetwork.HOST.toString())).hasValue(2);
  }

  /** Damage: whoever tries the type that is for newcomers downloads the network. */
  @Test
  void open_withoutAWordFetchesNobody() throws Exception {
    RepoStateStore empty = new InMemoryRepoStateStore();
    account.put(A, "from before");
    network.send(account.put(B, "one"));
    VerifiedFirehose firehose =
        open(
            VerifiedFirehose.builder(FakeNetwork.HOST, empty)
                .from(new Cursor.Oldest())
                .transport(network)
                .servers(network)
                .identities(network)
                .wallClock(InstantSource.fixed(FakeNetwork.NOW)));
    assertThat(kinds(takeUntil(firehose, Created.class))).containsExactly("Created");
    assertNothingMore(firehose);
    assertThat(network.asked).noneMatch(request -> request.startsWith("getRepo "));
  }

  /** Damage: every restart fetches what nobody wanted, because it was just being handed over. */
  @Test
  void withoutBackfill_holdsAfterARestartToo() throws Exception {
    account.put(A, "from before");
    network.send(account.put(B, "one"));
    VerifiedFirehose firehose = open(builder().withoutBackfill());
    assertThat(firehose.poll(Duration.ofSeconds(10))).isNotNull(); // and not acknowledged
    firehose.close();
    assertThat(kinds(takeUntil(open(builder().withoutBackfill()), Created.class)))
        .containsExactly("Created");
    network.send(other.identity());
    VerifiedFirehose again = open(builder().withoutBackfill());
    takeUntil(again, IdentityChanged.class);
    assertNothingMore(again);
    assertThat(network.asked).noneMatch(request -> request.startsWith("getRepo "));
    assertThat(store.desynchronized(null, 10, false)).isEmpty();
  }

  /** Damage: a kill before the first acknowledgement loses what was there by then. */
  @Test
  void restarts_beforeTheFirstAcknowledgementLoseNothing() throws Exception { // SC-44
    network.send(account.put(A, "before"));
    network.send(account.put(B, "one"));
    network.send(account.identity());
    VerifiedFirehose firehose = open(builder().from(new Cursor.After(1)).withoutBackfill());
    assertThat(firehose.poll(Duration.ofSeconds(10))).isNotNull(); // and not acknowledged
    firehose.close();
    VerifiedFirehose again = open(builder().from(new Cursor.Live()).withoutBackfill());
    assertThat(kinds(takeUntil(again, IdentityChanged.class)))
        .containsExactly("Created", "IdentityChanged");
  }

  /** Damage: a deletion of a quiet account that fell into a gap is never noticed. */
  @Test
  void gaps_haveTheAccountsThatAreNamedFetched() throws Exception { // SC-46
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder().accounts(Set.of(account.did)));
    takeUntil(firehose, Created.class);
    account.delete(A); // which nobody is told
    network.outdated();
    assertThat(kinds(takeUntil(firehose, Synchronized.class)))
        .containsExactly("Deleted", "Synchronized");
    assertThat(consumer.table(account.did)).isEmpty();
  }

  @Test
  void next_ofOneThatIsClosedIsInterrupted() throws Exception {
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose = open(builder());
    takeUntil(firehose, Created.class);
    network.send(account.put(B, "two"));
    firehose.close();
    assertThatThrownBy(() -> firehose.poll(Duration.ofSeconds(1)))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void withoutBackfill_beginsWithTheFirstEvent() throws Exception {
    account.put(A, "one");
    network.send(account.put(B, "two"));
    network.send(account.put(C, "three"));
    VerifiedFirehose firehose = open(builder().withoutBackfill());
    takeUntil(firehose, Created.class);
    takeUntil(firehose, Created.class);
    assertThat(consumer.table(account.did)).hasSize(2);
    assertThat(network.asked).isEmpty();
  }

  // Damage: an event that was taken, and lost with the process.
  @Test
  void restart_handsOverWhatWasNotAcknowledged() throws Exception { // SC-44
    for (int i = 0; i < 4; i++) {
      network.send(account.put("com.example.record/" + i, "text"));
    }
    VerifiedFirehose first = open(builder());
    first.next().ack();
    Delivery second = first.next();
    Delivery third = first.next();
    third.ack(); // but not the second
    first.close();
    assertThatThrownBy(second::ack).isInstanceOf(IllegalStateException.class);
    assertThat(store.cursor(FakeNetwork.HOST.toString())).hasValue(1);
    VerifiedFirehose again = open(builder());
    assertThat(again.next().event()).isEqualTo(second.event());
    assertThat(again.next().event()).isEqualTo(third.event());
    again.next().ackThrough();
    assertThat(store.cursor(FakeNetwork.HOST.toString())).hasValue(4);
    assertThat(network.dialled).containsExactly("cursor=0", "cursor=1");
  }

  // Damage: a record that the consumer keeps, whose deletion nobody will tell it of.
  @Test
  void restart_doubtsWhatWasTakenAndNotAcknowledged() throws Exception { // SC-72
    account.put(A, "one");
    network.send(account.put(B, "two"));
    VerifiedFirehose first = open(builder());
    Delivery taken = first.next();
    consumer.take(taken.event());
    assertThat(((Created) taken.event()).path()).hasToString(A);
    first.close();
    account.delete(A); // before anybody asks again
    VerifiedFirehose again = open(builder());
    takeUntil(again, Synchronized.class);
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  @Test
  void slowCallers_areWaitedFor() throws Exception { // SC-49: bounded, and nothing is dropped
    for (int i = 0; i < 200; i++) {
      network.send(account.put("com.example.record/" + i, "text".repeat(50)));
    }
    VerifiedFirehose firehose = open(builder().bufferBytes(2_000).maxUnacknowledged(5));
    for (int i = 0; i < 200; i++) {
      takeUntil(firehose, Created.class);
    }
    assertThat(consumer.table(account.did)).isEqualTo(account.records());
  }

  @Test
  void run_acknowledgesWhatTheCallbackReturnsFrom() throws Exception {
    network.send(account.put(A, "one"));
    network.send(account.put(B, "two"));
    VerifiedFirehose firehose = open(builder());
    assertThatThrownBy(
            () ->
                firehose.run(
                    event -> {
                      consumer.take(event);
                      if (consumer.taken.size() == 2) {
                        throw new IllegalStateException("enough");
                      }
                    }))
        .hasMessage("enough");
    assertThat(store.cursor(FakeNetwork.HOST.toString())).hasValue(1);
  }

  @Test
  void close_endsWhoeverWaits() throws Exception {
    VerifiedFirehose firehose = open(builder());
    Thread closer = Thread.ofVirtual().start(firehose::close);
    assertThatThrownBy(firehose::next).isInstanceOf(InterruptedException.class);
    closer.join();
  }

  // Damage: a caller who waits for ever for a firehose whose threads have ended.
  @Test
  void errors_reachTheCaller() throws Exception {
    network.send(account.put(A, "one"));
    VerifiedFirehose firehose =
        open(
            builder()
                .accounts(
                    did -> {
                      throw new StackOverflowError("deep");
                    }));
    assertThatThrownBy(() -> firehose.poll(Duration.ofSeconds(10)))
        .isInstanceOf(StackOverflowError.class);
  }

  // Damage: what was handed over and dealt with comes again, or is refused for another's failure.
  @Test
  void ack_isStoredAfterTheStreamHasFailed() throws Exception { // SC-44
    network.send(account.put(A, "one"));
    network.send(account.put(B, "two"));
    MapValue last = other.put(A, "three");
    VerifiedFirehose firehose =
        open(
            builder()
                .accounts(
                    did -> {
                      if (did.equals(other.did)) {
                        throw new IllegalStateException("the stream's");
                      }
                      return true;
                    }));
    Delivery first = firehose.next();
    Delivery second = firehose.next();
    network.send(last);
    assertThatThrownBy(firehose::next).hasMessage("the stream's");
    first.ack();
    second.ackThrough();
    assertThat(store.cursor(FakeNetwork.HOST.toString())).hasValue(2);
    assertThatThrownBy(firehose::next).hasMessage("the stream's");
    firehose.close();
    assertThatThrownBy(second::ackThrough).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void stores_thatFailEndTheFirehose() throws Exception { // our own trouble is loud
    network.send(account.put(A, "one"));
    RepoStateStore failing =
        new ForwardingStore(store) {
          @Override
          public void commit(List<Change> changes, String stream, OptionalLong cursor) {
            throw new RepoStoreException("disk full", new IOException("disk full"));
          }
        };
    VerifiedFirehose firehose = open(over(failing));
    assertThatThrownBy(firehose::next).isInstanceOf(RepoStoreException.class);
    assertThatThrownBy(firehose::next).isInstanceOf(RepoStoreException.class);
  }
}
