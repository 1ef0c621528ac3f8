// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SimulatedServersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final VirtualClock clock = new VirtualClock(Networks.START);
  private final SimulatedNetwork network = Networks.of(21, clock);
  private final SimulatedPds host = network.hosts().getFirst();
  private final SimulatedServers servers = SimulatedServers.start(network);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    http.shutdownNow();
    servers.close();
  }

  private HttpResponse<String> get(URI base, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> xrpc(String path) throws Exception {
    return get(host.endpoint(), "/xrpc/" + path);
  }

  /** What a subscriber hears, read by the JDK's client: somebody else's idea of a WebSocket. */
  private final class Subscriber implements WebSocket.Listener {
    final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final FrameCodec codec = new FrameCodec();
    final WebSocket socket;

    Subscriber(String query) {
      URI url =
          URI.create(
              host.endpoint().toString().replace("http", "ws")
                  + "/xrpc/com.atproto.sync.subscribeRepos"
                  + query);
      socket = http.newWebSocketBuilder().buildAsync(url, this).join();
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket ws, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        said.add(name(codec.decode(Bytes.wrap(message.toByteArray()))));
        message.reset();
      }
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
      said.add("text");
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket ws, ByteBuffer data) {
      said.add("pong " + StandardCharsets.US_ASCII.decode(data));
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      said.add("closed " + code);
      return null;
    }

    private static String name(Frame frame) {
      return switch (frame) {
        case Frame.Error(String error, _) -> error;
        case Frame.Message(RepoEvent.InfoEvent info) -> info.name();
        case Frame.Message(RepoEvent.Sequenced event) -> Long.toString(event.seq());
        case Frame.Invalid _, Frame.Unknown _ -> "?";
      };
    }

    List<String> next(int count) throws InterruptedException {
      List<String> heard = new ArrayList<>();
      while (heard.size() < count) {
        String word = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(word).as("after %s", heard).isNotNull();
        heard.add(word);
      }
      return heard;
    }
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      host.append(network.account(0).toAccount());
    }
  }

  /** Damage: a seam between replay and live, or one subscriber's cursor that moves another's. */
  @Test
  void subscribeRepos_cursors_areThoseOfTheSpecification() throws Exception {
    append(3);
    Subscriber live = new Subscriber("");
    Subscriber all = new Subscriber("?cursor=0");
    Subscriber after = new Subscriber("?cursor=2");
    assertThat(all.next(3)).containsExactly("1", "2", "3");
    assertThat(after.next(1)).containsExactly("3");
    while (host.subscribers() < 3) {
      Thread.onSpinWait();
    }
    append(2);
    assertThat(live.next(2)).containsExactly("4", "5");
    assertThat(all.next(2)).containsExactly("4", "5");
    assertThat(after.next(2)).containsExactly("4", "5");
  }

  /** Damage: an error without a close, or a close before the error (SC-23). */
  @Test
  void subscribeRepos_futureCursor_saysSoAndCloses() throws Exception {
    append(3);
    assertThat(new Subscriber("?cursor=9").next(2))
        .containsExactly("FutureCursor", "closed " + WebSocketWire.CLOSE_POLICY);
  }

  /** Damage: a wake-up that is lost between the last look at the log and going to sleep. */
  @Test
  void subscribeRepos_manyBurstsAndQuietMoments_loseNothing() throws Exception {
    Subscriber subscriber = new Subscriber("?cursor=0");
    int sent = 0;
    for (int burst = 0; burst < 400; burst++) {
      int count = 1 + burst % 7;
      append(count);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        expected.add(Integer.toString(++sent));
      }
      assertThat(subscriber.next(count)).isEqualTo(expected);
    }
  }

  /** Damage: a frame that does not fit a buffer, cut off or mixed up with the next. */
  @Test
  void subscribeRepos_framesOfEverySize_arriveWhole() throws Exception {
    Subscriber subscriber = new Subscriber("?cursor=0");
    int[] sizes = {0, 100, 65_400, 65_536, 1_000_000, 4_900_000, 10};
    for (int size : sizes) {
      host.append(
          seq ->
              StreamMessage.of(
                  seq,
                  FrameEncoder.encode(
                      new FrameBody.Account(
                          network.account(0).did(), false, "x".repeat(size), "now"),
                      seq)));
    }
    assertThat(subscriber.next(sizes.length)).containsExactly("1", "2", "3", "4", "5", "6", "7");
  }

  /** Damage: a ping without an answer, by which clients find dead hosts; a text that is binary. */
  @Test
  void subscribeRepos_pingAndText_areAnsweredAndSentAsText() throws Exception {
    Subscriber subscriber = new Subscriber("");
    subscriber.socket.sendPing(StandardCharsets.US_ASCII.encode("are you there")).join();
    assertThat(subscriber.next(1)).containsExactly("pong are you there");
    subscriber.socket.sendText("x".repeat(70_000), true).join(); // to be passed over (SC-06)
    byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
    host.append(seq -> new StreamMessage(seq, true, Bytes.wrap(hello)));
    assertThat(subscriber.next(1)).containsExactly("text");
  }

  /** Damage: a closed subscriber that the host keeps feeding. */
  @Test
  void subscribeRepos_clientCloses_endsTheSubscription() {
    Subscriber subscriber = new Subscriber("");
    subscriber.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    while (host.subscribers() > 0) {
      Thread.onSpinWait();
    }
    assertThat(host.subscribers()).isZero();
  }

  /** Damage: a refusal that clients take for an outage (SC-02). */
  @Test
  void subscribeRepos_withoutUpgradeOrWithNonsense_isRefusedWithAStatus() throws Exception {
    assertThat(xrpc("com.atproto.sync.subscribeRepos").statusCode()).isEqualTo(426);
    assertThatThrownBy(() -> new Subscriber("?cursor=-1"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
  }

  /** Damage: ports and hosts that are mixed up, so that accounts seem to live elsewhere. */
  @Test
  void start_everyHost_isWhereItsAccountsSay() throws Exception {
    for (SimulatedPds each : network.hosts()) {
      String port = Integer.toString(each.endpoint().getPort());
      assertThat(get(each.endpoint(), "/xrpc/com.atproto.server.describeServer").body())
          .contains("did:web:localhost%3A" + port);
      SimulatedAccount account = network.account(each.number());
      assertThat(get(servers.plc(), "/" + account.did()).body())
          .contains("\"serviceEndpoint\":\"http://localhost:" + port + "\"");
      assertThat(each.hostname()).isEqualTo("localhost:" + port);
    }
    assertThat(get(servers.plc(), "/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").statusCode()).isEqualTo(404);
    assertThat(get(servers.plc(), "/_health").statusCode()).isEqualTo(200);
    assertThat(xrpc("_health").statusCode()).isEqualTo(200);
    assertThat(xrpc("com.atproto.sync.nonsense").statusCode()).isEqualTo(501);
  }

  /** Damage: a status or head that is not that of the repository. */
  @Test
  void repoEndpoints_tellTheTruth() throws Exception {
    Networks.act(network, clock, 300);
    SimulatedAccount account = network.account(0);
    SimulatedCommit head = account.head();
    assertThat(head).isNotNull();
    String did = account.did().toString();
    String rev = head.commit().rev().toString();

    assertThat(xrpc("com.atproto.sync.getRepoStatus?did=" + did).body())
        .isEqualTo("{\"did\":\"%s\",\"active\":true,\"rev\":\"%s\"}".formatted(did, rev));
    assertThat(xrpc("com.atproto.sync.getLatestCommit?did=" + did).body())
        .isEqualTo("{\"cid\":\"%s\",\"rev\":\"%s\"}".formatted(head.commit().cid(), rev));
    HttpResponse<byte[]> car =
        http.send(
            HttpRequest.newBuilder(
                    host.endpoint().resolve("/xrpc/com.atproto.sync.getRepo?did=" + did))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(Bytes.wrap(car.body())).isEqualTo(account.export());

    account.status(AccountStatus.SUSPENDED);
    assertThat(xrpc("com.atproto.sync.getRepoStatus?did=" + did).body())
        .isEqualTo("{\"did\":\"%s\",\"active\":false,\"status\":\"suspended\"}".formatted(did));
    assertThat(xrpc("com.atproto.sync.getRepo?did=" + did).body())
        .isEqualTo("{\"error\":\"RepoSuspended\"}");
    String elsewhere = network.account(1).did().toString();
    assertThat(xrpc("com.atproto.sync.getRepoStatus?did=" + elsewhere).body())
        .isEqualTo("{\"error\":\"RepoNotFound\"}");
    assertThat(xrpc("com.atproto.sync.getLatestCommit?did=" + elsewhere).statusCode())
        .isEqualTo(400);
  }

  /** Damage: a page that repeats, skips or never ends (SC-A1). */
  @Test
  void listRepos_pages_showEachAccountOnce() throws Exception {
    Networks.act(network, clock, 300);
    String all = xrpc("com.atproto.sync.listRepos").body();
    StringBuilder paged = new StringBuilder();
    String cursor = "";
    do {
      String page = xrpc("com.atproto.sync.listRepos?limit=2" + cursor).body();
      int end = page.indexOf(']');
      String repos = page.substring("{\"repos\":[".length(), end);
      paged.append(paged.isEmpty() || repos.isEmpty() ? "" : ",").append(repos);
      int at = page.indexOf("\"cursor\":\"");
      cursor = at < 0 ? "" : "&cursor=" + page.substring(at + 10, page.indexOf('"', at + 10));
    } while (!cursor.isEmpty());
    assertThat("{\"repos\":[" + paged + "]}").isEqualTo(all);
    assertThat(all.split("\"did\"", -1)).hasSizeGreaterThan(4);
    assertThat(xrpc("com.atproto.sync.listRepos?limit=0").statusCode()).isEqualTo(400);
  }

  private URI firehose() {
    return URI.create(
        host.endpoint().toString().replace("http", "ws")
            + "/xrpc/com.atproto.sync.subscribeRepos?cursor=0");
  }

  private void append(int statusLength, int count) {
    for (int i = 0; i < count; i++) {
      String status = "x".repeat(statusLength + i % 100);
      FrameBody.Account body =
          new FrameBody.Account(network.account(0).did(), false, status, "now");
      host.append(seq -> StreamMessage.of(seq, FrameEncoder.encode(body, seq)));
    }
  }

  /**
   * Damage: a reader that loses its place where messages, buffers and reads do not end together.
   */
  @Test
  void simulatedConsumer_messagesOfAllSizes_areReadInOrder() throws Exception {
    append(0, 3000);
    append(1000, 3000);
    append(65_500, 100);
    append(3_000_000, 2);
    append(10, 100);
    long[] expected = {1};
    FrameCodec codec = new FrameCodec();
    try (SimulatedConsumer consumer = SimulatedConsumer.connect(firehose())) {
      consumer.read(
          message -> {
            Frame frame = codec.decode(message.payload());
            assertThat(frame)
                .isInstanceOfSatisfying(
                    Frame.Message.class,
                    m ->
                        assertThat(((RepoEvent.Sequenced) m.event()).seq()).isEqualTo(expected[0]));
            if (expected[0]++ == 6202) {
              servers.close(); // the reader sees the end of the stream
            }
          });
    } catch (IOException ended) {
      assertThat(expected[0]).isEqualTo(6203);
    }
  }

  /** Damage: an error frame or a text message that a reader takes for an event or swallows. */
  @Test
  void simulatedConsumer_textAndEnd_areToldApart() throws Exception {
    append(3);
    byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
    host.append(seq -> new StreamMessage(seq, true, Bytes.wrap(hello)));
    List<String> said = new ArrayList<>();
    URI future = URI.create(firehose().toString().replace("cursor=0", "cursor=99"));
    try (SimulatedConsumer consumer = SimulatedConsumer.connect(future)) {
      consumer.read(m -> said.add(Subscriber.name(new FrameCodec().decode(m.payload()))));
    }
    assertThat(said).containsExactly("FutureCursor");
    try (SimulatedConsumer consumer = SimulatedConsumer.connect(firehose())) {
      consumer.read(
          m -> {
            said.add(m.text() ? "text" : "binary");
            if (m.text()) {
              servers.close();
            }
          });
    } catch (IOException ended) {
      assertThat(said).containsExactly("FutureCursor", "binary", "binary", "binary", "text");
    }
    assertThat(said).hasSize(5);
  }
}
