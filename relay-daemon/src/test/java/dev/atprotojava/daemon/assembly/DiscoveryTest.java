// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.atprotojava.daemon.cli.ExitCode;
import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import dev.atprotojava.daemon.config.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts that nobody asked for (design section 7). Damage: a network of which nobody hears; a relay
 * that drinks the whole past of every host that it finds; or one that a list of others fills up.
 */
@Timeout(120)
class DiscoveryTest {
  private final SampleHost host = new SampleHost();
  private final SampleHost other = new SampleHost();
  private final SampleAccount alice = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
  private final List<String> pages = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private HttpServer peer;
  private final AtomicInteger peerAsked = new AtomicInteger();
  private volatile int failsFrom = Integer.MAX_VALUE;
  private @Nullable RunningDaemon relay;

  @TempDir private Path data;

  @BeforeEach
  void startPeer() throws Exception {
    peer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    peer.createContext(
        "/xrpc/com.atproto.sync.listHosts",
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          int at =
              query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
          peerAsked.incrementAndGet();
          byte[] body = pages.get(at).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(at >= failsFrom ? 500 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    peer.start();
    pages.add(
        """
        {"cursor":"1","hosts":[
          {"hostname":"gone.example.com","status":"offline","seq":5},
          {"hostname":"mute.example.com","status":"active"},
          {"hostname":"odd.example.com","seq":5},
          {"hostname":"%s","status":"active","seq":900,"accountCount":7}]}
        """
            .formatted(host.hostname()));
    pages.add(
        """
        {"hosts":[{"hostname":"%s","status":"idle","seq":3},
          {"hostname":"localhost:1","status":"active","seq":3}]}
        """
            .formatted(other.hostname()));
  }

  @AfterEach
  void stop() throws InterruptedException {
    stopRelay();
    host.close();
    other.close();
    peer.stop(0);
  }

  private void stopRelay() throws InterruptedException {
    if (relay != null) {
      relay.stop();
      relay.close();
      relay = null;
    }
  }

  private RunningDaemon start(Map<Setting, String> settings) throws InterruptedException {
    relay = RunningDaemon.start(data, host.url(), settings);
    return relay;
  }

  private String peerUrl() {
    return "http://127.0.0.1:" + peer.getAddress().getPort();
  }

  private int pull(String... more) {
    Termination nobody =
        new Termination() {
          @Override
          public void listen() {}

          @Override
          public void await() {}
        };
    List<String> arguments =
        new ArrayList<>(List.of("pull-hosts", "--dev", "--relay-host", peerUrl()));
    arguments.addAll(List.of(more));
    return new RelayCommand(
            new RelayCommand.Surroundings(
                Map.of("RELAY_ADMIN_PASSWORD", RunningDaemon.OTHER_PASSWORD),
                Map.of( // the file .env, as relay serve reads it
                    "DATABASE_URL",
                    "sqlite://" + data.resolve("relay.sqlite"),
                    "RELAY_PERSIST_DIR",
                    data.resolve("log").toString()),
                new PrintWriter(out),
                new PrintWriter(err),
                nobody))
        .run(arguments.toArray(String[]::new));
  }

  private String hosts(RunningDaemon running) throws Exception {
    return running.query("listHosts", "").body();
  }

  private void awaitHost(RunningDaemon running, SampleHost expected) throws Exception {
    while (!hosts(running).contains(expected.hostname())) {
      Thread.onSpinWait();
    }
  }

  /** What the host says from now on is heard, and nothing that it said before. */
  private void assertJoinedInMidStream(RunningDaemon running) throws Exception {
    try (Firehose firehose = running.subscribe("?cursor=0")) {
      while (!running.admin("/admin/pds/list").body().contains("\"HasActiveConnection\":true")) {
        Thread.onSpinWait();
      }
      host.say(alice.commit("com.example.record/new"));
      assertThat(firehose.event().text("rev")).isEqualTo(alice.rev());
    }
  }

  @Test
  void pullHosts_putsThemWhereTheNextStartFindsThem() throws Exception {
    host.say(alice.commit("com.example.record/old"));
    assertThat(pull()).as(err.toString()).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines())
        .containsExactly(
            "gone.example.com: status=offline",
            "mute.example.com: no-cursor",
            "odd.example.com: status=unknown",
            host.hostname() + ": added",
            other.hostname() + ": added",
            "localhost:1: not-a-pds");
    out.getBuffer().setLength(0);
    assertThat(pull()).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(host.hostname() + ": exists");

    assertJoinedInMidStream(start(Map.of()));
  }

  @Test
  void pullHosts_tellsARelayThatIsAtWork() throws Exception {
    host.say(alice.commit("com.example.record/old"));
    RunningDaemon running = start(Map.of());
    assertThat(pull("--api", running.url("").toString())).as(err.toString()).isZero();
    assertThat(out.toString()).contains(host.hostname() + ": added");
    assertJoinedInMidStream(running);

    // And it is asked for what it says while the relay is away.
    stopRelay();
    host.say(alice.commit("com.example.record/away"));
    RunningDaemon again = start(Map.of());
    try (Firehose firehose = again.subscribe("?cursor=0")) {
      firehose.event();
      assertThat(firehose.event().text("rev")).isEqualTo(alice.rev());
    }
  }

  @Test
  void pullHosts_dryRunTouchesNothing() {
    assertThat(pull("--dry-run")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(host.hostname() + ": would be asked");
    assertThat(data.resolve("relay.sqlite")).doesNotExist();
  }

  @Test
  void pullHosts_thatBreaksOffSaysWhereToGoOn() {
    failsFrom = 1;
    assertThat(pull()).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("--cursor 1").hasLineCount(1);
    failsFrom = Integer.MAX_VALUE;
    out.getBuffer().setLength(0);

    assertThat(pull("--cursor", "1")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).doesNotContain(host.hostname()).contains(other.hostname());
  }

  @Test
  void discoverHost_isForAdministrators() throws Exception {
    RunningDaemon running = start(Map.of());
    assertThat(
            running
                .requestCrawl("/xrpc/dev.atprotojava.relay.discoverHost", host.hostname())
                .statusCode())
        .isEqualTo(401);
    assertThat(hosts(running)).doesNotContain(host.hostname());
  }

  @Test
  void hostsFile_isReadAtTheStart() throws Exception {
    Path file = data.resolve("hosts");
    Files.writeString(
        file, "# ours\n\n" + host.hostname() + " # the first\nno host at all\nlocalhost:1\n");
    host.say(alice.commit("com.example.record/old"));
    RunningDaemon running = start(Map.of(Setting.HOSTS_FILE, file.toString()));
    awaitHost(running, host);
    assertJoinedInMidStream(running);
  }

  // The list of another is its own matter: no more than so many a day, also after a restart.
  @Test
  void peers_addNoMoreThanTheBudgetOfADay() throws Exception {
    Map<Setting, String> settings =
        Map.of(
            Setting.PEER_RELAYS, peerUrl(),
            Setting.DISCOVERED_PER_DAY, "1",
            Setting.DISCOVERY_INTERVAL, "1s");
    awaitHost(start(settings), host);
    stopRelay();
    int asked = peerAsked.get();
    RunningDaemon again = start(settings);
    while (peerAsked.get() < asked + 4) { // after two rounds it has had the time
      Thread.onSpinWait();
    }
    assertThat(hosts(again)).contains(host.hostname()).doesNotContain(other.hostname());
  }

  // Of an account that moved to where nobody looks yet.
  @Test
  void endpoints_ofIdentitiesAreFollowed() throws Exception {
    try (SampleDirectory directory = new SampleDirectory()) {
      directory.place(alice, other);
      relay =
          RunningDaemon.start(
              data,
              directory.url(),
              Map.of(Setting.DISCOVER_ENDPOINTS, "true", Setting.DISCOVERY_INTERVAL, "1s"));
      relay.follow(host);
      host.say(alice.identity());
      awaitHost(relay, other);
    }
  }
}
