// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.backup.RelayBackup;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backup is looked at on the worst day of an operator's year: it must be whole, and a relay made
 * of it must break no promise to those who read the old one.
 */
@Timeout(120)
class BackupTest {
  private static final String ALICE = "did:plc:aliceaaaaaaaaaaaaaaaaaaa";

  private final SampleHost host = new SampleHost();

  private int records;

  @TempDir private Path directory;

  @AfterEach
  void close() {
    host.close();
  }

  private RunningDaemon start(String name) throws InterruptedException {
    return RunningDaemon.start(directory.resolve(name), host.url(), Map.of());
  }

  private LongFunction<Bytes> commit(SampleAccount account) {
    return account.commit("app.bsky.feed.post/" + ++records);
  }

  private Path database(String relay) {
    return directory.resolve(relay).resolve("relay.sqlite");
  }

  private Path log(String relay) {
    return directory.resolve(relay).resolve("log");
  }

  private Path backup(String relay, String name) {
    Path target = directory.resolve(name);
    RelayBackup.make(database(relay), log(relay), target, InstantSource.system());
    return target;
  }

  /**
   * The relay goes on after the backup, is lost, and another is made of what there is. Its readers
   * see what the backup has under its old numbers, then what the host sends again, under numbers
   * that nobody ever had.
   */
  @Test
  void restored_hasTheBackupAndGivesNoSeqTwice() throws Exception {
    SampleAccount alice = host.account(ALICE);
    List<Long> given = new ArrayList<>();
    Path copy;
    try (RunningDaemon relay = start("lost");
        Firehose all = relay.subscribe("?cursor=0")) {
      host.say(alice.active());
      relay.follow(host);
      given.add(all.event().seq());
      host.say(commit(alice));
      given.add(all.event().seq());
      copy = backup("lost", "copy");
      for (int i = 0; i < 5; i++) {
        host.say(commit(alice));
        given.add(all.event().seq());
      }
      relay.stop();
    }
    RelayBackup.Outcome restored = RelayBackup.restore(copy, database("made"), log("made"), 0);

    assertThat(restored.nextSeq()).isGreaterThan(given.getLast() + (1L << 39));
    try (RunningDaemon relay = start("made");
        Firehose all = relay.subscribe("?cursor=0")) {
      assertThat(all.event().seq()).isEqualTo(given.get(0));
      assertThat(all.event().seq()).isEqualTo(given.get(1));
      host.say(commit(alice));
      List<Long> later = new ArrayList<>();
      for (int i = 0; i < 6; i++) { // what the host sends again, and the newest
        later.add(all.event().seq());
      }
      assertThat(later.getFirst()).isGreaterThanOrEqualTo(restored.nextSeq());
      assertThat(later).isSorted().doesNotContainAnyElementsOf(given);
      assertThat(relay.query("getRepoStatus", "did=" + ALICE).body()).contains("\"active\":true");
      relay.stop();
    }
  }

  /** Copied again and again while it is written to: each copy must start, and be sound. */
  @Test
  void make_copiesARelayAtWork() throws Exception {
    SampleAccount alice = host.account(ALICE);
    try (RunningDaemon relay = start("busy");
        Firehose all = relay.subscribe("?cursor=0")) {
      host.say(alice.active());
      relay.follow(host);
      all.event();
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 50; i++) {
          host.say(commit(alice));
        }
        backup("busy", "copy-" + round); // while those are under way
        for (int i = 0; i < 50; i++) {
          all.event();
        }
      }
      relay.stop();
    }
    for (int round = 0; round < 4; round++) {
      String name = "made-" + round;
      RelayBackup.restore(directory.resolve("copy-" + round), database(name), log(name), 0);
      try (RunningDaemon relay = start(name);
          Firehose all = relay.subscribe("?cursor=0")) {
        long last = 0;
        for (int i = 0; i < 201; i++) { // the copy's, then what the host sends again
          long seq = all.event().seq();
          assertThat(seq).isGreaterThan(last);
          last = seq;
        }
        relay.stop();
      }
    }
  }

  @Test
  void seqFloor_isHeededAndNotBelowWhatWasReserved() throws Exception {
    start("one").stop();
    Path copy = backup("one", "copy");

    assertThatThrownBy(() -> RelayBackup.restore(copy, database("low"), log("low"), 4_294_967_295L))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("the next seq cannot be 4294967295");
    assertThat(database("low")).doesNotExist();
    assertThat(RelayBackup.restore(copy, database("two"), log("two"), 20_000_000_000L).nextSeq())
        .isEqualTo(20_000_000_000L);
    try (RunningDaemon relay = start("two")) {
      assertThat(relay.metrics()).contains("2.0E10");
      relay.stop();
    }
  }

  /** A relay that is there is never overwritten, not even by its own backup. */
  @ParameterizedTest
  @ValueSource(strings = {"relay.sqlite", "relay.sqlite-wal", "log/reservation", "log/other"})
  void restore_overwritesNothing(String taken) throws Exception {
    start("one").stop();
    Path copy = backup("one", "copy");
    Path file = directory.resolve("two").resolve(taken);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "of value");

    assertThatThrownBy(() -> RelayBackup.restore(copy, database("two"), log("two"), 0))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("nothing is overwritten");
    assertThat(file).hasContent("of value");
    try (Stream<Path> files = Files.walk(directory.resolve("two"))) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(file);
    }
  }

  /** A full disk, or a copy that was cut off on its way, is noticed before the relay is made. */
  @Test
  void restore_refusesWhatIsNotWhole() throws Exception {
    start("one").stop();
    Path copy = backup("one", "copy");
    try (RandomAccessFile file =
        new RandomAccessFile(copy.resolve("relay.sqlite").toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    assertRefused(copy, "relay.sqlite is of another size");
    Files.delete(copy.resolve("relay.sqlite"));
    assertRefused(copy, "relay.sqlite is missing");
    Files.delete(copy.resolve("BACKUP"));
    assertRefused(copy, "no file BACKUP");
  }

  private void assertRefused(Path copy, String reason) throws IOException {
    assertThatThrownBy(() -> RelayBackup.restore(copy, database("two"), log("two"), 0))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining(reason);
    assertThat(directory.resolve("two")).doesNotExist();
  }

  @Test
  void make_needsARelayAndAnEmptyPlace() throws Exception {
    assertThatThrownBy(() -> backup("none", "copy"))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("there is no database at ");
    start("one").stop();
    Files.createDirectories(directory.resolve("full/of"));
    assertThatThrownBy(() -> backup("one", "full"))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("nothing is overwritten");
    Files.createDirectories(directory.resolve("other"));
    Files.writeString(database("other"), "this is no database");
    assertThatThrownBy(() -> backup("other", "copy-2"))
        .isInstanceOf(RelayException.class)
        .hasMessageContaining("was not made by this relay");
  }
}
