// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.store.RelayStore.Flush;
import dev.atprotojava.relay.store.TakedownStore.Takedown;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 10. Catches a takedown that is lost or told twice, an account that comes back by
 * itself, and content that is erased too early or never.
 */
class SqliteTakedownsTest {
  private static final Instant NOW = Instant.parse("2024-06-01T12:00:00.000001Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(1));
  private static final RepoState REPO =
      new RepoState(
          Tid.parse("3jzfcijpj2z2a"), Cid.ofDagCbor(new byte[] {1}), Cid.ofDagCbor(new byte[] {2}));

  @TempDir Path directory;
  private SqliteRelayStore store;
  private int host;
  private long seq;

  @BeforeEach
  void open() {
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(1));
    host = store.createHost("pds.example.com", true, NOW).id();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private AccountRecord account(int number, LocalStatus local) {
    Did did = Did.parse("did:web:user" + number + ".example.com");
    return new AccountRecord(
        number,
        did,
        store.didKey().hash(did),
        host,
        AccountStatus.DEACTIVATED,
        local,
        true,
        REPO,
        seq);
  }

  /** What the log tells of an account comes to its row. */
  private AccountRecord flush(AccountRecord account) {
    seq++;
    store.flush(new Flush(List.of(account), List.of(), List.of(), seq, seq));
    return account;
  }

  private TakedownStore takedowns() {
    return store.takedowns();
  }

  @Test
  void put_isThereAfterARestart() {
    AccountRecord alice = flush(account(1, LocalStatus.THROTTLED));
    takedowns().put(alice, NOW, LATER);
    Takedown expected =
        new Takedown(1, alice.did(), NOW, LocalStatus.THROTTLED, LATER, false, false);
    assertThat(takedowns().find(alice.hash())).isEqualTo(expected);
    close();
    open2();
    assertThat(takedowns().list(0, 10)).containsExactly(expected);
    assertThat(takedowns().hashesInForce()).containsExactly(alice.hash().low());
    assertThat(takedowns().nextErasure()).isEqualTo(LATER);
  }

  private void open2() {
    store = SqliteRelayStore.open(directory.resolve("relay.sqlite"), new Random(2));
  }

  /** With its trace, or not at all. */
  @Test
  void put_isPartOfADecision() {
    AccountRecord alice = account(1, LocalStatus.ACTIVE);
    assertThatThrownBy(
            () ->
                store.atomically(
                    () -> {
                      takedowns().put(alice, NOW, LATER);
                      throw new IllegalArgumentException("no");
                    }))
        .hasMessage("no");
    assertThat(takedowns().list(0, 10)).isEmpty();
    assertThat(store.findAccount(alice.hash(), alice.did())).isNull();
  }

  /** Of an account that the log made a moment ago; its row follows, and is the same one. */
  @Test
  void put_makesTheRowThatIsNotThereYet() {
    AccountRecord alice = account(1, LocalStatus.ACTIVE);
    takedowns().put(alice, NOW, LATER);
    AccountRecord row = store.findAccount(alice.hash(), alice.did());
    assertThat(row).isNotNull();
    assertThat(row.uid()).isEqualTo(alice.uid());
    assertThat(row.hostId()).isEqualTo(host);
    assertThat(row.repo()).as("the log has not told it yet").isNull();
    AccountRecord told = flush(account(1, LocalStatus.TAKENDOWN));
    assertThat(store.findAccount(alice.hash(), alice.did())).isEqualTo(told);
    assertThat(store.countAccounts(host)).isEqualTo(1);
  }

  /** Once more changes nothing, but that it may be erased earlier; never later. */
  @Test
  void put_again() {
    AccountRecord alice = account(1, LocalStatus.CHAIN_THROTTLED);
    takedowns().put(alice, NOW, LATER);
    takedowns().put(account(1, LocalStatus.TAKENDOWN), NOW.plusSeconds(5), LATER.plusSeconds(5));
    Takedown first = takedowns().find(alice.hash());
    assertThat(first)
        .isEqualTo(
            new Takedown(1, alice.did(), NOW, LocalStatus.CHAIN_THROTTLED, LATER, false, false));
    takedowns().put(account(1, LocalStatus.TAKENDOWN), NOW.plusSeconds(6), NOW.plusSeconds(6));
    assertThat(takedowns().nextErasure()).isEqualTo(NOW.plusSeconds(6));
  }

  /** A second takedown after a reversal is a new one: nothing of the first one's days counts. */
  @Test
  void put_afterAReversal_beginsAnew() {
    AccountRecord alice = account(1, LocalStatus.ACTIVE);
    takedowns().put(alice, NOW, NOW);
    takedowns().erased(takedowns().list(0, 10));
    assertThat(takedowns().nextErasure()).isNull();
    takedowns().lift(alice.hash());
    assertThat(takedowns().list(0, 10)).isEmpty();
    assertThat(takedowns().hashesInForce()).isEmpty();
    takedowns().put(account(1, LocalStatus.THROTTLED), NOW.plusSeconds(9), LATER);
    assertThat(takedowns().list(0, 10))
        .containsExactly(
            new Takedown(
                1, alice.did(), NOW.plusSeconds(9), LocalStatus.THROTTLED, LATER, false, false));
  }

  @Test
  void list_inPages() {
    for (int number = 1; number <= 5; number++) {
      takedowns().put(account(number, LocalStatus.ACTIVE), NOW, LATER);
    }
    takedowns().lift(account(2, LocalStatus.ACTIVE).hash());
    assertThat(takedowns().list(0, 3)).extracting(Takedown::id).containsExactly(1L, 3L, 4L);
    assertThat(takedowns().list(4, 3)).extracting(Takedown::id).containsExactly(5L);
  }

  /** A start has lanes act by what no lane acted by, in either direction, and only by that. */
  @Test
  void settle_findsWhatTheRowsDoNotTell() {
    AccountRecord alice = flush(account(1, LocalStatus.ACTIVE));
    takedowns().put(alice, NOW, LATER);
    assertThat(takedowns().settle()).extracting(Takedown::did).containsExactly(alice.did());
    flush(account(1, LocalStatus.TAKENDOWN));
    assertThat(takedowns().settle()).isEmpty();
    takedowns().lift(alice.hash());
    assertThat(takedowns().settle()).extracting(Takedown::lifted).containsExactly(true);
    flush(account(1, LocalStatus.DESYNCHRONIZED));
    assertThat(takedowns().settle()).isEmpty();
    assertThat(takedowns().find(alice.hash())).as("forgotten").isNull();
  }

  /** Damage: records erased that a start needs, or that a reversal could still have shown. */
  @Test
  void beginErasure_isOfWhatIsDueAndTold() {
    AccountRecord alice = flush(account(1, LocalStatus.ACTIVE));
    takedowns().put(alice, NOW, LATER);
    assertThat(takedowns().beginErasure(LATER).takedowns()).as("not told yet").isEmpty();
    flush(account(1, LocalStatus.TAKENDOWN));
    assertThat(takedowns().beginErasure(LATER.minusNanos(1000)).takedowns()).isEmpty();
    TakedownStore.Due due = takedowns().beginErasure(LATER);
    assertThat(due.takedowns()).extracting(Takedown::did).containsExactly(alice.did());
    assertThat(due.upToSeq()).isEqualTo(seq);
    takedowns().erased(due.takedowns());
    assertThat(takedowns().beginErasure(LATER).takedowns()).isEmpty();
    assertThat(takedowns().nextErasure()).isNull();
  }

  /** What was decided since the erasure began is not covered by it. */
  @Test
  void erased_isOfThatTakedownOnly() {
    AccountRecord alice = flush(account(1, LocalStatus.TAKENDOWN));
    takedowns().put(alice, NOW, NOW);
    TakedownStore.Due due = takedowns().beginErasure(NOW);
    takedowns().lift(alice.hash());
    takedowns().put(alice, NOW.plusSeconds(1), LATER);
    takedowns().erased(due.takedowns());
    assertThat(takedowns().list(0, 1).getFirst().erased()).isFalse();
  }
}
