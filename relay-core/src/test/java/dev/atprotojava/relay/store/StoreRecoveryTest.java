// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.log.DirectoryStorage;
import dev.atprotojava.relay.log.LiveTail;
import dev.atprotojava.relay.log.LogEraser;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.store.RelayStore.Flush;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.relay.upstream.Origin;
import dev.atprotojava.relay.upstream.OwnOrigin;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that is behind its log, because the process died between two flushes. Catches a state
 * that comes back otherwise than the lane had left it, and an event of a host that is taken for new
 * though the log has it (invariant 1).
 */
class StoreRecoveryTest {
  private static final Instant NOW = Instant.parse("2024-06-01T12:00:00Z");
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Did BOB = Did.parse("did:web:bob.example");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final long FIRST = LogOptions.LOWEST_SEQ;

  @TempDir Path directory;
  private DirectoryStorage storage;
  private SqliteRelayStore store;
  private SegmentedEventLog log;
  private int host;

  /** Where a test's event came from. */
  private record From(int hostId, int epoch, long upstreamSeq) implements Origin {
    @Override
    public void durable() {}
  }

  @BeforeEach
  void open() throws IOException {
    storage = new DirectoryStorage(directory.resolve("log"));
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(1));
    log = openLog();
    host = store.createHost("pds.example", true, NOW).id();
  }

  private SegmentedEventLog openLog() {
    return SegmentedEventLog.open(
        storage,
        LogOptions.defaults(),
        store.didKey().id(),
        InstantSource.fixed(NOW),
        new LiveTail(1 << 20, 1 << 16));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    log.close();
    storage.close();
  }

  /** The process dies and starts again; what was not flushed is not in the store. */
  private StoreRecovery.Outcome restart() {
    store.close();
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(2));
    log = openLog();
    return StoreRecovery.run(log, store, store.hosts());
  }

  private AccountRecord account(long uid, Did did, @Nullable RepoState repo) {
    return new AccountRecord(
        uid,
        did,
        store.didKey().hash(did),
        host,
        AccountStatus.ACTIVE,
        LocalStatus.ACTIVE,
        true,
        repo);
  }

  private @Nullable AccountRecord stored(Did did) {
    return store.findAccount(store.didKey().hash(did), did);
  }

  private static RepoCommit commit(Did did, int number) {
    Tid rev = Tid.of(REV.value() + number * 1024L);
    return RepoCommit.of(
        did, rev, Cid.ofDagCbor(new byte[] {(byte) number}), null, Bytes.wrap(new byte[64]));
  }

  private static RepoState state(RepoCommit commit) {
    return new RepoState(commit.rev(), commit.data(), commit.cid());
  }

  private static Bytes frame(String type, int fields, Consumer<CborWriter> body) {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText(type).writeText("op").writeInteger(1);
    out.writeMap(fields);
    body.accept(out);
    return Bytes.wrap(out.toByteArray());
  }

  private static Bytes syncFrame(RepoCommit commit) {
    Bytes car = new CarWriter(List.of(commit.cid())).add(commit.cid(), commit.encoded()).toBytes();
    return frame(
        "#sync",
        5,
        out -> {
          out.writeText("did").writeText(commit.did().toString());
          out.writeText("rev").writeText(commit.rev().toString());
          out.writeText("seq").writeInteger(300);
          out.writeText("time").writeText("2024-06-01T12:00:00.000Z");
          out.writeText("blocks").writeBytes(car.toByteArray());
        });
  }

  private static Bytes accountFrame(Did did) {
    return frame(
        "#account",
        4,
        out -> {
          out.writeText("did").writeText(did.toString());
          out.writeText("seq").writeInteger(300);
          out.writeText("time").writeText("2024-06-01T12:00:00.000Z");
          out.writeText("active").writeBoolean(true);
        });
  }

  private static Bytes identityFrame(Did did) {
    return frame(
        "#identity",
        3,
        out -> {
          out.writeText("did").writeText(did.toString());
          out.writeText("seq").writeInteger(300);
          out.writeText("time").writeText("2024-06-01T12:00:00.000Z");
        });
  }

  private long append(Bytes frame, AccountRecord after, boolean waived, long upstreamSeq) {
    return append(frame, after, waived, new From(host, 0, upstreamSeq));
  }

  private long append(Bytes frame, AccountRecord after, boolean waived, Origin origin) {
    assertThat(new FrameCodec().decode(frame)).isInstanceOf(Frame.Message.class);
    RepoEvent.Sequenced event =
        (RepoEvent.Sequenced) ((Frame.Message) new FrameCodec().decode(frame)).event();
    return log.append(
        List.of(
            new OutboundEvent(
                EventKind.of(event), event.source(), origin, after, waived, 0, 0, 1)));
  }

  private void flush(long seq, AccountRecord... accounts) {
    store.flush(new Flush(List.of(accounts), List.of(), List.of(), seq, seq + 1));
  }

  /**
   * With a store from an older backup. Damage: a relay that does not start, or one that takes an
   * event of its host for new since its frame is gone.
   */
  @Test
  void run_passesOverWhatWasErasedSince() throws IOException {
    RepoCommit commit = commit(ALICE, 1);
    append(syncFrame(commit), account(1, ALICE, state(commit)), false, 10);
    append(accountFrame(BOB), account(2, BOB, null), false, 11);
    append(
        accountFrame(ALICE),
        account(1, ALICE, state(commit)).withLocalStatus(LocalStatus.TAKENDOWN),
        false,
        new OwnOrigin(1));
    LogEraser.Order everybody =
        new LogEraser.Order() {
          @Override
          public boolean covers(long didHash) {
            return true;
          }

          @Override
          public boolean isCalledOff() {
            return false;
          }

          @Override
          public boolean carryOut(long upToSeq, LogEraser.Step step) throws IOException {
            step.take();
            return true;
          }
        };
    LogEraser eraser = new LogEraser(log);
    assertThat(eraser.run(everybody, log.nextSeq())).isEqualTo(LogEraser.Outcome.NOT_YET);
    log.rollIfAsked();
    assertThat(eraser.run(everybody, log.nextSeq())).isEqualTo(LogEraser.Outcome.DONE);
    StoreRecovery.Outcome outcome = restart();
    assertThat(stored(ALICE))
        .as("made of the relay's own word")
        .satisfies(
            alice -> {
              assertThat(alice.localStatus()).isEqualTo(LocalStatus.TAKENDOWN);
              assertThat(alice.repo()).isNull();
            });
    assertThat(stored(BOB)).isNotNull();
    assertThat(outcome.replayed(host)).containsExactly(10, 11);
  }

  @Test
  void run_makesTheAccountsThatTheStoreNeverSaw() {
    RepoCommit commit = commit(ALICE, 1);
    AccountRecord alice = account(1, ALICE, state(commit));
    AccountRecord bob = account(2, BOB, null).withUpstreamStatus(AccountStatus.SUSPENDED);
    append(syncFrame(commit), alice, false, 10);
    append(accountFrame(BOB), bob, false, 11);
    StoreRecovery.Outcome outcome = restart();
    assertThat(stored(ALICE)).isEqualTo(alice.withSeen(FIRST));
    assertThat(stored(BOB)).isEqualTo(bob.withSeen(FIRST + 1));
    assertThat(outcome.lastUid()).isEqualTo(2);
    assertThat(outcome.appliedEvents()).isEqualTo(2);
    assertThat(store.appliedSeq()).isEqualTo(FIRST + 1);
    assertThat(restart().appliedEvents()).as("a second time").isZero();
    assertThat(store.countAccounts(host)).isEqualTo(2);
  }

  /** Of several events of one account the last counts, and what the store knew it keeps. */
  @Test
  void run_bringsKnownAccountsUpToTheLog() {
    AccountRecord before = account(7, ALICE, state(commit(ALICE, 1)));
    long seq = append(syncFrame(commit(ALICE, 1)), before, false, 10);
    flush(seq, before);
    AccountRecord second = before.withRepo(state(commit(ALICE, 2)), true);
    AccountRecord third = second.withRepo(state(commit(ALICE, 3)), true);
    append(syncFrame(commit(ALICE, 2)), second, false, 11);
    append(syncFrame(commit(ALICE, 3)), third, false, 12);
    AccountRecord last = third.withUpstreamStatus(AccountStatus.DEACTIVATED);
    append(accountFrame(ALICE), last, false, 13);
    append(identityFrame(ALICE), last, false, 14);
    assertThat(restart().appliedEvents()).isEqualTo(4);
    assertThat(stored(ALICE)).isEqualTo(last.withSeen(seq + 4));
    assertThat(store.appliedSeq()).isEqualTo(seq + 4);
  }

  /**
   * An account above the limit of its host is made by what the relay says of it. Damage: one of no
   * host, whom nobody ever lets in.
   */
  @Test
  void run_makesTheAccountThatTheRelayItselfAnnounced() {
    AccountRecord throttled = account(1, ALICE, null).withLocalStatus(LocalStatus.THROTTLED);
    append(accountFrame(ALICE), throttled, false, new OwnOrigin(host));
    StoreRecovery.Outcome outcome = restart();
    assertThat(stored(ALICE)).isEqualTo(throttled.withSeen(FIRST));
    assertThat(store.hostRules().waiting(host, 1)).containsExactly(ALICE);
    assertThat(outcome.replayed(host)).as("no number of the host").isEmpty();
  }

  /** The base of an account that was let pass is unproven until a commit proves it. */
  @Test
  void run_keepsWhatIsUnproven() {
    AccountRecord unproven = account(1, ALICE, null).withRepo(state(commit(ALICE, 1)), false);
    append(syncFrame(commit(ALICE, 1)), unproven, true, 10);
    append(accountFrame(ALICE), unproven, false, 11);
    restart();
    assertThat(stored(ALICE)).isEqualTo(unproven.withSeen(FIRST + 1));
    AccountRecord proven = unproven.withRepo(state(commit(ALICE, 2)), true);
    long seq = append(syncFrame(commit(ALICE, 2)), proven, false, 12);
    restart();
    assertThat(stored(ALICE)).isEqualTo(proven.withSeen(seq));
  }

  /** The cursor is older than the states: what lies between must be known when it comes again. */
  @Test
  void run_findsWhatAHostWillSendAgain() {
    AccountRecord alice = account(1, ALICE, null);
    append(accountFrame(ALICE), alice, false, new From(host, 0, 90));
    long seq = 0;
    for (long upstream : new long[] {4, 5, 6, 9}) {
      seq = append(accountFrame(ALICE), alice, false, new From(host, 1, upstream));
    }
    append(accountFrame(ALICE), alice, false, new From(host + 1, 1, 7));
    store.flush(
        new Flush(
            List.of(alice), List.of(), List.of(new HostCursorRow(host, 1, 5, 0)), seq, FIRST + 1));
    StoreRecovery.Outcome outcome = restart();
    assertThat(outcome.replayed(host)).containsExactly(6, 9);
    assertThat(outcome.replayed(host + 1)).isEmpty();
    assertThat(outcome.replayedFloor()).isEqualTo(FIRST + 1);
    assertThat(outcome.appliedEvents()).isEqualTo(1);
  }

  @Test
  void run_refusesADatabaseAheadOfTheLog() {
    append(accountFrame(ALICE), account(1, ALICE, null), false, 1);
    log.close();
    log = openLog();
    flush(FIRST + 1);
    assertThatThrownBy(() -> StoreRecovery.run(log, store, store.hosts()))
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> assertThat(e.category()).isEqualTo(RelayException.Category.REFUSED))
        .hasMessageContaining("ahead of the event log");
  }
}
