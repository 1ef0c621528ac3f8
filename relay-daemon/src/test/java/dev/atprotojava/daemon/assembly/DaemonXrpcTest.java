// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the relay answers of accounts and hosts, from their events on; names of fields and errors
 * are those of the Lexicons. A restart lies between, so that all of it is what the database
 * remembers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DaemonXrpcTest {
  private static final String ALICE = "did:plc:aliceaaaaaaaaaaaaaaaaaaa";
  private static final String BLANK = "did:plc:blankaaaaaaaaaaaaaaaaaaa";

  private final SampleHost first = new SampleHost();
  private final SampleHost second = new SampleHost();
  private final SampleAccount alice = first.account(ALICE);
  private RunningDaemon relay;

  @BeforeAll
  void populate(@TempDir Path data) throws Exception {
    first.say(alice.identity());
    first.say(alice.active());
    first.say(alice.commit("com.example.record/a"));
    first.say(alice.commit("com.example.record/b"));
    int events = 4;
    SampleAccount blank = first.account(BLANK);
    first.say(blank.active());
    events++;
    for (String status : new String[] {"deactivated", "suspended", "takendown", "deleted"}) {
      SampleAccount account = first.account(did(status));
      first.say(account.commit("com.example.record/a"));
      first.say(account.inactive(status));
      events += 2;
    }
    try (RunningDaemon before = RunningDaemon.start(data, first.url(), Map.of());
        Firehose all = before.subscribe("?cursor=0")) {
      before.follow(first);
      before.follow(second);
      for (int i = 0; i < events; i++) {
        all.event();
      }
      before.stop();
    }
    relay = RunningDaemon.start(data, first.url(), Map.of());
  }

  @AfterAll
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    first.close();
    second.close();
  }

  private static String did(String status) {
    return "did:plc:" + (status + "a".repeat(24)).substring(0, 24);
  }

  private static void assertError(HttpResponse<String> answer, int status, String error) {
    assertThat(answer.body()).startsWith("{\"error\":\"" + error + "\",\"message\":\"");
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Test
  void everything_bearsTheMarkOfARelay() throws Exception {
    String mark = Product.ofBuild().mark();

    assertThat(mark).contains("(atproto-relay)");
    for (String path : new String[] {"/", "/xrpc/_health", "/none", "/admin/pds/list"}) {
      assertThat(relay.get(path).headers().firstValue("server")).as(path).contains(mark);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/_health", "/xrpc/_health"})
  void health_isWell(String path) throws Exception {
    HttpResponse<String> answer = relay.get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("{\"status\":\"ok\",\"version\":\"");
  }

  @Test
  void getRepoStatus_ofAnActiveAccount() throws Exception {
    assertThat(relay.query("getRepoStatus", "did=" + ALICE).body())
        .isEqualTo("{\"did\":\"" + ALICE + "\",\"active\":true,\"rev\":\"" + alice.rev() + "\"}");
  }

  /** {@code rev} is optional, and there is none: it must not be null or empty. */
  @Test
  void getRepoStatus_beforeTheFirstCommit() throws Exception {
    assertThat(relay.query("getRepoStatus", "did=" + BLANK).body())
        .isEqualTo("{\"did\":\"" + BLANK + "\",\"active\":true}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deactivated", "suspended", "takendown", "deleted"})
  void getRepoStatus_ofThoseThatAreAway(String status) throws Exception {
    String did = did(status);

    assertThat(relay.query("getRepoStatus", "did=" + did).body())
        .as("without rev (RL-72)")
        .isEqualTo("{\"did\":\"" + did + "\",\"active\":false,\"status\":\"" + status + "\"}");
  }

  @Test
  void getLatestCommit_ofAnActiveAccount() throws Exception {
    assertThat(relay.query("getLatestCommit", "did=" + ALICE).body())
        .isEqualTo("{\"cid\":\"" + alice.head() + "\",\"rev\":\"" + alice.rev() + "\"}");
  }

  /** The relay has no content, and does not hide where it is: with the query as it came. */
  @Test
  void getRepo_isAtTheHost() throws Exception {
    String query = "did=" + ALICE + "&since=3jzfcijpj2z27";
    HttpResponse<String> answer = relay.query("getRepo", query);

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location"))
        .contains(first.url() + "/xrpc/com.atproto.sync.getRepo?" + query);
  }

  @ParameterizedTest
  @CsvSource({
    "deactivated, 403, RepoDeactivated",
    "suspended, 403, RepoSuspended",
    "takendown, 403, RepoTakendown",
    "deleted, 404, RepoNotFound"
  })
  void content_ofThoseThatAreAwayIsNotGivenOut(String status, int code, String error)
      throws Exception {
    assertError(relay.query("getLatestCommit", "did=" + did(status)), code, error);
    assertError(relay.query("getRepo", "did=" + did(status)), code, error);
  }

  @ParameterizedTest
  @ValueSource(strings = {"getRepoStatus", "getLatestCommit", "getRepo"})
  void account_thatNobodyKnows(String method) throws Exception {
    assertError(relay.query(method, "did=did:plc:nobody"), 404, "RepoNotFound");
    assertError(relay.query(method, "did=alice"), 400, "InvalidRequest");
    assertError(relay.query(method, ""), 400, "InvalidRequest");
  }

  @Test
  void getLatestCommit_beforeTheFirst() throws Exception {
    assertError(relay.query("getLatestCommit", "did=" + BLANK), 404, "RepoNotFound");
  }

  private static String listed(SampleAccount account, String rest) {
    return "{\"did\":\""
        + account.did()
        + "\",\"head\":\""
        + account.head()
        + "\",\"rev\":\""
        + account.rev()
        + "\","
        + rest
        + "}";
  }

  /**
   * All with a commit; deleted ones are none any more (RL-72). Their order is that of discovery, by
   * several lanes at once.
   */
  @Test
  void listRepos_namesAll() throws Exception {
    String body = relay.query("listRepos", "").body();

    assertThat(body).startsWith("{\"repos\":[{").endsWith("}]}");
    String rows = body.substring("{\"repos\":[".length(), body.length() - "]}".length());
    assertThat(rows.split("(?<=}),", -1))
        .containsExactlyInAnyOrder(
            listed(alice, "\"active\":true"),
            listed(away("deactivated"), "\"active\":false,\"status\":\"deactivated\""),
            listed(away("suspended"), "\"active\":false,\"status\":\"suspended\""),
            listed(away("takendown"), "\"active\":false,\"status\":\"takendown\""));
  }

  private SampleAccount away(String status) {
    return first.account(did(status));
  }

  /** A reader stops when there is no cursor, so each page but the last must have one (T-77). */
  @Test
  void listRepos_inPages() throws Exception {
    StringBuilder found = new StringBuilder();
    String cursor = "";
    int pages = 0;
    do {
      String body = relay.query("listRepos", "limit=1" + cursor).body();
      found.append(body);
      cursor = body.replaceFirst("^\\{\"cursor\":\"([^\"]+)\".*", "&cursor=$1");
      pages++;
    } while (cursor.startsWith("&cursor=") && pages < 100);

    assertThat(pages).as("one a known account").isEqualTo(6);
    assertThat(found.toString())
        .contains(ALICE, did("deactivated"), did("suspended"), did("takendown"));
  }

  /** A deleted account is none any more. */
  private static String host(SampleHost host, int seq, int accounts) {
    return "{\"hostname\":\"%s\",\"seq\":%d,\"accountCount\":%d,\"status\":\"active\"}"
        .formatted(host.hostname(), seq, accounts);
  }

  @Test
  void getHostStatus_ofAHost() throws Exception {
    assertThat(relay.query("getHostStatus", "hostname=" + first.hostname()).body())
        .isEqualTo(host(first, 13, 5));
  }

  @Test
  void getHostStatus_ofNoHost() throws Exception {
    assertError(relay.query("getHostStatus", "hostname=pds.example.com"), 404, "HostNotFound");
    assertError(relay.query("getHostStatus", "hostname=a_b"), 400, "InvalidRequest");
    assertError(relay.query("getHostStatus", ""), 400, "InvalidRequest");
  }

  @Test
  void listHosts_inPages() throws Exception {
    String one = host(first, 13, 5);
    String two = host(second, 0, 0);

    assertThat(relay.query("listHosts", "").body())
        .isEqualTo("{\"hosts\":[" + one + "," + two + "]}");
    assertThat(relay.query("listHosts", "limit=1").body())
        .isEqualTo("{\"cursor\":\"1\",\"hosts\":[" + one + "]}");
    assertThat(relay.query("listHosts", "limit=1&cursor=1").body())
        .isEqualTo("{\"hosts\":[" + two + "]}");
    assertThat(relay.query("listHosts", "cursor=2").body()).isEqualTo("{\"hosts\":[]}");
    assertError(relay.query("listHosts", "limit=0"), 400, "InvalidRequest");
  }

  @Test
  void requestCrawl_ofAKnownHostCostsNothing() throws Exception {
    HttpResponse<String> again =
        relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", first.hostname());

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pds", "10.0.0.1", "ftp://pds.example.com", "a b.example.com", "::1"})
  void requestCrawl_ofNoHostname(String name) throws Exception {
    assertError(
        relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", name), 400, "InvalidRequest");
  }

  /** What does not answer as a PDS is not stored, or anybody could fill the list. */
  @Test
  void requestCrawl_ofWhatIsNoPds() throws Exception {
    assertError(
        relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", "localhost:1"),
        400,
        "HostNotFound");
    assertThat(relay.query("listHosts", "").body()).doesNotContain("localhost:1\"");
  }

  /** Two relays that follow each other send every event around for ever (RL-55). */
  @Test
  void requestCrawl_ofARelay() throws Exception {
    try (SampleHost other = new SampleHost()) {
      other.becomeRelay();

      assertError(
          relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", other.hostname()),
          400,
          "HostNotFound");
    }
  }

  @Test
  void metrics_countWhatHappened() throws Exception {
    assertThat(relay.metrics())
        .contains("relay_hosts{status=\"active\"} 2.0")
        .contains("relay_drops_total{reason=\"BAD_SIGNATURE\"} 0.0")
        .contains("relay_log_seq{which=\"oldest\"} 4.294967296E9");
  }

  /** Every event that came out is counted by its kind. */
  @Test
  void metrics_countEventsByKind(@TempDir Path data) throws Exception {
    try (SampleHost host = new SampleHost();
        RunningDaemon other = RunningDaemon.start(data, host.url(), Map.of());
        Firehose all = other.subscribe("?cursor=0")) {
      SampleAccount account = host.account(ALICE);
      host.say(account.active());
      host.say(account.identity());
      host.say(account.commit("com.example.record/a"));
      host.say(account.commit("com.example.record/b"));
      other.follow(host);
      for (int i = 0; i < 4; i++) {
        all.event();
      }

      assertThat(other.metrics())
          .contains("relay_events_total{kind=\"commit\"} 2.0")
          .contains("relay_events_total{kind=\"account\"} 1.0")
          .contains("relay_events_total{kind=\"identity\"} 1.0")
          .contains("relay_events_total{kind=\"sync\"} 0.0")
          .contains("relay_consumers 1.0");
      other.stop();
    }
  }

  /** Without --dev nothing inside our network can be reached, whatever is asked. */
  @Test
  void requestCrawl_inProductionTakesPublicHostsOnly(@TempDir Path data) throws Exception {
    try (RunningDaemon strict =
        RunningDaemon.start(data, first.url(), Map.of(Setting.DEV, "false"))) {
      for (String name : new String[] {first.hostname(), "http://pds.example.com", "localhost"}) {
        assertError(
            strict.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", name),
            400,
            "InvalidRequest");
      }
      strict.stop();
    }
  }
}
