// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.NanoClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariants 1, 9 and 10, with a real store. Catches a cursor that is stored before the state of
 * its event, a lane that forgets what the store does not have, and a task that is lost.
 */
@Timeout(60)
class StoreWriterTest {
  private static final long FIRST = 1L << 32;

  @TempDir Path directory;
  private SqliteRelayStore store;
  private StoreWriter writer;
  private final List<String> told = new ArrayList<>();
  private final List<TestAccount> accounts =
      List.of(new TestAccount(1), new TestAccount(2), new TestAccount(3));
  private final TestHost host = new TestHost(1, "pds.example.com");
  private List<HostCursorRow> cursors = List.of();
  private @Nullable Runnable duringCapture;
  private long seq = FIRST;
  private int hostId;

  @BeforeEach
  void open() {
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(1));
    hostId = store.createHost("pds.example.com", true, Instant.parse("2024-06-01T12:00:00Z")).id();
    writer = writer(Duration.ofHours(1), 1000);
  }

  private StoreWriter writer(Duration interval, int maxGathered) {
    return new StoreWriter(
        store,
        () -> {
          StoreWriter.Progress captured = new StoreWriter.Progress(cursors, FIRST);
          if (duringCapture != null) {
            duringCapture.run();
          }
          return captured;
        },
        (lane, ordinal) -> told.add(lane + ":" + ordinal + " at " + store.appliedSeq()),
        2,
        interval,
        maxGathered,
        NanoClock.system());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private AccountRecord state(int account, AccountStatus status) {
    TestAccount of = accounts.get(account);
    return new AccountRecord(
        account + 1,
        of.did(),
        store.didKey().hash(of.did()),
        hostId,
        status,
        LocalStatus.ACTIVE,
        true,
        null);
  }

  private OutboundEvent event(int account, AccountStatus status, int lane, long ordinal) {
    UpstreamEvent origin = host.send(accounts.get(account).identity(seq));
    return new OutboundEvent(
        EventKind.ACCOUNT,
        origin.event().source(),
        origin,
        state(account, status),
        false,
        0,
        lane,
        ordinal);
  }

  private void durable(OutboundEvent... events) {
    writer.durable(List.of(events), seq);
    seq += events.length;
  }

  private @Nullable AccountRecord stored(int account) {
    TestAccount of = accounts.get(account);
    return store.findAccount(store.didKey().hash(of.did()), of.did());
  }

  @Test
  void flush_writesTheNewestStateOfEachAccount_thenTellsTheLanes() {
    durable(
        event(0, AccountStatus.DELETED, 0, 1),
        event(1, AccountStatus.SUSPENDED, 1, 1),
        event(0, AccountStatus.DEACTIVATED, 0, 2));
    durable(event(0, AccountStatus.ACTIVE, 0, 3));
    cursors = List.of(new HostCursorRow(hostId, 0, 77, 0));
    assertThat(told).isEmpty();
    assertThat(store.appliedSeq()).isLessThan(FIRST);
    writer.flush();
    assertThat(stored(0)).isEqualTo(state(0, AccountStatus.ACTIVE).withSeen(FIRST + 3));
    assertThat(stored(1)).isEqualTo(state(1, AccountStatus.SUSPENDED).withSeen(FIRST + 1));
    assertThat(store.appliedSeq()).isEqualTo(FIRST + 3);
    assertThat(store.hosts().getFirst().cursor()).isEqualTo(77);
    assertThat(told).containsExactly("0:3 at " + (FIRST + 3), "1:1 at " + (FIRST + 3));
  }

  /**
   * Invariant 1: an event that becomes durable while cursors are read may have its state stored
   * sooner than its cursor, never later.
   */
  @Test
  void flush_capturesCursorsBeforeStates() {
    durable(event(0, AccountStatus.SUSPENDED, 0, 1));
    duringCapture = () -> durable(event(1, AccountStatus.SUSPENDED, 1, 1));
    writer.flush();
    assertThat(stored(1)).isEqualTo(state(1, AccountStatus.SUSPENDED).withSeen(FIRST + 1));
    assertThat(store.appliedSeq()).isEqualTo(FIRST + 1);
  }

  private boolean isDesynchronized(int account) {
    AccountRecord stored = stored(account);
    return stored != null && stored.isDesynchronized();
  }

  /**
   * SC-63: a loss is remembered beside what follows from the log, and what happened to the account
   * later goes before it. Damage: an account that looks desynchronized for ever.
   */
  @Test
  void flush_marksAccountsOfWhichEventsWereLost() {
    durable(event(0, AccountStatus.ACTIVE, 0, 1), event(1, AccountStatus.ACTIVE, 1, 1));
    writer.desynchronized(state(0, AccountStatus.ACTIVE).hash(), FIRST + 2);
    writer.desynchronized(state(1, AccountStatus.ACTIVE).hash(), FIRST + 1); // and then its event
    writer.flush();
    assertThat(isDesynchronized(0)).isTrue();
    assertThat(isDesynchronized(1)).isFalse();
    durable(event(0, AccountStatus.ACTIVE, 0, 2));
    writer.flush();
    assertThat(isDesynchronized(0)).as("its next event ends it").isFalse();
  }

  /** A host whose events are all dropped moves its cursor too, and no state is needed for that. */
  @Test
  void flush_withoutStates_writesCursors() {
    cursors = List.of(new HostCursorRow(hostId, 0, 5, 0));
    writer.flush();
    assertThat(store.hosts().getFirst().cursor()).isEqualTo(5);
    assertThat(store.appliedSeq()).isLessThan(FIRST);
  }

  /** Invariant 9: what could not be written is not to be forgotten by the lanes. */
  @Test
  void flush_thatFails_tellsNobody() {
    durable(event(0, AccountStatus.SUSPENDED, 0, 1));
    store.close();
    assertThatThrownBy(() -> writer.flush()).isInstanceOf(RuntimeException.class);
    assertThat(told).isEmpty();
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(1));
    assertThat(stored(0)).isNull();
  }

  private CompletableFuture<Void> start() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    StoreWriter running = writer;
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                running.run();
                end.complete(null);
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }

  /** Invariant 10: when the future ends it is on disk, and it does not wait for the next flush. */
  @Test
  void submit_isDoneAtOnce_andAFaultyTaskHarmsNobody() throws Exception {
    CompletableFuture<Void> end = start();
    Instant now = Instant.parse("2024-06-01T12:00:00Z");
    int created =
        writer.submit(to -> to.createHost("b.example", true, now).id()).get(30, TimeUnit.SECONDS);
    assertThat(store.hosts()).extracting(HostRow::id).contains(created);
    CompletableFuture<Object> faulty =
        writer.submit(
            to -> {
              throw new IllegalArgumentException("a caller's mistake");
            });
    assertThatThrownBy(() -> faulty.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("a caller's mistake");
    assertThat(writer.submit(RelayStore::lastUid).get(30, TimeUnit.SECONDS)).isZero();
    writer.stop();
    end.get(30, TimeUnit.SECONDS);
    assertThat(writer.submit(RelayStore::lastUid)).isCompletedExceptionally();
  }

  /** A store that cannot write ends the process; the writer does not go on as if nothing were. */
  @Test
  void submit_afterAFatalFailure_endsTheWriter() {
    CompletableFuture<Void> end = start();
    CompletableFuture<Object> task =
        writer.submit(
            to -> {
              throw RelayException.fatal("the disk is gone");
            });
    assertThatThrownBy(() -> end.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RelayException.class);
    assertThat(task).isCompletedExceptionally();
  }

  /** Invariant 6: many events are written before their time is up. */
  @Test
  void run_writesWhenEnoughHaveGathered_andWhatIsLeftAtTheEnd() throws Exception {
    writer = writer(Duration.ofHours(1), 3);
    CompletableFuture<Void> end = start();
    durable(
        event(0, AccountStatus.SUSPENDED, 0, 1),
        event(1, AccountStatus.SUSPENDED, 1, 1),
        event(0, AccountStatus.ACTIVE, 0, 2));
    while (writer.submit(RelayStore::appliedSeq).get(30, TimeUnit.SECONDS) < FIRST) {
      Thread.onSpinWait();
    }
    durable(event(2, AccountStatus.DELETED, 1, 2));
    writer.stop();
    end.get(30, TimeUnit.SECONDS);
    assertThat(store.appliedSeq()).isEqualTo(FIRST + 3);
    assertThat(stored(2)).isEqualTo(state(2, AccountStatus.DELETED).withSeen(FIRST + 3));
    assertThat(told).endsWith("1:2 at " + (FIRST + 3));
  }
}
