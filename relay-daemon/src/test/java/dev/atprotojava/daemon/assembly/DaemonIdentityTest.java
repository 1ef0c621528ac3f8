// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.cli.ExitCode;
import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import dev.atprotojava.daemon.config.Setting;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the directory is spared, and what becomes of it when it fails: a relay that asks for
 * everything again after each start is one that a directory locks out.
 */
@Timeout(120)
class DaemonIdentityTest {
  private final SampleHost host = new SampleHost();
  private final SampleHost oldHost = new SampleHost();
  private final SampleDirectory directory = new SampleDirectory();
  private final SampleAccount alice = new SampleAccount("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private @Nullable RunningDaemon relay;

  @TempDir private Path data;

  private RunningDaemon start(Map<Setting, String> settings) throws InterruptedException {
    return start(directory.url(), settings);
  }

  private RunningDaemon start(String plc, Map<Setting, String> settings)
      throws InterruptedException {
    relay = RunningDaemon.start(data, plc, settings);
    return relay;
  }

  private void stopRelay() throws InterruptedException {
    if (relay != null) {
      relay.stop();
      relay.close();
      relay = null;
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    stopRelay();
    host.close();
    oldHost.close();
    directory.close();
  }

  private int run(String... arguments) {
    Termination nobody =
        new Termination() {
          @Override
          public void listen() {}

          @Override
          public void await() {}
        };
    return new RelayCommand(
            new RelayCommand.Surroundings(
                Map.of("DATABASE_URL", "sqlite://" + data.resolve("relay.sqlite")),
                new PrintWriter(out),
                new PrintWriter(err),
                nobody))
        .run(arguments);
  }

  private int runImport(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "identity";
    arguments[1] = "import";
    arguments[2] = "--dev";
    System.arraycopy(more, 0, arguments, 3, more.length);
    return run(arguments);
  }

  /** A commit of the account comes out of the relay. */
  private void commitPasses(RunningDaemon running, SampleAccount account, String path)
      throws Exception {
    try (Firehose firehose = running.subscribe("")) {
      host.say(account.commit(path));
      assertThat(firehose.event().text("repo")).isEqualTo(account.did().toString());
    }
  }

  @Test
  void restart_asksTheDirectoryForNothingThatIsOnDisk() throws Exception {
    directory.place(alice, host);
    RunningDaemon first = start(Map.of());
    first.follow(host);
    commitPasses(first, alice, "com.example.record/a");
    assertThat(directory.asked()).hasSize(1);
    stopRelay();
    assertThat(data.resolve("identities.sqlite")).exists();

    RunningDaemon second = start(Map.of());
    commitPasses(second, alice, "com.example.record/b");
    assertThat(directory.asked()).hasSize(1);
  }

  // The proof that it is the file that spares the question.
  @Test
  void restart_withoutTheFileAsks() throws Exception {
    directory.place(alice, host);
    RunningDaemon first = start(Map.of(Setting.IDENTITY_DATABASE, data.resolve("x.db").toString()));
    first.follow(host);
    commitPasses(first, alice, "com.example.record/a");
    stopRelay();
    Files.delete(data.resolve("x.db"));

    commitPasses(start(Map.of()), alice, "com.example.record/b");
    assertThat(directory.asked()).hasSize(2);
  }

  @Test
  void import_ofAFileSparesEveryQuestion() throws Exception {
    Path file = data.resolve("export.jsonl.gz");
    try (OutputStream to = new GZIPOutputStream(Files.newOutputStream(file))) {
      Instant now = Instant.now();
      String rows =
          SampleDirectory.row(
                  new SampleAccount("did:plc:first222222222222222222a"),
                  host.url(),
                  now.minusSeconds(90_000))
              + "\n"
              + SampleDirectory.row(alice, host.url(), now.minusSeconds(80_000))
              + "\nrubbish\n"
              + SampleDirectory.row(
                  new SampleAccount("did:plc:last2222222222222222222a"), host.url(), now);
      to.write(rows.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(runImport("--file", file.toString())).as(err.toString()).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).startsWith("3 identities in ");
    assertThat(err.toString()).contains("3 operations").contains("1 rows not readable");

    RunningDaemon running = start(Map.of());
    running.follow(host);
    commitPasses(running, alice, "com.example.record/a");
    assertThat(directory.asked()).isEmpty();
  }

  // The relay at work, which does not follow: both write, and neither loses anything.
  @Test
  void import_fromTheDirectoryWhileTheRelayWorks() throws Exception {
    SampleAccount bob = new SampleAccount("did:plc:bob222222222222222222222");
    directory.place(alice, host);
    directory.log(bob, host, Instant.now().minusSeconds(1_000));
    RunningDaemon running = start(Map.of());
    running.follow(host);
    commitPasses(running, alice, "com.example.record/a");

    assertThat(runImport("--plc-host", directory.url(), "--pages-per-second", "1000"))
        .as(err.toString())
        .isEqualTo(ExitCode.OK);
    commitPasses(running, bob, "com.example.record/a");
    assertThat(directory.asked()).as("for the first, before the import").hasSize(1);

    out.getBuffer().setLength(0);
    stopRelay();
    assertThat(runImport("--plc-host", directory.url(), "--pages-per-second", "1000")).isZero();
    assertThat(out.toString()).startsWith("2 identities in ");
  }

  // Two who bring in the same log would not know of each other's place.
  @Test
  void import_whileTheRelayFollowsIsRefused() throws Exception {
    start(Map.of(Setting.PLC_FOLLOW, "24h"));
    while (true) {
      err.getBuffer().setLength(0);
      if (runImport("--plc-host", directory.url()) == ExitCode.REFUSED) {
        break; // the follower takes its right a moment after the start
      }
    }
    assertThat(err.toString()).contains("RELAY_PLC_FOLLOW").hasLineCount(1);
  }

  @Test
  void import_thatCannotBeDoneSaysWhy() {
    assertThat(runImport("--file", data.resolve("none").toString())).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("cannot be read").hasLineCount(1);
    assertThat(runImport("--pages-per-second", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(run("identity")).isEqualTo(ExitCode.USAGE);
  }

  // An account that moves: its new host's events pass without a question, by the log alone.
  @Test
  void follow_tellsTheRelayWhatChanged() throws Exception {
    directory.place(alice, oldHost);
    RunningDaemon running = start(Map.of(Setting.PLC_FOLLOW, "1s"));
    running.follow(oldHost);
    running.follow(host);
    try (Firehose firehose = running.subscribe("")) {
      oldHost.say(alice.commit("com.example.record/a"));
      firehose.event();
      assertThat(directory.asked()).hasSize(1);

      directory.log(alice, host, Instant.now());
      while (!running.metrics().contains("relay_identity_entries 0.0")) {
        Thread.onSpinWait(); // dropped from memory, and with that known to the store
      }
      host.say(alice.commit("com.example.record/b"));
      assertThat(firehose.event().text("repo")).isEqualTo(alice.did().toString());
    }
    assertThat(directory.asked()).hasSize(1);
  }

  // The first directory is down: the second one is asked, and nothing is dropped.
  @Test
  void secondDirectory_isAskedWhenTheFirstFails() throws Exception {
    directory.breakDown();
    try (SampleDirectory second = new SampleDirectory()) {
      second.place(alice, host);
      RunningDaemon running = start(directory.url() + "," + second.url(), Map.of());
      running.follow(host);
      commitPasses(running, alice, "com.example.record/a");

      assertThat(directory.asked()).isNotEmpty();
      assertThat(second.asked()).hasSize(1);
    }
  }

  // However many accounts a host sends, a directory is asked no more than was set.
  @Test
  void requests_areCapped() throws Exception {
    List<SampleAccount> accounts =
        IntStream.range(0, 7)
            .mapToObj(i -> new SampleAccount("did:plc:many2222222222222222222" + (char) ('a' + i)))
            .toList();
    accounts.forEach(account -> directory.place(account, host));
    RunningDaemon running = start(Map.of(Setting.PLC_RATE, "2"));
    running.follow(host);
    try (Firehose firehose = running.subscribe("")) {
      accounts.forEach(account -> host.say(account.commit("com.example.record/a")));
      for (int i = 0; i < accounts.size(); i++) {
        firehose.event();
      }
    }
    List<Instant> asked = directory.asked();
    assertThat(asked).hasSize(7);
    assertThat(Duration.between(asked.getFirst(), asked.getLast()))
        .isGreaterThan(Duration.ofMillis(2_500));
  }
}
