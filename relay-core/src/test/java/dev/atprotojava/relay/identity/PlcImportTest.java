// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import static dev.atprotojava.relay.identity.ExportLines.NEW_KEY;
import static dev.atprotojava.relay.identity.ExportLines.OLD_KEY;
import static dev.atprotojava.relay.identity.ExportLines.at;
import static dev.atprotojava.relay.identity.ExportLines.did;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityStore.Stored;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.identity.PlcExport;
import dev.atprotojava.identity.PlcExportException;
import dev.atprotojava.syntax.Did;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log becomes what documents would have said (ID-71, ID-77). Catches an operation that was taken
 * back and is believed, newer knowledge that is overwritten, and a run that begins anew or leaves
 * something out after it was interrupted.
 */
@Timeout(120)
class PlcImportTest {
  private static final String PDS = "https://pds.example.com";
  private static final String OTHER_PDS = "https://other.example.com";
  private static final Did ALICE = did(1);
  private static final Did BOB = did(2);

  @TempDir Path directory;
  private SqliteIdentityStore store;
  private Instant now = at(1_000_000);
  private final List<Did> changes = new ArrayList<>();
  private final ExportServer server = new ExportServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();

  @BeforeEach
  void open() {
    store = SqliteIdentityStore.open(file(), AddressPolicy.publicOnly(), () -> now);
  }

  @AfterEach
  void close() {
    store.close();
    http.close();
    server.close();
  }

  private Path file() {
    return directory.resolve("identities.sqlite");
  }

  private PlcImport plcImport() {
    InstantSource clock = () -> now;
    return new PlcImport(store, AddressPolicy.publicOnly(), clock, any -> {}, changes::addAll);
  }

  private PlcExport.Builder export() {
    return PlcExport.builder(http)
        .directory(server.url())
        .pageRows(3)
        .attempts(2)
        .sleeper(duration -> {}, new Random(1));
  }

  private static Identity identity(Did did, SigningKey key, String pds, Instant at) {
    return Identity.of(
        did,
        dev.atprotojava.syntax.Handle.parse("alice.example.com"),
        PdsEndpoint.parse(pds, AddressPolicy.publicOnly()),
        key.publicKey(),
        at);
  }

  private @Nullable Identity load(Did did) {
    Stored stored = store.load(did);
    return stored == null ? null : stored.identity();
  }

  private static ExportLines lines() {
    return new ExportLines();
  }

  @Test
  void file_leavesTheNewestOperationOfEachDid() {
    plcImport()
        .ofFile(
            lines()
                .sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0)
                .sets(BOB, OLD_KEY, PDS, "bob.example.com", 1)
                .sets(ALICE, NEW_KEY, OTHER_PDS, "alice.example.com", 1_000)
                .stream());

