// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.daemon.config.AddressRange;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.ListenAddress;
import dev.atprotojava.relay.RelayException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server around endpoints, over real sockets: who sends what, how much of it, how slowly. */
@Timeout(60)
class ApiServerTest {
  private static final ListenAddress ANY = new ListenAddress("127.0.0.1", 0);
  private static final String MARK = "test (atproto-relay)";

  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private ApiServer server = server(handler -> handler);

  /** Puts something in front of the routes. */
  private interface Wrapping {
    HttpHandler around(HttpHandler routes);
  }

  private ApiServer server(Wrapping wrapping) {
    DaemonConfig.Http config =
        new DaemonConfig.Http(
            ANY,
            ANY,
            true,
            List.of(AddressRange.parse("127.0.0.1"), AddressRange.parse("10.0.0.0/8")),
            new DaemonConfig.Consumers(10, 10));
    Routes routes =
        Routes.builder()
            .get("/text", RequestThreads.direct(), _ -> new Answer.Body(200, "text/plain", "hello"))
            .get(
                "/crash",
                RequestThreads.direct(),
                _ -> {
                  throw new IllegalStateException("secret");
                })
            .get("/busy", RequestThreads.virtual("busy", 1), _ -> busy())
            .get("/param", RequestThreads.direct(), ApiServerTest::echo)
            .post(
                "/body",
                RequestThreads.disk("body"),
                request -> new Answer.Body(200, "text/plain", request.json().required("name")))
            .get("/admin/text", RequestThreads.direct(), _ -> new Answer.Empty())
            .build();
    HttpHandler own =
        exchange -> {
          if (exchange.getRequestPath().equals("/address")) {
            exchange.getResponseSender().send(address(exchange));
          } else {
            routes.handleRequest(exchange);
          }
        };
    Routes metrics =
        Routes.builder()
            .get("/metrics", RequestThreads.direct(), _ -> new Answer.Body(200, "text/plain", "m"))
            .build();
    return new ApiServer(config, MARK, wrapping.around(own), metrics);
  }

  private static String address(HttpServerExchange exchange) {
    return exchange.getSourceAddress().getAddress().getHostAddress();
  }

  private Answer busy() {
    entered.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Answer.Empty();
  }

