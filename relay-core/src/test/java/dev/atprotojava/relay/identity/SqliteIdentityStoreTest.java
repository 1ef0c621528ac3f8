// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import static dev.atprotojava.relay.identity.ExportLines.NEW_KEY;
import static dev.atprotojava.relay.identity.ExportLines.OLD_KEY;
import static dev.atprotojava.relay.identity.ExportLines.did;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityStore.Stored;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a restart is spared: catches an identity that comes back changed, an old one in the place of
 * a newer, and a file of others that is touched.
 */
@Timeout(60)
class SqliteIdentityStoreTest {
  private static final Instant NOW = Instant.parse("2024-06-01T12:00:00.123Z");
  private static final Did ALICE = did(1);
  private static final Did WEB = Did.parse("did:web:abc.com"); // as long as a did:plc is bytes

  @TempDir Path directory;
  private @Nullable SqliteIdentityStore store;

  private Path file() {
    return directory.resolve("identities.sqlite");
  }

  private SqliteIdentityStore open() {
    store = SqliteIdentityStore.open(file(), AddressPolicy.publicOnly(), InstantSource.fixed(NOW));
    return store;
  }

  private SqliteIdentityStore reopen() {
    Objects.requireNonNull(store).close();
    return open();
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  private static Identity identity(Did did, @Nullable PublicKey key, String pds, Instant at) {
    return Identity.of(
        did,
        Handle.parse("alice.example.com"),
        PdsEndpoint.parse(pds, AddressPolicy.publicOnly()),
        key,
        at);
  }

  private static Identity identity(Instant at) {
    return identity(ALICE, OLD_KEY.publicKey(), "https://pds.example.com", at);
  }

  // Each kind of key, of DID, and each part that may be missing.
  @Test
  void load_givesWhatWasSavedBeforeARestart() {
    P256PublicKey p256 =
        (P256PublicKey)
            SigningKey.parseP256(HexFormat.of().parseHex("%064x".formatted(7))).publicKey();
    Identity[] all = {
      identity(NOW),
      identity(did(2), p256, "https://pds.example.com", NOW.minusSeconds(5)),
      identity(WEB, null, "https://other.example.com:8443", NOW),
      Identity.of(did(3), null, null, null, NOW),
    };
    SqliteIdentityStore first = open();
    for (Identity each : all) {
      first.save(new Stored(each, each.did().equals(WEB)));
    }
    SqliteIdentityStore second = reopen();
    for (Identity each : all) {
      assertThat(second.load(each.did())).isEqualTo(new Stored(each, each.did().equals(WEB)));
    }
    assertThat(second.load(did(4))).isNull();
    assertThat(second.count()).isEqualTo(4);
  }

  // What is not on disk yet counts: the library asks right after it saved.
  @Test
  void load_seesWhatIsNotWrittenYet() {
    SqliteIdentityStore opened = open();
    opened.save(new Stored(identity(NOW), false));
    assertThat(opened.load(ALICE)).isEqualTo(new Stored(identity(NOW), false));
    opened.markStale(ALICE);
    assertThat(opened.load(ALICE)).isEqualTo(new Stored(identity(NOW), true));
    opened.remove(ALICE);
    assertThat(opened.load(ALICE)).isNull();
  }

  @Test
  void markStale_survivesARestart() {
    open().save(new Stored(identity(NOW), false));
    reopen().markStale(ALICE);
    assertThat(reopen().load(ALICE)).isEqualTo(new Stored(identity(NOW), true));
    Objects.requireNonNull(store).save(new Stored(identity(NOW.plusSeconds(1)), false));
    assertThat(reopen().load(ALICE)).isEqualTo(new Stored(identity(NOW.plusSeconds(1)), false));
  }

  @Test
  void remove_survivesARestart() {
    open().save(new Stored(identity(NOW.minusSeconds(1)), false));
    reopen().remove(ALICE);
    Objects.requireNonNull(store).remove(did(9)); // of what was never there nothing is kept
    assertThat(reopen().load(ALICE)).isNull();
    assertThat(Objects.requireNonNull(store).count()).isEqualTo(1);
  }

  // Two processes, or a follower and a lookup: the later knowledge stays, whichever came last.
  @Test
  void save_ofSomethingMuchOlderChangesNothing() {
    open().save(new Stored(identity(NOW), false));
    Identity old =
        identity(ALICE, NEW_KEY.publicKey(), "https://pds.example.com", NOW.minusSeconds(3_600));
    reopen().save(new Stored(old, false));
    assertThat(reopen().load(ALICE)).isEqualTo(new Stored(identity(NOW), false));
  }

  // Clocks differ: of two that are almost of one time nobody can say which is right.
  @Test
  void save_ofSomethingAlittleOlderThatDisagreesMarks() {
    open().save(new Stored(identity(NOW), false));
    Identity old =
        identity(ALICE, NEW_KEY.publicKey(), "https://pds.example.com", NOW.minusSeconds(3));
    reopen().save(new Stored(old, false));
    assertThat(reopen().load(ALICE)).isEqualTo(new Stored(identity(NOW), true));
  }

  // A relay that was run with --dev must not go to private addresses afterwards.
  @Test
  void load_refusesServersThatThePolicyRefuses() {
    try (SqliteIdentityStore dev =
        SqliteIdentityStore.open(file(), AddressPolicy.dev(), InstantSource.fixed(NOW))) {
      PdsEndpoint local = PdsEndpoint.parse("http://localhost:2583", AddressPolicy.dev());
      dev.save(new Stored(Identity.of(ALICE, null, local, OLD_KEY.publicKey(), NOW), false));
    }
    assertThat(open().load(ALICE)).isNull();
  }

  @Test
  void open_refusesWhatIsNotOurs() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE identity (did TEXT)");
    }
    byte[] before = Files.readAllBytes(file());
    assertThatThrownBy(this::open)
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("left as it is");
    assertThat(file()).hasBinaryContent(before);
  }

  @Test
  void open_refusesAnotherVersion() throws Exception {
    open();
    Objects.requireNonNull(store).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 2");
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("version 2");
  }

  // A disk that fails costs lookups, and never the relay.
  @Test
  void write_thatFailsIsCountedAndGoneOnAfter() throws Exception {
    SqliteIdentityStore opened = open();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = other.createStatement()) {
      statement.execute("DROP TABLE identity");
    }
    opened.save(new Stored(identity(NOW), false));
    opened.servers(0, 1).join(); // comes after it
    assertThat(opened.lost()).isEqualTo(1);
    assertThatThrownBy(() -> opened.load(ALICE)).isInstanceOf(IllegalStateException.class);
    assertThat(opened.remember("x", 3).thenCompose(any -> opened.number("x")).join()).isEqualTo(3);
  }

  @Test
  void servers_comeInTheOrderInWhichTheyWereSeen() {
    SqliteIdentityStore opened = open();
    for (int i = 0; i < 5; i++) {
      opened.save(
          new Stored(identity(did(i), null, "https://pds" + i + ".example.com", NOW), false));
    }
    reopen();
    var some = Objects.requireNonNull(store).servers(0, 3).join();
    assertThat(some).hasSize(3);
    assertThat(Objects.requireNonNull(store).servers(some.getLast().id(), 10).join()).hasSize(2);
  }
}
