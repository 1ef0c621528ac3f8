// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountChain;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.ChainState;
import dev.atprotojava.sync.ChainState.Cause;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.sync.client.RepoStateStore.All;
import dev.atprotojava.sync.client.RepoStateStore.Change;
import dev.atprotojava.sync.client.RepoStateStore.Row;
import dev.atprotojava.sync.client.RepoStateStore.RowChange;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both stores do the same. Damage: a firehose that goes on from what never was. */
class RepoStateStoreTest {
  private static final Did A = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Did B = Did.parse("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb");
  private static final Did C = Did.parse("did:plc:cccccccccccccccccccccccc");
  private static final RecordPath P = RecordPath.parse("com.example.record/p");
  private static final RecordPath Q = RecordPath.parse("com.example.record/q");
  private static final Cid X = Cid.ofDagCbor(new byte[] {1});
  private static final Cid Y = Cid.ofDagCbor(new byte[] {2});
  private static final RepoState STATE = new RepoState(Tid.parse("3jzfcijpj2z2a"), X, Y);

  @TempDir Path directory;

  private RepoStateStore open(String kind) {
    return kind.equals("sqlite")
        ? SqliteRepoStateStore.open(directory.resolve("store.sqlite"))
        : new InMemoryRepoStateStore();
  }

  private static AccountChain chain(ChainState state, AccountStatus upstream) {
    return new AccountChain(state, upstream, AccountStatus.ACTIVE);
  }

