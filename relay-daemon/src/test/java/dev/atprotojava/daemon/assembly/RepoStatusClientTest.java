// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host answers when it is asked for an account, however it answers (RL-38). */
class RepoStatusClientTest {
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");

  private final AtomicReference<String> asked = new AtomicReference<>();
  private final AtomicReference<String> body = new AtomicReference<>("");
  private volatile int code = 200;
  private HttpServer server;
  private final OkHttpClient http =
      AddressPolicy.dev()
          .applyTo(new OkHttpClient.Builder())
          .callTimeout(Duration.ofSeconds(5))
          .build();

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.set(exchange.getRequestURI().toString());
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }

  private Optional<AccountStatus> ask(int port) throws InterruptedException {
    BlockingQueue<Optional<AccountStatus>> answer = new ArrayBlockingQueue<>(2);
    new RepoStatusClient(http, "test").ask("localhost:" + port, false, ALICE, answer::add);
    Optional<AccountStatus> first = answer.poll(10, TimeUnit.SECONDS);
    assertThat(first).as("an answer, in time").isNotNull();
    assertThat(answer.poll(50, TimeUnit.MILLISECONDS)).as("only one").isNull();
    return first;
  }

  private Optional<AccountStatus> ask() throws InterruptedException {
    return ask(server.getAddress().getPort());
  }

  @ParameterizedTest
  @CsvSource({
    "true,,ACTIVE",
    "true,desynchronized,ACTIVE",
    "false,deactivated,DEACTIVATED",
    "false,takendown,TAKENDOWN",
    "false,new-word,INACTIVE"
  })
  void ask_readsTheAnswer(boolean active, String status, AccountStatus expected) throws Exception {
    String more = status == null ? "" : ",\"status\":\"" + status + "\"";
    body.set("{\"did\":\"" + ALICE + "\",\"x\":[{}],\"active\":" + active + more + "}");
    assertThat(ask()).contains(expected);
    assertThat(asked.get())
        .isEqualTo("/xrpc/com.atproto.sync.getRepoStatus?did=did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz");
  }

  /**
   * Damage: an answer of any form that is taken for one, or for none at all, so that events wait.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"active\":true}",
        "{\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\"}",
        "{\"did\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\",\"active\":\"true\"}",
        "{\"did\":\"did:plc:aaaaaaaaaaaaaaaaaaaaaaaa\",\"active\":true}",
      })
  void ask_anotherAnswer_isNone(String text) throws Exception {
    body.set(text);
    assertThat(ask()).isEmpty();
  }

  @Test
  void ask_tooLong_isNone() throws Exception {
    body.set("{\"x\":\"" + "y".repeat(1 << 20) + "\",\"did\":\"" + ALICE + "\",\"active\":true}");
    assertThat(ask()).isEmpty();
  }

  /** Damage: hosts that do not answer, and behind whose questions all others wait. */
  @Test
  void ask_aHostThatDoesNotAnswer_holdsFourPlaces() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    server.createContext(
        "/xrpc",
        exchange -> {
          try {
            release.await(5, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    RepoStatusClient client = new RepoStatusClient(http, "test");
    BlockingQueue<Optional<AccountStatus>> answers = new LinkedBlockingQueue<>();
    String host = "localhost:" + server.getAddress().getPort();
    for (int i = 0; i < 10; i++) {
      client.ask(host, false, ALICE, answers::add);
    }
    assertThat(answers).as("those beyond are told at once").hasSize(6);
    release.countDown();
    for (int i = 0; i < 10; i++) {
      assertThat(answers.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
    client.ask(host, false, ALICE, answers::add);
    assertThat(answers).as("there is a place again").isEmpty();
    assertThat(answers.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void ask_refused_isNone() throws Exception {
    body.set("{\"did\":\"" + ALICE + "\",\"active\":true}");
    code = 400;
    assertThat(ask()).isEmpty();
    int port = server.getAddress().getPort();
    server.stop(0);
    assertThat(ask(port)).isEmpty();
  }

  /** A name that decodes to none. Damage: a fault that nobody sees, and an event that waits. */
  @Test
  void ask_ofAHostWithoutAUrl_hasNoAnswer() throws Exception {
    BlockingQueue<Optional<AccountStatus>> answers = new ArrayBlockingQueue<>(1);

    new RepoStatusClient(http, "test").ask("xn--0.example.com", true, ALICE, answers::add);

    assertThat(answers.poll(10, TimeUnit.SECONDS)).isEmpty();
    DescribeServerProbe probe = new DescribeServerProbe(http, "test");
    assertThatThrownBy(() -> probe.describeServer("xn--0.example.com", true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such host");
  }
}
