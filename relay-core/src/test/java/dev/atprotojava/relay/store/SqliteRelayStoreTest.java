// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.store.RelayStore.Flush;
import dev.atprotojava.relay.store.RelayStore.HostCursorRow;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Catches a database of others that is touched, half a flush, and a value that comes back changed.
 */
class SqliteRelayStoreTest {
  private static final Instant NOW = Instant.parse("2024-06-01T12:00:00.000001Z");
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Did BOB = Did.parse("did:web:bob.example");
  private static final RepoState REPO =
      new RepoState(
          Tid.parse("3jzfcijpj2z2a"), Cid.ofDagCbor(new byte[] {1}), Cid.ofDagCbor(new byte[] {2}));

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("relay.sqlite");
  }

  private SqliteRelayStore open() {
    return SqliteRelayStore.open(file(), new Random(1));
  }

  private static AccountRecord account(
      RelayStore store, long uid, Did did, int host, @Nullable RepoState repo) {
    return new AccountRecord(
        uid,
        did,
        store.didKey().hash(did),
        host,
        AccountStatus.INACTIVE,
        LocalStatus.THROTTLED,
        false,
        repo);
  }

  private static void flush(RelayStore store, long seq, AccountRecord... accounts) {
    store.flush(new Flush(List.of(accounts), List.of(), List.of(), seq, seq));
  }

  /** The names and bytes of all files: a refusal leaves not even a file of SQLite's own. */
  private Map<String, String> snapshot() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path each : files.toList()) {
        String hex = HexFormat.of().formatHex(Files.readAllBytes(each));
        all.put(String.valueOf(each.getFileName()), hex);
      }
    }
    return all;
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private void assertRefused(String words) throws IOException {
    Map<String, String> before = snapshot();
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> assertThat(e.category()).isEqualTo(RelayException.Category.REFUSED))
        .hasMessageContaining(words);
    assertThat(snapshot()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "WAL"})
  void open_refusesADatabaseOfOthers(String journal) throws Exception {
    sql("PRAGMA journal_mode = " + journal, "CREATE TABLE account (did TEXT)");
    assertRefused("import-indigo");
  }

  @Test
  void open_refusesWhatIsNoDatabase() throws Exception {
    Files.writeString(file(), "this is no database ".repeat(100));
    assertRefused("import-indigo");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1000})
  void open_refusesAnotherVersion(int version) throws Exception {
    open().close();
    sql("PRAGMA user_version = " + version);
    assertRefused("schema version " + version);
  }

  private List<String> schema() throws Exception {
    List<String> schema = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sql FROM sqlite_schema ORDER BY name")) {
      while (rows.next()) {
        schema.add(String.valueOf(rows.getString(1)));
      }
    }
    return schema;
  }

  /** Catches a step that is left out, or loses what was there. */
  @Test
  void open_bringsEachOlderVersionToTheNewest() throws Exception {
    open().close();
    List<String> newest = schema();
    for (int version = 1; version < SqliteSchema.VERSION; version++) {
      Files.delete(file());
      SqliteSchema.create(file(), new Random(1), version);
      sql(
          "INSERT INTO host (hostname, secure, status, reason, since, epoch, cursor, gap, accounts,"
              + " created_at) VALUES ('kept.example.com', 1, 'ACTIVE', '', 0, 0, 7, 0, 0, 0)");
      try (RelayStore store = open()) {
        assertThat(store.hosts()).extracting(HostRow::cursor).containsExactly(7L);
      }
      assertThat(schema()).as("from version %s", version).isEqualTo(newest);
    }
  }

  /** Damage: counts that stay wrong for ever in a database that is older than true counts. */
  @Test
  void open_olderVersion_countsWithoutThoseWhoAreGone() throws Exception {
    SqliteSchema.create(file(), new Random(1), 2);
    sql(
        "INSERT INTO host (hostname, secure, status, reason, since, epoch, cursor, gap, accounts,"
            + " created_at) VALUES ('pds.example.com', 1, 'ACTIVE', '', 0, 0, 7, 0, 0, 0)");
    for (int uid = 1; uid <= 3; uid++) {
      sql(
          "INSERT INTO account (uid, did_hash, did, host_id, status, proven, seq) VALUES ("
              + (uid + ", " + uid + ", 'did:plc:" + uid + "', 1, " + (uid == 3 ? 0 : 2))
              + ", 1, 1)");
    }
    try (RelayStore store = open()) {
      assertThat(store.countAccounts(1)).isEqualTo(1);
    }
  }

  /** Damage: a host that is enforced for what it showed before something was waived again. */
  @Test
  void putRatchets_forgetsThoseThatAreNotThere() {
    HostRules.Ratchet ratchet = new HostRules.Ratchet(NOW, 7, true, false);
    try (RelayStore store = open()) {
      store.hostRules().putRatchets(Map.of(1, ratchet, 2, ratchet, 3, ratchet));
      store.hostRules().putRatchets(Map.of(2, ratchet, 3, ratchet));
      store.hostRules().forgetRatchet(3);
      assertThat(store.hostRules().ratchets()).isEqualTo(Map.of(2, ratchet));
    }
  }

  @Test
  void audit_isReadBackNewestFirst() {
    try (RelayStore store = open()) {
      for (int i = 1; i <= 3; i++) {
        store.audit(entry("host-" + i));
      }
      assertThat(store.auditTrail(Long.MAX_VALUE, 2))
          .extracting(each -> each.entry().subject())
          .containsExactly("host-3", "host-2");
      long second = store.auditTrail(Long.MAX_VALUE, 2).getLast().id();
      assertThat(store.auditTrail(second, 2))
          .extracting(RelayStore.Audited::entry)
          .containsExactly(entry("host-1"));
    }
  }

  /** Catches a decision without a trace, or a trace of what was not decided. */
  @Test
  void atomically_isAllOrNothing() {
    try (RelayStore store = open()) {
      assertThatThrownBy(
              () ->
                  store.atomically(
                      () -> {
                        store.createHost("a.example.com", true, Instant.EPOCH);
                        store.audit(entry("a.example.com"));
                        throw new IllegalArgumentException("no");
                      }))
          .hasMessage("no");
      assertThat(store.hosts()).isEmpty();
      assertThat(store.auditTrail(Long.MAX_VALUE, 10)).isEmpty();
      assertThat(store.atomically(() -> store.createHost("b.example.com", true, Instant.EPOCH)))
          .isEqualTo(store.hosts().getFirst());
    }
  }

  private static AuditEntry entry(String subject) {
    return new AuditEntry(Instant.ofEpochSecond(1, 2000), "alice", "host.ban", subject, "a", "b");
  }

  /** A crash while the first database was made must not stand in the way of the next start. */
  @Test
  void open_afterAnUnfinishedCreation() throws Exception {
    Files.writeString(directory.resolve("relay.sqlite.new"), "half a database");
    Files.createFile(file());
    open().close();
    assertThat(snapshot()).containsOnlyKeys("relay.sqlite");
    open().close();
  }

  /** What was there before is there again: the key above all, which the log's records hang on. */
  @Test
  void open_findsWhatWasWritten() {
    DidHash.Key key;
    AccountRecord alice;
    AccountRecord bob;
    HostRow host;
    try (SqliteRelayStore store = open()) {
      key = store.didKey();
      host = store.createHost("pds.example", true, NOW);
      alice = account(store, 5, ALICE, host.id(), REPO);
      bob = account(store, 9, BOB, host.id(), null);
      store.flush(
          new Flush(
              List.of(bob, alice),
              List.of(),
              List.of(new HostCursorRow(host.id(), 2, 77, 60)),
              40,
              30));
      store.updateHostStatus(host.id(), HostStatus.BANNED, "why", NOW.plusSeconds(1));
    }
    try (SqliteRelayStore store = SqliteRelayStore.open(file(), new Random(2))) {
      assertThat(store.didKey()).isEqualTo(key);
      assertThat(store.appliedSeq()).isEqualTo(40);
      assertThat(store.replayFrom()).isEqualTo(30);
      assertThat(store.lastUid()).isEqualTo(9);
      assertThat(store.findAccount(alice.hash(), ALICE)).isEqualTo(alice);
      assertThat(store.findAccount(bob.hash(), BOB)).isEqualTo(bob);
      assertThat(store.listAccounts(0, 10)).containsExactly(alice, bob);
      assertThat(store.listAccounts(5, 10)).containsExactly(bob);
      assertThat(store.listAccounts(0, 1)).containsExactly(alice);
      assertThat(store.hosts())
          .containsExactly(
              new HostRow(
                  host.id(),
                  "pds.example",
                  true,
                  HostStatus.BANNED,
                  "why",
                  NOW.plusSeconds(1),
                  2,
                  77,
                  60,
                  2,
                  NOW));
    }
  }

  @Test
  void flush_updatesAndMovesAccounts() {
    try (SqliteRelayStore store = open()) {
      int one = store.createHost("one.example", true, NOW).id();
      int two = store.createHost("two.example", true, NOW).id();
      flush(store, 1, account(store, 1, ALICE, one, null), account(store, 2, BOB, one, null));
      assertThat(store.countAccounts(one)).isEqualTo(2);
      AccountRecord moved =
          account(store, 1, ALICE, two, REPO).withUpstreamStatus(AccountStatus.DEACTIVATED);
      flush(store, 2, moved);
      flush(store, 3, moved);
      assertThat(store.countAccounts(one)).isEqualTo(1);
      assertThat(store.countAccounts(two)).isEqualTo(1);
      assertThat(store.findAccount(moved.hash(), ALICE)).isEqualTo(moved);
    }
  }

  /** Damage: a host that a flood of sign-ups hit stays at its limit when all of them are gone. */
  @Test
  void flush_deletedAccountsCountNoMore() {
    try (SqliteRelayStore store = open()) {
      int one = store.createHost("one.example", true, NOW).id();
      int two = store.createHost("two.example", true, NOW).id();
      AccountRecord alice = account(store, 1, ALICE, one, null);
      AccountRecord bob = account(store, 2, BOB, one, null);
      flush(store, 1, alice, bob.withUpstreamStatus(AccountStatus.DELETED));
      assertThat(store.countAccounts(one)).isEqualTo(1);
      flush(store, 2, alice.withUpstreamStatus(AccountStatus.DELETED), bob);
      assertThat(store.countAccounts(one)).as("one went, one came back").isEqualTo(1);
      flush(store, 3, alice.withHost(two).withUpstreamStatus(AccountStatus.DELETED));
      flush(store, 4, bob.withHost(two));
      assertThat(store.accountCounts()).containsEntry(one, 0L).containsEntry(two, 1L);
    }
  }

  /** Damage: those who waited longest for room come in last, or those who are gone at all. */
  @Test
  void waiting_isInTheOrderOfDiscovery_withoutThoseWhoAreGone() {
    try (SqliteRelayStore store = open()) {
      int host = store.createHost("one.example", true, NOW).id();
      AccountRecord alice =
          account(store, 7, ALICE, host, null).withLocalStatus(LocalStatus.THROTTLED);
      AccountRecord bob = account(store, 3, BOB, host, null).withLocalStatus(LocalStatus.THROTTLED);
      flush(store, 1, alice, bob);
      assertThat(store.hostRules().waiting(host, 10)).containsExactly(BOB, ALICE);
      assertThat(store.hostRules().waiting(host, 1)).containsExactly(BOB);
      assertThat(store.hostRules().waitingCounts()).containsExactly(Map.entry(host, 2L));
      flush(store, 2, bob.withUpstreamStatus(AccountStatus.DELETED));
      assertThat(store.hostRules().waiting(host, 10)).containsExactly(ALICE);
      flush(store, 3, alice.withLocalStatus(LocalStatus.DESYNCHRONIZED));
      assertThat(store.hostRules().waiting(host, 10)).isEmpty();
    }
  }

  /** States, cursors and the place in the log go together or not at all (invariant 1). */
  @Test
  void flush_isAllOrNothing() {
    try (SqliteRelayStore store = open()) {
      int host = store.createHost("pds.example", true, NOW).id();
      flush(store, 1, account(store, 1, ALICE, host, null));
      AccountRecord twin = account(store, 2, ALICE, host, null); // a second row for the same DID
      assertThatThrownBy(
              () ->
                  store.flush(
                      new Flush(
                          List.of(account(store, 1, ALICE, host, REPO), twin),
                          List.of(),
                          List.of(new HostCursorRow(host, 0, 50, 0)),
                          9,
                          9)))
          .isInstanceOf(RelayException.class);
      assertThat(store.appliedSeq()).isEqualTo(1);
    }
    try (SqliteRelayStore store = open()) {
      assertThat(store.appliedSeq()).isEqualTo(1);
      assertThat(store.hosts().getFirst().cursor()).isZero();
      assertThat(store.listAccounts(0, 10))
          .singleElement()
          .extracting(AccountRecord::repo)
          .isNull();
    }
  }

  /** Two DIDs that share 64 bits of hash are not taken for each other. */
  @Test
  void findAccount_comparesTheDid() {
    try (SqliteRelayStore store = open()) {
      AccountRecord alice = account(store, 1, ALICE, 1, null);
      flush(store, 1, alice);
      assertThat(store.findAccount(new DidHash(alice.hash().low(), 0), BOB)).isNull();
      assertThat(store.findAccount(store.didKey().hash(BOB), BOB)).isNull();
    }
  }

  /** Numbers of hosts are in the log: one that was given is never given to another. */
  // A host that was found is joined in mid-stream, and then never behind what it said first.
  @Test
  void joinHost_isThereAfterARestart() {
    int id;
    try (SqliteRelayStore store = open()) {
      id = store.createLiveHost("pds.example", true, NOW).id();
      assertThat(store.hosts().getFirst().cursor()).isEqualTo(HostRow.LIVE);
      store.joinHost(id, 899, 4_711);
    }
    try (SqliteRelayStore store = open()) {
      assertThat(store.hosts().getFirst().cursor()).isEqualTo(899);
      assertThat(store.hosts().getFirst().gap()).isEqualTo(4_711);
    }
  }

  @Test
  void createHost_refusesASecondOfTheSameName() {
    try (SqliteRelayStore store = open()) {
      store.createHost("pds.example", true, NOW);
      assertThatThrownBy(() -> store.createHost("pds.example", true, NOW))
          .isInstanceOf(RelayException.class);
      assertThat(store.createHost("other.example", false, NOW).id()).isGreaterThan(1);
      assertThat(store.hosts()).hasSize(2);
    }
  }
}