  private static Answer echo(Request request) {
    return Answer.json(
        json -> {
          json.writeNumberField("limit", request.limit(500));
          json.writeNumberField("cursor", request.cursor());
          json.writeStringField("name", request.required("name"));
        });
  }

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
    client.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.apiAddress().getPort() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  /** What a server answers to these bytes, until it closes. */
  private String raw(String text) throws IOException {
    InetSocketAddress address = server.apiAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void assertError(HttpResponse<String> answer, int status, String error) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("server")).contains(MARK);
    assertThat(answer.body()).startsWith("{\"error\":\"" + error + "\",\"message\":\"");
  }

  @Test
  void get_answersWithTheMark() throws Exception {
    HttpResponse<String> answer = get("/text");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.headers().allValues("server")).containsExactly(MARK);
  }

  /** HEAD is what monitors ask. */
  @Test
  void head_isGetWithoutABody() throws Exception {
    HttpResponse<String> answer = send(request("/text").method("HEAD", BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-length")).contains("5");
    assertThat(answer.body()).isEmpty();
  }

  /** A client that does not find a method must see that from a name, not from a page (SC-A0). */
  @ParameterizedTest
  @ValueSource(strings = {"/none", "/text/", "/xrpc", "/xrpc/", "/xrpc/no-nsid"})
  void get_ofNothingIsAnError(String path) throws Exception {
    assertError(get(path), 404, "NotFound");
  }

  @Test
  void get_ofAMethodOfOthersIsNotImplemented() throws Exception {
    assertError(get("/xrpc/com.atproto.sync.getBlocks"), 501, "MethodNotImplemented");
  }

  @Test
  void post_whereOnlyGetIs() throws Exception {
    HttpResponse<String> answer = send(request("/text").POST(BodyPublishers.noBody()));

    assertError(answer, 405, "MethodNotAllowed");
    assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
  }

  /** What failed inside is for the log alone. */
  @Test
  void get_ofWhatFailsTellsNothing() throws Exception {
    HttpResponse<String> answer = get("/crash");

    assertError(answer, 500, "InternalServerError");
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void get_beyondTheThreadsIsRefusedAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(request("/busy").build(), BodyHandlers.ofString());
    entered.await();
    HttpResponse<String> second = get("/busy");

    assertError(second, 503, "NotAvailable");
    assertThat(second.headers().firstValue("retry-after")).isPresent();
    assertThat(get("/text").statusCode()).as("others are answered meanwhile").isEqualTo(200);
    release.countDown();
    assertThat(first.get().statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "limit=1&limit=2",
        "cursor=-1",
        "cursor=abc",
        "cursor=99999999999999999999",
        "name=a&name=b",
        "name="
      })
  void get_withBadParametersIsInvalid(String query) throws Exception {
    String named = query.contains("name") ? query : query + "&name=x";

    assertError(get("/param?" + named), 400, "InvalidRequest");
  }

  @Test
  void get_withParametersThatNobodyKnows() throws Exception {
    assertThat(get("/param?name=a%20b&new=1&limit=&cursor=").body())
        .isEqualTo("{\"limit\":500,\"cursor\":0,\"name\":\"a b\"}");
    assertThat(get("/param?limit=1000&cursor=12&name=x").body())
        .isEqualTo("{\"limit\":1000,\"cursor\":12,\"name\":\"x\"}");
  }

  private HttpResponse<String> post(String type, String body)
      throws IOException, InterruptedException {
    return send(request("/body").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
  }

  @Test
  void post_readsJson() throws Exception {
    String body = "{\"later\":{\"name\":[1]},\"name\":\"a\\u00e9\",\"more\":null}";

    assertThat(post("Application/JSON; charset=utf-8", body).body()).isEqualTo("aé");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"name\":1}",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"a\"}{}",
        "{\"name\":\"a\"} x"
      })
  void post_ofAnythingElseIsInvalid(String body) throws Exception {
    assertError(post("application/json", body), 400, "InvalidRequest");
  }

  /** A parser that recurses, or a reader without a bound, is brought down by one request. */
  @Test
  void post_ofDeepNestingIsInvalid() throws Exception {
    String deep = "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + ",\"name\":\"a\"}";

    assertError(post("application/json", deep), 400, "InvalidRequest");
  }

  /** A form on another site can send no JSON, but its words with the browser's passwords. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
  void post_ofOtherTypesIsInvalid(String type) throws Exception {
    assertError(post(type, "{\"name\":\"a\"}"), 400, "InvalidRequest");
  }

  @Test
  void post_ofTooMuchIsRefused() throws Exception {
    String body = "{\"name\":\"" + "x".repeat(ApiServer.MAX_BODY_BYTES) + "\"}";
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    String announced = raw(head + "Content-Length: 99999999999\r\n\r\n{");
    assertThat(announced).startsWith("HTTP/1.1 413 ").contains("\"PayloadTooLarge\"");
    String chunked =
        raw(
            head
                + "Transfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length())
                + "\r\n"
                + body
                + "\r\n0\r\n\r\n");
    assertThat(chunked).startsWith("HTTP/1.1 413 ").contains("\"PayloadTooLarge\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /text?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n", "NONSENSE\r\n\r\n"})
  void rubbish_endsTheConnectionOnly(String text) throws Exception {
    assertThat(raw(text))
        .satisfiesAnyOf(
            answer -> assertThat(answer).isEmpty(),
            answer -> assertThat(answer).startsWith("HTTP/1.1 400 "));
    assertThat(get("/text").statusCode()).isEqualTo(200);
  }

  @Test
  void headers_withoutEndAreRefused() throws Exception {
    String answer = raw("GET /text HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");

    assertThat(answer).doesNotContain("200 OK");
  }

  /** Pages of any site may read what is public (RL-17), preflight included. */
  @Test
  void options_allowOtherSites() throws Exception {
    HttpResponse<String> preflight =
        send(
            request("/xrpc/com.atproto.sync.listHosts")
                .header("Access-Control-Request-Method", "GET")
                .method("OPTIONS", BodyPublishers.noBody()));

    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(preflight.headers().firstValue("access-control-allow-methods"))
        .hasValueSatisfying(methods -> assertThat(methods).contains("GET", "POST"));
    assertThat(get("/text").headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(get("/none").headers().firstValue("access-control-allow-origin"))
        .as("errors too, or the page cannot tell what went wrong")
        .contains("*");
  }

  @Test
  void options_neverAllowOtherSitesToAdminister() throws Exception {
    HttpResponse<String> preflight =
        send(request("/admin/text").method("OPTIONS", BodyPublishers.noBody()));

    assertThat(preflight.headers().firstValue("access-control-allow-origin")).isEmpty();
    assertThat(get("/admin/text").headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  /** Limits go by address; whoever could choose theirs would have none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "203.0.113.7 -> 203.0.113.7",
        "198.51.100.1, 203.0.113.7 -> 203.0.113.7",
        "203.0.113.7, 10.1.2.3 -> 203.0.113.7",
        "198.51.100.1, 203.0.113.7,10.1.2.3 , 10.1.2.4 -> 203.0.113.7",
        "10.1.2.3 -> 10.1.2.3",
        "garbage, 10.1.2.3 -> 10.1.2.3",
        "garbage -> 127.0.0.1",
        "localhost -> 127.0.0.1"
      })
  void forwardedFor_isReadFromItsEnd(String row) throws Exception {
    String[] parts = row.split(" -> ", -1);

    assertThat(send(request("/address").header("X-Forwarded-For", parts[0])).body())
        .isEqualTo(parts[1]);
  }

  @Test
  void forwardedFor_ofStrangersIsNothing() throws Exception {
    server.close();
    server =
        new ApiServer(
            new DaemonConfig.Http(ANY, ANY, true, List.of(), new DaemonConfig.Consumers(10, 10)),
            MARK,
            exchange -> exchange.getResponseSender().send(address(exchange)),
            _ -> {});
    server.start();

    assertThat(send(request("/").header("X-Forwarded-For", "203.0.113.7")).body())
        .isEqualTo("127.0.0.1");
  }

  @Test
  void metrics_areOnAnotherPort() throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + server.metricsAddress().getPort() + "/metrics");

    assertThat(client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body())
        .isEqualTo("m");
    assertError(get("/metrics"), 404, "NotFound");
  }

  /** A client that never finishes, or never reads, must not hold a request for ever. */
  @Test
  void deadline_endsTheConnection() throws Exception {
    server.close();
    server = server(_ -> new Deadline(0, exchange -> exchange.dispatch(() -> {})));
    server.start();

    assertThat(raw("GET /text HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
  }

  @Test
  void stopAccepting_letsRequestsEndFirst() throws Exception {
    CompletableFuture<HttpResponse<String>> underWay =
        client.sendAsync(request("/busy").build(), BodyHandlers.ofString());
    entered.await();
    HttpRequest.Builder late = request("/text");
    Thread stopping =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    server.stopAccepting(Duration.ofSeconds(30));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    release.countDown();

    assertThat(underWay.get().statusCode()).isEqualTo(200);
    stopping.join();
    try { // on the connection of before, or on none
      assertError(send(late), 503, "NotAvailable");
    } catch (IOException refused) {
      assertThat(refused).isInstanceOf(ConnectException.class);
    }
  }

  /** The sentence is all that an operator gets when two relays want one port. */
  @Test
  void start_saysWhichAddressIsTaken() {
    InetSocketAddress taken = server.apiAddress();
    DaemonConfig.Http config =
        new DaemonConfig.Http(
            new ListenAddress("127.0.0.1", taken.getPort()),
            ANY,
            true,
            List.of(),
            new DaemonConfig.Consumers(1, 1));
    try (ApiServer second = new ApiServer(config, MARK, _ -> {}, _ -> {})) {
      assertThatThrownBy(second::start)
          .isInstanceOfSatisfying(
              RelayException.class,
              e -> assertThat(e.category()).isEqualTo(RelayException.Category.REFUSED))
          .hasMessageContaining("127.0.0.1:" + taken.getPort())
          .hasMessageContaining("RELAY_API_LISTEN");
    }
  }
}
