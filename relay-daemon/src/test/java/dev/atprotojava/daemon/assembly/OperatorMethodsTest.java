// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.daemon.operate.OperatorMethods;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The own administration: it is what its Lexicons say, and what it does can be read back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class OperatorMethodsTest {
  private static final String XRPC = "/xrpc/";

  private final SampleHost host = new SampleHost();
  private RunningDaemon relay;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    relay = RunningDaemon.start(data, host.url(), Map.of());
    SampleAccount account = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
    host.say(account.active());
    try (Firehose all = relay.subscribe("?cursor=0")) {
      relay.follow(host);
      all.event();
    }
  }

  @AfterAll
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    host.close();
  }

  private HttpResponse<String> query(String name, String parameters) throws Exception {
    return relay.admin(XRPC + OperatorMethods.AUTHORITY + name + parameters);
  }

  private HttpResponse<String> call(String name, String body) throws Exception {
    return relay.send(
        relay
            .request(XRPC + OperatorMethods.AUTHORITY + name)
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.OTHER_PASSWORD))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static MapValue json(HttpResponse<String> answer) {
    return (MapValue) DataModelJson.parse(answer.body());
  }

  private List<String> trail() throws Exception {
    return requireNonNull(json(query("listAudit", "")).findArray("entries")).stream()
        .map(each -> (MapValue) each)
        .map(each -> each.findText("actor") + " " + each.findText("action"))
        .toList();
  }

  /** A method without a Lexicon cannot be called by a client; a Lexicon without one is a lie. */
  @Test
  void methods_haveALexiconEach() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (Lexicon lexicon : Lexicon.all()) {
      documented.put(XRPC + lexicon.id(), Set.of(lexicon.isQuery() ? "GET" : "POST"));
    }
    Map<String, Set<String>> served = new TreeMap<>(relay.routes().paths());
    served.keySet().removeIf(path -> !path.startsWith(XRPC + OperatorMethods.AUTHORITY));

    assertThat(served).isEqualTo(documented).hasSizeGreaterThan(5);
  }

  /** With a host, a consumer and an entry to show, so that no list is empty. */
  @Test
  void queries_answerWhatTheirLexiconSays() throws Exception {
    call("setLogLevel", "{\"level\":\"info\"}");
    try (Firehose _ = relay.subscribe("?cursor=0")) {
      for (Lexicon lexicon : Lexicon.all()) {
        if (lexicon.isQuery()) {
          HttpResponse<String> answer = relay.admin(XRPC + lexicon.id());

          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          assertThat(lexicon.faults(answer.body())).as(lexicon.id()).isEmpty();
          assertThat(answer.body()).doesNotContain("consumers\":[]", "hosts\":[]", "entries\":[]");
        }
      }
    }
    assertThat(query("listHosts", "").body())
        .contains("\"hostname\":\"" + host.hostname() + "\"", "\"accountCount\":", "\"emitted\":1");
  }

  @Test
  void procedures_answerWhatTheirLexiconSays() throws Exception {
    try (Firehose _ = relay.subscribe("")) {
      Map<String, String> bodies =
          Map.of(
              "setLogLevel",
              "{\"level\":\"info\"}",
              "discoverHost",
              "{\"hostname\":\"not a host\"}",
              "disconnectConsumer",
              "{\"id\":" + newestConsumer() + "}");
      for (Lexicon lexicon : Lexicon.all()) {
        String name = lexicon.id().substring(OperatorMethods.AUTHORITY.length());
        String body = bodies.get(name);
        assertThat(lexicon.isQuery() || body != null).as(name + " has a test").isTrue();
        if (body != null) {
          HttpResponse<String> answer = call(name, body);

          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          assertThat(lexicon.faults(answer.body())).as(name).isEmpty();
        }
      }
    }
  }

  /**
   * What is wrong is refused, by the name that the Lexicon has, and nothing is done or recorded.
   */
  @Test
  void inputs_thatAreNoneAreRefused() throws Exception {
    List<String> before = trail();
    for (Lexicon lexicon : Lexicon.all()) {
      String name = lexicon.id().substring(OperatorMethods.AUTHORITY.length());
      List<String> wrong =
          lexicon.isQuery()
              ? List.of("?limit=0", "?limit=1001", "?limit=x", "?cursor=x", "?limit=1&limit=2")
              : List.of("{}", "{\"unknown\":1}", "[]", "", "{\"id\":\"x\",\"level\":1}");
      if (lexicon.inputs().entries().isEmpty()) {
        continue;
      }
      for (String each : wrong) {
        HttpResponse<String> answer = lexicon.isQuery() ? query(name, each) : call(name, each);

        assertThat(answer.statusCode()).as(name + each).isEqualTo(400);
        assertThat(lexicon.hasError(String.valueOf(json(answer).findText("error")))).isTrue();
      }
    }
    assertThat(call("setLogLevel", "{\"level\":\"debug\",\"levle\":\"info\"}").statusCode())
        .isEqualTo(400);
    assertThat(call("setLogLevel", "{\"level\":\"loud\"}").statusCode()).isEqualTo(400);
    assertThat(trail()).isEqualTo(before);
    assertThat(query("getStatus", "").body()).contains("\"logLevel\":\"info\"");
  }

  /** Also on paths that are written otherwise; and a page of another site is never let in. */
  @Test
  void methods_areBehindTheGate() throws Exception {
    for (Lexicon lexicon : Lexicon.all()) {
      HttpResponse<String> answer = relay.get(XRPC + lexicon.id().replace("relay", "re%6cay"));

      assertThat(answer.statusCode()).as(lexicon.id()).isEqualTo(401);
      assertThat(lexicon.hasError("AuthenticationRequired")).isTrue();
      assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
    }
  }

  private long newestConsumer() throws Exception {
    return requireNonNull(json(query("listConsumers", "")).findArray("consumers")).stream()
        .mapToLong(row -> ((MapValue) row).findInteger("id").orElseThrow())
        .max()
        .orElseThrow();
  }

  /** The consumer learns that it was no accident, and so does whoever reads the trail. */
  @Test
  void disconnectConsumer_tellsCountsAndRecords() throws Exception {
    try (Firehose consumer = relay.subscribe("?cursor=0")) {
      consumer.event();
      long id = newestConsumer();

      assertThat(call("disconnectConsumer", "{\"id\":" + id + "}").statusCode()).isEqualTo(200);
      assertThat(consumer.end())
          .isEqualTo(new Firehose.Message.Closed(1008, "disconnected by the operator"));
      assertThat(trail().getFirst()).isEqualTo("second consumer.disconnect");
      assertThat(query("listAudit", "?limit=1").body())
          .contains("\"subject\":\"127.0.0.1 Java-http-client/", "connection " + id + " at seq ");
      assertThat(relay.metrics())
          .containsPattern("relay_consumers_ended_total\\{[^}]*KICKED[^}]*\\} [1-9]");
      HttpResponse<String> again = call("disconnectConsumer", "{\"id\":" + id + "}");
      assertThat(again.statusCode()).isEqualTo(404);
      assertThat(json(again).findText("error")).isEqualTo("ConsumerNotFound");
    }
  }

  /** Whoever reads the trail page by page sees each entry once. */
  @Test
  void listAudit_pagesToTheEnd() throws Exception {
    for (int i = 0; i < 5; i++) {
      call("setLogLevel", "{\"level\":\"info\"}");
    }
    List<String> whole = trail();
    int seen = 0;
    String cursor = "";
    do {
      MapValue page = json(query("listAudit", "?limit=2" + cursor));
      seen += requireNonNull(page.findArray("entries")).size();
      cursor = page.findText("cursor") == null ? "" : "&cursor=" + page.findText("cursor");
    } while (!cursor.isEmpty());

    assertThat(seen).isEqualTo(whole.size()).isGreaterThanOrEqualTo(5);
  }
}