  private static void commit(RepoStateStore store, Change... changes) {
    store.commit(List.of(changes), "s", OptionalLong.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite"})
  void commit_remembersRows(String kind) { // SC-67
    try (RepoStateStore store = open(kind)) {
      commit(
          store,
          new Change(
              A,
              AccountChain.unknown(),
              All.KEEP,
              List.of(new RowChange.Known(Q, X), new RowChange.Known(P, Y))),
          new Change(B, null, All.KEEP, List.of(new RowChange.Doubtful(P))));
      assertThat(store.records(A, null, 10)).containsExactly(new Row(P, Y), new Row(Q, X));
      assertThat(store.records(A, null, 1)).containsExactly(new Row(P, Y));
      assertThat(store.records(A, P, 10)).containsExactly(new Row(Q, X));
      assertThat(store.records(B, null, 10)).containsExactly(new Row(P, null));
      assertThat(store.find(B)).isEqualTo(AccountChain.unknown());
      commit(
          store,
          new Change(A, null, All.KEEP, List.of(new RowChange.Gone(P), new RowChange.Doubtful(Q))));
      assertThat(store.records(A, null, 10)).containsExactly(new Row(Q, null));
      commit(store, new Change(A, null, All.FORGET, List.of(new RowChange.Known(P, X))));
      assertThat(store.records(A, null, 10)).containsExactly(new Row(P, X));
      commit(store, new Change(A, null, All.DOUBT, List.of()));
      assertThat(store.records(A, null, 10)).containsExactly(new Row(P, null));
      assertThat(store.find(A)).isEqualTo(AccountChain.unknown());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite"})
  void find_givesBackEachChain(String kind) { // SC-60
    try (RepoStateStore store = open(kind)) {
      assertThat(store.find(A)).isNull();
      for (AccountStatus status : AccountStatus.values()) {
        AccountChain known = chain(new ChainState.Synchronized(STATE), status);
        commit(store, new Change(A, known, All.KEEP, List.of()));
        assertThat(store.find(A)).isEqualTo(known);
      }
      for (Cause cause : Cause.values()) {
        AccountChain known =
            chain(new ChainState.Desynchronized(cause, STATE), AccountStatus.ACTIVE);
        commit(store, new Change(A, known, All.KEEP, List.of()));
        assertThat(store.find(A)).isEqualTo(known);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite"})
  void desynchronized_findsWhoWaits(String kind) { // SC-63: also after a restart
    ChainState waits = new ChainState.Desynchronized(Cause.CHAIN_BROKEN, STATE);
    try (RepoStateStore store = open(kind)) {
      commit(
          store,
          new Change(B, chain(waits, AccountStatus.ACTIVE), All.KEEP, List.of()),
          new Change(
              A,
              chain(new ChainState.InProgress(null), AccountStatus.ACTIVE),
              All.KEEP,
              List.of()));
      assertThat(store.desynchronized(null, 10, true)).containsExactly(A, B);
      assertThat(store.desynchronized(null, 1, true)).containsExactly(A);
      assertThat(store.desynchronized(A, 10, true)).containsExactly(B);
      commit(store, new Change(C, AccountChain.unknown(), All.KEEP, List.of()));
      assertThat(store.desynchronized(B, 10, true)).containsExactly(C);
      assertThat(store.desynchronized(null, 10, false)).containsExactly(A, B);
      commit(store, new Change(C, chain(waits, AccountStatus.DELETED), All.KEEP, List.of()));
      commit(
          store,
          new Change(A, chain(waits, AccountStatus.SUSPENDED), All.KEEP, List.of()),
          new Change(
              B,
              chain(new ChainState.Synchronized(STATE), AccountStatus.ACTIVE),
              All.KEEP,
              List.of()));
      assertThat(store.desynchronized(null, 10, true)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite"})
  void cursor_isOfEachStreamItsOwn(String kind) { // SC-40, SC-44
    try (RepoStateStore store = open(kind)) {
      assertThat(store.cursor("one")).isEmpty();
      store.commit(List.of(), "one", OptionalLong.of(5));
      store.commit(List.of(), "two", OptionalLong.of(7));
      store.commit(List.of(), "one", OptionalLong.empty());
      assertThat(store.cursor("one")).hasValue(5);
      assertThat(store.cursor("two")).hasValue(7);
    }
  }

  @Test
  void sqlite_keepsWhatItHasAndAnInProgressThatWasCutShort() {
    try (RepoStateStore store = open("sqlite")) {
      store.commit(
          List.of(
              new Change(
                  A,
                  chain(new ChainState.InProgress(STATE), AccountStatus.ACTIVE),
                  All.KEEP,
                  List.of(new RowChange.Known(P, X)))),
          "s",
          OptionalLong.of(9));
    }
    try (RepoStateStore store = open("sqlite")) {
      assertThat(store.cursor("s")).hasValue(9);
      assertThat(store.records(A, null, 10)).containsExactly(new Row(P, X));
      assertThat(store.find(A))
          .isEqualTo(
              chain(
                  new ChainState.Desynchronized(Cause.RESYNC_FAILED, STATE), AccountStatus.ACTIVE));
    }
  }

  // Damage: half of a commit in the store, and a cursor behind all of it.
  @Test
  void sqlite_commitsAllOrNothing() throws Exception { // SC-68
    try (RepoStateStore store = open("sqlite")) {
      commit(store, new Change(A, AccountChain.unknown(), All.KEEP, List.of()));
      Path file = directory.resolve("store.sqlite");
      try (Connection meddler = DriverManager.getConnection("jdbc:sqlite:" + file);
          Statement statement = meddler.createStatement()) {
        statement.execute(
            "CREATE TRIGGER no BEFORE INSERT ON record WHEN NEW.path LIKE '%/q' BEGIN"
                + " SELECT RAISE(ABORT, 'no'); END");
      }
      assertThatThrownBy(
              () ->
                  store.commit(
                      List.of(
                          new Change(
                              A,
                              chain(new ChainState.Synchronized(STATE), AccountStatus.ACTIVE),
                              All.KEEP,
                              List.of(new RowChange.Known(P, X), new RowChange.Known(Q, X)))),
                      "s",
                      OptionalLong.of(1)))
          .isInstanceOf(RepoStoreException.class);
      assertThat(store.find(A)).isEqualTo(AccountChain.unknown());
      assertThat(store.records(A, null, 10)).isEmpty();
      assertThat(store.cursor("s")).isEmpty();
    }
  }

  @Test
  void sqlite_refusesTheDatabaseOfSomethingElse() throws Exception {
    Path file = directory.resolve("other.sqlite");
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE mine (x)");
    }
    assertThatThrownBy(() -> SqliteRepoStateStore.open(file))
        .isInstanceOf(RepoStoreException.class);
    Path noFile = directory.resolve("text");
    Files.writeString(noFile, "not a database, but a text of some length, and nothing else at all");
    assertThatThrownBy(() -> SqliteRepoStateStore.open(noFile))
        .isInstanceOf(RepoStoreException.class);
  }
}