    assertThat(load(ALICE)).isEqualTo(identity(ALICE, NEW_KEY, OTHER_PDS, at(1_000)));
    assertThat(Objects.requireNonNull(load(BOB)).handle()).hasToString("bob.example.com");
  }

  // A recovery: the thief's operation stands in the log for ever, as taken back.
  @Test
  void file_believesNothingThatWasTakenBack() {
    PlcImport.Progress progress =
        plcImport()
            .ofFile(
                lines()
                    .sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0)
                    .sets(ALICE, NEW_KEY, OTHER_PDS, "thief.example.com", 10, true)
                    .stream());

    assertThat(Objects.requireNonNull(load(ALICE)).signingKey()).isEqualTo(OLD_KEY.publicKey());
    assertThat(progress.operations()).isEqualTo(2);
  }

  // The account is gone; an older operation that comes later must not bring it back.
  @Test
  void file_withATombstoneLeavesNothing() {
    plcImport()
        .ofFile(lines().sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0).ends(ALICE, 10).stream());
    assertThat(load(ALICE)).isNull();

    plcImport().ofFile(lines().sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0).stream());
    assertThat(load(ALICE)).isNull();
    assertThat(store.count()).isEqualTo(1);
  }

  @Test
  void file_doesNotOverwriteWhatIsNewer() {
    store.save(new Stored(identity(ALICE, NEW_KEY, PDS, at(50_000)), false));
    plcImport().ofFile(lines().sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0).stream());

    assertThat(Objects.requireNonNull(load(ALICE)).signingKey()).isEqualTo(NEW_KEY.publicKey());
    assertThat(changes).isEmpty();
  }

  @Test
  void file_overwritesWhatIsOlder() {
    store.save(new Stored(identity(ALICE, OLD_KEY, PDS, at(10)), false));
    plcImport().ofFile(lines().sets(ALICE, NEW_KEY, PDS, "alice.example.com", 1_000).stream());

    assertThat(load(ALICE)).isEqualTo(identity(ALICE, NEW_KEY, PDS, at(1_000)));
    assertThat(changes).containsExactly(ALICE);
  }

  // Asked a second after the operation by our clock, which may be ahead of the directory's.
  @Test
  void file_thatDisagreesAboutOneMomentMarks() {
    store.save(new Stored(identity(ALICE, OLD_KEY, PDS, at(11)), false));
    plcImport().ofFile(lines().sets(ALICE, NEW_KEY, PDS, "alice.example.com", 10).stream());

    Stored stored = Objects.requireNonNull(store.load(ALICE));
    assertThat(stored.stale()).isTrue();
    assertThat(stored.identity().signingKey()).isEqualTo(OLD_KEY.publicKey());
  }

  // An operation of a kind to come may mean anything.
  @Test
  void file_withAnUnknownOperationMarks() {
    plcImport()
        .ofFile(
            lines()
                .sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0)
                .add(ALICE, "{\"type\":\"plc_miracle\"}", 10, false)
                .stream());

    assertThat(Objects.requireNonNull(store.load(ALICE)).stale()).isTrue();
  }

  // More than one batch, twice: the second time nothing changes.
  @Test
  void file_canBeReadAgain() {
    ExportLines many = lines();
    for (int i = 0; i < 60_000; i++) {
      many.sets(did(i % 20_000), OLD_KEY, PDS, "alice.example.com", i);
    }
    PlcImport.Progress first = plcImport().ofFile(many.stream());
    assertThat(first.operations()).isEqualTo(60_000);
    assertThat(store.count()).isEqualTo(20_000);
    changes.clear();

    PlcImport.Progress second = plcImport().ofFile(many.stream());
    assertThat(second.operations()).isEqualTo(60_000);
    assertThat(second.doubted()).isZero();
    assertThat(changes).isEmpty();
    assertThat(store.coverage().asOf()).isEqualTo(at(59_999));
  }

  // What was read from the log up to a moment is known as of that moment, not of its operation's.
  @Test
  void file_makesRowsAsFreshAsItsEnd() {
    plcImport()
        .ofFile(
            lines()
                .sets(did(9), OLD_KEY, PDS, "first.example.com", 0)
                .sets(ALICE, OLD_KEY, PDS, "alice.example.com", 1_000)
                .sets(BOB, OLD_KEY, PDS, "bob.example.com", 900_000)
                .stream());

    assertThat(Objects.requireNonNull(load(ALICE)).fetchedAt()).isEqualTo(at(900_000));
  }

  // Between the two files something may have happened to those of the first.
  @Test
  void file_thatLeavesAHoleMakesOlderRowsNoFresher() {
    plcImport()
        .ofFile(
            lines()
                .sets(did(9), OLD_KEY, PDS, "first.example.com", 0)
                .sets(ALICE, OLD_KEY, PDS, "alice.example.com", 1_000)
                .stream());
    plcImport()
        .ofFile(
            lines()
                .sets(BOB, OLD_KEY, PDS, "bob.example.com", 2_000)
                .sets(did(8), OLD_KEY, PDS, "last.example.com", 900_000)
                .stream());

    assertThat(Objects.requireNonNull(load(ALICE)).fetchedAt()).isEqualTo(at(1_000));
    assertThat(store.coverage().from()).isEqualTo(at(2_000));
  }

  @Test
  void directory_isReadToItsEnd() {
    for (int i = 0; i < 20; i++) {
      server.log.sets(did(i), OLD_KEY, PDS, "alice.example.com", i * 1_000L);
    }
    PlcImport.Progress progress = plcImport().ofDirectory(export());

    assertThat(progress.operations()).isEqualTo(20);
    assertThat(store.count()).isEqualTo(20);
    // As of the question that was answered with nothing, but for what a directory needs to settle.
    assertThat(Objects.requireNonNull(load(did(7))).fetchedAt()).isEqualTo(now.minusSeconds(30));
  }

  // Hours of reading must not be lost with the connection, nor an operation between two runs.
  @Test
  void directory_isGoneOnWithWhereItStopped() {
    for (int i = 0; i < 20; i++) {
      server.log.sets(did(i), OLD_KEY, PDS, "alice.example.com", i);
    }
    server.failsFrom = 4; // pages
    assertThatThrownBy(() -> plcImport().ofDirectory(export()))
        .isInstanceOf(PlcExportException.class);
    long read = store.count();
    assertThat(read).isBetween(6L, 12L);
    assertThat(store.coverage().whole()).isTrue();
    assertThat(store.coverage().asOf()).isEqualTo(at(read - 1));
    store.close();
    open();

    server.failsFrom = Integer.MAX_VALUE;
    PlcImport.Progress rest = plcImport().ofDirectory(export());
    assertThat(rest.operations()).isEqualTo(20 - read);
    assertThat(store.count()).isEqualTo(20);
  }

  @Test
  void directory_thatWantsToBeLeftAloneIsAskedAgain() {
    server.log.sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0);
    server.limitedOnce = true;
    List<Duration> pauses = new ArrayList<>();
    plcImport().ofDirectory(export().sleeper(pauses::add, new Random(1)));

    assertThat(pauses).contains(Duration.ofSeconds(7));
    assertThat(load(ALICE)).isNotNull();
  }

  // Following.

  private PlcFollower follower() {
    return new PlcFollower(
        store,
        file(),
        this::export,
        AddressPolicy.publicOnly(),
        () -> now,
        Duration.ofHours(1),
        changes::add);
  }

  @Test
  void follower_tellsWhatIsNewAndKeepsItsPlace() throws Exception {
    server.log.sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0);
    plcImport().ofDirectory(export());
    changes.clear();
    follower().poll();
    assertThat(changes).isEmpty();

    server.log.sets(ALICE, NEW_KEY, OTHER_PDS, "alice.example.com", 1_000_500);
    now = at(1_001_000);
    follower().poll();
    assertThat(changes).containsExactly(ALICE);
    assertThat(Objects.requireNonNull(load(ALICE)).signingKey()).isEqualTo(NEW_KEY.publicKey());
    assertThat(Objects.requireNonNull(load(ALICE)).fetchedAt()).isEqualTo(now.minusSeconds(30));

    store.close();
    open();
    changes.clear();
    int asked = server.rowsGiven;
    follower().poll();
    assertThat(changes).isEmpty();
    assertThat(server.rowsGiven - asked).as("the seam only").isLessThanOrEqualTo(1);
  }

  // Without an import the past is nobody's business, and nothing is claimed of it.
  @Test
  void follower_withoutAnImportBeginsNow() throws Exception {
    server.log.sets(ALICE, OLD_KEY, PDS, "alice.example.com", 0);
    store.save(new Stored(identity(BOB, OLD_KEY, PDS, at(10)), false));
    follower().poll();
    server.log.sets(ALICE, NEW_KEY, PDS, "alice.example.com", 1_000_500);
    now = at(1_001_000);
    follower().poll();

    assertThat(server.rowsGiven).as("the new row, and its seam").isLessThanOrEqualTo(2);
    assertThat(changes).containsExactly(ALICE);
    assertThat(Objects.requireNonNull(load(BOB)).fetchedAt()).isEqualTo(at(10));

    // An import that comes later still begins at the beginning.
    assertThat(plcImport().ofDirectory(export()).operations()).isEqualTo(2);
    assertThat(store.coverage().whole()).isTrue();
  }

  @Test
  void follower_survivesADirectoryThatFails() throws Exception {
    server.failsFrom = 0;
    follower().poll();
    server.failsFrom = Integer.MAX_VALUE;
    server.log.sets(ALICE, OLD_KEY, PDS, "alice.example.com", 1_000_500);
    follower().poll();

    assertThat(changes).containsExactly(ALICE);
  }

  @Test
  void lock_isGivenToOne() throws Exception {
    Optional<ExportLock> first = ExportLock.tryAcquire(file());
    assertThat(first).isPresent();
    assertThat(ExportLock.tryAcquire(file())).isEmpty();
    first.get().close();
    Optional<ExportLock> second = ExportLock.tryAcquire(file());
    assertThat(second).isPresent();
    second.get().close();
  }
}
