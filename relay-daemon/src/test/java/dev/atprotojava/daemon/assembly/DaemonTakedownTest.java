// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Takedowns over HTTP, by the requests that {@code goat relay admin account} sends (RL-70). */
@Timeout(120)
class DaemonTakedownTest {
  private static final String TAKE_DOWN = "/admin/repo/takeDown";
  private static final String REVERSE = "/admin/repo/reverseTakedown";
  private static final String LIST = "/admin/repo/takedowns";
  private static final String ALICE = "did:plc:aliceaaaaaaaaaaaaaaaaaaa";
  private static final String BOB = "did:plc:bobbobbobbobbobbobbobbob";
  private static final String CAROL = "did:plc:carolcarolcarolcarolcaro";

  private final SampleHost host = new SampleHost();
  private RunningDaemon relay;
  private Firehose all;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    relay = RunningDaemon.start(data, host.url(), Map.of());
    all = relay.subscribe("?cursor=0");
    for (String did : List.of(ALICE, BOB, CAROL)) {
      SampleAccount account = host.account(did);
      host.say(account.active());
      host.say(account.commit("com.example.record/1"));
    }
    relay.follow(host);
    for (int i = 0; i < 6; i++) {
      all.event();
    }
  }

  @AfterEach
  void stop() throws Exception {
    all.close();
    relay.stop();
    relay.close();
    host.close();
  }

  private HttpResponse<String> post(String path, String contentType, String body) throws Exception {
    return relay.send(
        relay
            .request(path)
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.PASSWORD))
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> decide(String path, String did) throws Exception {
    return post(path, "application/json", "{\"did\":\"" + did + "\"}");
  }

  private static void assertDone(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"success\":\"true\"}");
  }

  /** The list once an account is in it, which its first events are seconds later. */
  private String listedWith(String did) throws Exception {
    String list = relay.query("listRepos", "").body();
    while (!list.contains(did)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      list = relay.query("listRepos", "").body();
    }
    return list;
  }

  /** The types and DIDs of what a new consumer gets from the start. */
  private List<String> replay(int events) throws Exception {
    try (Firehose again = relay.subscribe("?cursor=0")) {
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < events; i++) {
        Firehose.Message.Event event = again.event();
        seen.add(event.type() + " " + event.text("did") + event.text("repo"));
      }
      return seen;
    }
  }

  /** {@code goat relay admin account takedown}, and with {@code --reverse}. */
  @Test
  void takedownAndReversal() throws Exception {
    assertDone(decide(TAKE_DOWN, ALICE));
    Firehose.Message.Event told = all.event();
    assertThat(told.type()).isEqualTo("#account");
    assertThat(told.text("did")).isEqualTo(ALICE);
    assertThat(told.text("status")).isEqualTo("takendown");
    assertThat(replay(6)).doesNotContain("#commit " + ALICE).contains("#account " + ALICE);
    assertThat(relay.query("getRepoStatus", "did=" + ALICE).body())
        .isEqualTo("{\"did\":\"" + ALICE + "\",\"active\":false,\"status\":\"takendown\"}");
    assertThat(listedWith(ALICE))
        .containsPattern(ALICE + "\",\"head\":\"[^}]*\"active\":false,\"status\":\"takendown\"");
    for (String method : List.of("getLatestCommit", "getRepo")) {
      HttpResponse<String> refused = relay.query(method, "did=" + ALICE);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).startsWith("{\"error\":\"RepoTakendown\"");
    }
    assertDone(decide(TAKE_DOWN, ALICE)); // once more
    host.say(host.account(ALICE).commit("com.example.record/2"));
    host.say(host.account(BOB).commit("com.example.record/2"));
    assertThat(all.event().text("repo")).as("no second #account, no commit").isEqualTo(BOB);

    assertDone(decide(REVERSE, ALICE));
    told = all.event();
    assertThat(told.type()).isEqualTo("#account");
    assertThat(told.text("status")).isEmpty();
    assertThat(replay(9)).contains("#commit " + ALICE);
    assertThat(relay.query("getLatestCommit", "did=" + ALICE).statusCode()).isEqualTo(200);
    assertDone(decide(REVERSE, ALICE));
    host.say(host.account(ALICE).commit("com.example.record/3"));
    assertThat(all.event().type()).isEqualTo("#commit");
  }

  /** Of our own: the content goes at once. A reversal does not bring it back. */
  @Test
  void takedown_now() throws Exception {
    assertDone(post(TAKE_DOWN, "application/json", "{\"did\":\"" + ALICE + "\",\"now\":true}"));
    assertThat(all.event().text("status")).isEqualTo("takendown");
    assertDone(decide(REVERSE, BOB));
    assertThat(relay.admin(LIST).body()).isEqualTo("{\"dids\":[\"" + ALICE + "\"]}");
  }

  /**
   * {@code goat relay admin account list}: an empty cursor and a size at first, and then the cursor
   * that it was given. It dies of a list that is null, and of a cursor that is null or a number.
   */
  @Test
  void list() throws Exception {
    assertThat(relay.admin(LIST + "?cursor=&size=500").body()).isEqualTo("{\"dids\":[]}");
    for (String did : List.of(CAROL, ALICE, BOB)) {
      assertDone(decide(TAKE_DOWN, did));
    }
    assertThat(relay.admin(LIST + "?cursor=&size=500").body())
        .isEqualTo("{\"dids\":[\"%s\",\"%s\",\"%s\"]}".formatted(CAROL, ALICE, BOB));
    String first = relay.admin(LIST + "?size=2").body();
    Matcher page =
        Pattern.compile(
                "\\{\"dids\":\\[\"" + CAROL + "\",\"" + ALICE + "\"],\"cursor\":\"(\\d+)\"}")
            .matcher(first);
    assertThat(page.matches()).as(first).isTrue();
    assertThat(relay.admin(LIST + "?size=2&cursor=" + page.group(1)).body())
        .isEqualTo("{\"dids\":[\"" + BOB + "\"]}");
    assertDone(decide(REVERSE, ALICE));
    assertThat(relay.admin(LIST).body())
        .isEqualTo("{\"dids\":[\"%s\",\"%s\"]}".formatted(CAROL, BOB));
  }

  @Test
  void unknownAccount() throws Exception {
    for (String path : List.of(TAKE_DOWN, REVERSE)) {
      HttpResponse<String> answer = decide(path, "did:plc:nobodynobodynobodynobody");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).startsWith("{\"error\":\"RepoNotFound\"");
    }
  }

  /** Hostile administration: a clear no, and nothing changed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/json | ",
        "application/json | null",
        "application/json | []",
        "application/json | {}",
        "application/json | {\"did\":null}",
        "application/json | {\"did\":7}",
        "application/json | {\"did\":[\"did:plc:aliceaaaaaaaaaaaaaaaaaaa\"]}",
        "application/json | {\"did\":\"\"}",
        "application/json | {\"did\":\"alice.test\"}",
        "application/json | {\"did\":\"did:plc:aliceaaaaaaaaaaaaaaaaaaa",
        "application/json | {\"did\":\"did:plc:aliceaaaaaaaaaaaaaaaaaaa\",\"now\":\"yes\"}",
        "application/json | {\"did\":\"did:plc:aliceaaaaaaaaaaaaaaaaaaa\",\"did\":\"did:plc:b\"}",
        "text/plain | {\"did\":\"did:plc:aliceaaaaaaaaaaaaaaaaaaa\"}",
        "application/x-www-form-urlencoded | did=did:plc:aliceaaaaaaaaaaaaaaaaaaa",
      })
  void malformed(String contentType, String body) throws Exception {
    HttpResponse<String> answer = post(TAKE_DOWN, contentType, body == null ? "" : body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(relay.admin(LIST).body()).isEqualTo("{\"dids\":[]}");
    assertThat(relay.query("getRepoStatus", "did=" + ALICE).body()).contains("\"active\":true");
  }

  @ParameterizedTest
  @CsvSource({"cursor=x", "cursor=-1", "cursor=1&cursor=2", "size=0", "size=1001", "size=many"})
  void malformedList(String query) throws Exception {
    assertThat(relay.admin(LIST + "?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void wrongMethod_wrongKey() throws Exception {
    assertThat(relay.admin(TAKE_DOWN).statusCode()).isEqualTo(405);
    HttpResponse<String> stranger =
        relay.send(
            relay
                .request(TAKE_DOWN)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"did\":\"" + ALICE + "\"}")));
    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(relay.get(LIST).statusCode()).isEqualTo(401);
    assertThat(relay.admin(LIST).body()).isEqualTo("{\"dids\":[]}");
  }
}
