// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.relay.RelayException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream as a consumer gets it, from handshake to close. */
@Timeout(120)
class DaemonFirehoseTest {
  private static final long FIRST = 1L << 32;
  private static final int GOING_AWAY = 1001;
  private static final int POLICY_VIOLATION = 1008;
  private static final String STREAM = "/xrpc/com.atproto.sync.subscribeRepos";

  private final SampleHost host = new SampleHost();
  private final SampleAccount alice = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
  private RunningDaemon relay;

  @TempDir private Path data;

  @BeforeEach
  void start() throws Exception {
    relay = start(Map.of());
  }

  private RunningDaemon start(Map<Setting, String> settings) throws InterruptedException {
    return RunningDaemon.start(data, host.url(), settings);
  }

  @AfterEach
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    host.close();
  }

  private void restart(Map<Setting, String> settings) throws InterruptedException {
    relay.stop();
    relay.close();
    relay = start(settings);
  }

  /** Three events are in the log when this returns. */
  private void followAlice() throws Exception {
    host.say(alice.identity());
    host.say(alice.active());
    host.say(alice.commit("com.example.record/a"));
    try (Firehose all = relay.subscribe("?cursor=0")) {
      relay.follow(host);
      for (int i = 0; i < 3; i++) {
        all.event();
      }
    }
    awaitConsumers(0);
  }

  /** A session begins a moment after its handshake, and ends a moment after its socket. */
  private void awaitConsumers(int count) throws Exception {
    while (!relay.metrics().contains("relay_consumers " + count + ".0")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void cursorZero_givesTheWholeWindowAndThenLife() throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe("?cursor=0")) {
      List<String> types = new ArrayList<>();
      List<Long> seqs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Firehose.Message.Event event = firehose.event();
        types.add(event.type());
        seqs.add(event.seq());
      }
      host.say(alice.commit("com.example.record/b"));
      Firehose.Message.Event live = firehose.event();

      assertThat(types).containsExactly("#identity", "#account", "#commit");
      assertThat(seqs).containsExactly(FIRST, FIRST + 1, FIRST + 2);
      assertThat(live.seq()).isEqualTo(FIRST + 3);
      assertThat(live.text("repo")).isEqualTo(alice.did().toString());
      assertThat(live.text("rev")).isEqualTo(alice.rev());
    }
  }

  /** {@code cursor=} is what some clients send that have none. */
  @ParameterizedTest
  @ValueSource(strings = {"", "?cursor=", "?cursor&later=x"})
  void noCursor_givesLifeOnly(String query) throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe(query)) {
      awaitConsumers(1);
      host.say(alice.commit("com.example.record/b"));

      assertThat(firehose.event().seq()).isEqualTo(FIRST + 3);
    }
  }

  /** The cursor is the last that the consumer has; it must not come again, and none be left out. */
  @Test
  void cursor_givesWhatIsBehindIt() throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe("?cursor=" + (FIRST + 1))) {
      assertThat(firehose.event().seq()).isEqualTo(FIRST + 2);
    }
    try (Firehose firehose = relay.subscribe("?cursor=" + (FIRST + 2))) {
      awaitConsumers(1);
      host.say(alice.commit("com.example.record/b"));

      assertThat(firehose.event().seq()).isEqualTo(FIRST + 3);
    }
  }

  @Test
  void oldCursor_isToldSoAndGetsTheWindow() throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe("?cursor=12345")) {
      Firehose.Message.Event info = firehose.event();

      assertThat(info.type()).isEqualTo("#info");
      assertThat(info.text("name")).isEqualTo("OutdatedCursor");
      assertThat(firehose.event().seq()).isEqualTo(FIRST);
    }
  }

  /** A consumer of another relay, or of one that lost its log, must not wait in silence. */
  @Test
  void futureCursor_isRefusedInTheStream() throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe("?cursor=" + (FIRST + 3))) {
      assertThat(firehose.event().type()).isEqualTo("FutureCursor");
      assertThat(firehose.next())
          .isEqualTo(new Firehose.Message.Closed(POLICY_VIOLATION, "FutureCursor"));
    }
    assertThat(relay.metrics()).contains("relay_consumers_ended_total{reason=\"FUTURE_CURSOR\"} 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cursor=-1",
        "cursor=abc",
        "cursor=1.5",
        "cursor=9007199254740992",
        "cursor=1&cursor=2"
      })
  void badCursor_isRefusedAtTheDoor(String query) {
    assertThat(refusal("?" + query)).isEqualTo(400);
  }

  private int refusal(String query) {
    WebSocketHandshakeException refused =
        catchThrowableOfType(
            WebSocketHandshakeException.class,
            () -> {
              try {
                relay.subscribe(query).abort();
              } catch (CompletionException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
    return refused.getResponse().statusCode();
  }

  @Test
  void request_withoutUpgradeIsToldWhatThisIs() throws Exception {
    HttpResponse<String> answer = relay.get(STREAM);

    assertThat(answer.statusCode()).isEqualTo(426);
    assertThat(answer.headers().firstValue("upgrade")).contains("websocket");
    assertThat(answer.body()).startsWith("{\"error\":\"UpgradeRequired\"");
  }

  /**
   * The upgrade says who this is, which keeps relays from following each other, and takes no
   * compression, since frames go out as they are on disk.
   */
  @Test
  void upgrade_asItIsOnTheWire() throws Exception {
    URI url = relay.url(STREAM);
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + STREAM
                      + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Origin: https://other.example\r\nSec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      List<String> head = new ArrayList<>();
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        head.add(line);
      }

      assertThat(head.getFirst()).startsWith("HTTP/1.1 101 ");
      assertThat(head)
          .contains("Server: " + Product.ofBuild().mark())
          .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .noneMatch(line -> line.startsWith("Sec-WebSocket-Extensions"));
    }
  }

  /** Places at the door are given out one by one, and come back however a consumer ends. */
  @Test
  void admission_holdsAnAddressToItsPlaces() throws Exception {
    restart(Map.of(Setting.MAX_CONSUMERS_PER_ADDRESS, "2", Setting.MAX_CONSUMERS, "5"));
    try (Firehose one = relay.subscribe("");
        Firehose two = relay.subscribe("")) {
      assertThat(refusal("")).isEqualTo(429);
      assertThat(refusal("?cursor=x")).as("refused before a place is taken").isEqualTo(400);
      assertThat(relay.get(STREAM).statusCode()).isEqualTo(426);
      one.abort();
      awaitConsumers(1);
      two.abort();
      awaitConsumers(0);
    }
    try (Firehose one = relay.subscribe("?cursor=0");
        Firehose two = relay.subscribe("?cursor=0")) {
      assertThat(List.of(one, two)).hasSize(2);
    }
    assertThat(relay.metrics())
        .contains("relay_consumers_refused_total{reason=\"ADDRESS_HAS_ITS_PLACES\"} 1.0");
  }

  /** The operator may trust a proxy, and then everybody behind it has places of their own. */
  @Test
  void admission_knowsWhoIsBehindAProxy() throws Exception {
    restart(Map.of(Setting.MAX_CONSUMERS_PER_ADDRESS, "1", Setting.TRUSTED_PROXIES, "127.0.0.0/8"));
    var first = forwarded("203.0.113.1");
    var second = forwarded("203.0.113.2");
    assertThatThrownBy(() -> forwarded("203.0.113.1")).hasCauseInstanceOf(Exception.class);
    awaitConsumers(2);

    assertThat(relay.admin("/admin/consumers/list").body())
        .contains("\"remote_addr\":\"203.0.113.1\"")
        .contains("\"remote_addr\":\"203.0.113.2\"");
    first.abort();
    second.abort();
    awaitConsumers(0);
    assertThat(relay.admin("/admin/consumers/ended").body())
        .contains("\"remote_addr\":\"203.0.113.2\"", "\"reason\":\"DISCONNECTED\"", "ended_at");
  }

  private WebSocket forwarded(String address) {
    return relay
        .client()
        .newWebSocketBuilder()
        .header("X-Forwarded-For", address)
        .buildAsync(
            URI.create(relay.url(STREAM).toString().replaceFirst("http", "ws")),
            new WebSocket.Listener() {})
        .join();
  }

  /** Whoever is told to go comes back; whoever is cut off may have lost what was under way. */
  @Test
  void stop_tellsConsumersAfterTheLastEvent() throws Exception {
    followAlice();
    try (Firehose firehose = relay.subscribe("?cursor=0")) {
      for (int i = 0; i < 3; i++) {
        firehose.event();
      }
      relay.stop();

      assertThat(firehose.next()).isEqualTo(new Firehose.Message.Closed(GOING_AWAY, ""));
    }
    relay = start(Map.of());
  }

  /** After a restart the stream goes on where it was: nothing again, nothing left out. */
  @Test
  void restart_goesOn() throws Exception {
    followAlice();
    restart(Map.of());
    try (Firehose firehose = relay.subscribe("?cursor=" + (FIRST + 1))) {
      assertThat(firehose.event().seq()).isEqualTo(FIRST + 2);
      host.say(alice.commit("com.example.record/b"));
      Firehose.Message.Event next = firehose.event();

      assertThat(next.seq()).isGreaterThan(FIRST + 2);
      assertThat(next.text("rev")).isEqualTo(alice.rev());
    }
  }

  /** An operator looks at what the relay has just written, and disturbs nothing. */
  @Test
  void logDump_ofALogInUse() throws Exception {
    followAlice();
    StringWriter out = new StringWriter();
    RelayCommand command =
        new RelayCommand(
            new RelayCommand.Surroundings(
                Map.of("RELAY_PERSIST_DIR", data.resolve("log").toString()),
                new PrintWriter(out),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                Termination.bySignal()));
    assertThat(command.run("log", "dump", "--from=" + (FIRST + 1), "--frames=json")).isZero();

    assertThat(out.toString().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("\t" + alice.did() + "\t"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith((FIRST + 2) + "\t1\t")
                    .contains("\tcommit\t", "\t" + alice.rev() + "\t", "\"ops\":["));
  }

  /** Two processes on one log would give the same numbers to different events. */
  @Test
  void start_onDataThatIsInUseIsRefused() {
    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOfSatisfying(
            RelayException.class,
            e -> assertThat(e.category()).isEqualTo(RelayException.Category.REFUSED))
        .hasMessageContaining(data.resolve("log").toString());
  }
}
