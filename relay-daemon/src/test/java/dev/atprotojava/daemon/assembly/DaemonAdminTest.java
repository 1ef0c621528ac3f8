// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.config.Setting;
import java.net.http.HttpRequest;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Who may administer, and what goat and scripts are answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DaemonAdminTest {
  private static final String CRAWL = "/admin/pds/requestCrawl";
  private static final String PUBLIC_CRAWL = "/xrpc/com.atproto.sync.requestCrawl";

  private final SampleHost host = new SampleHost();
  private RunningDaemon relay;

  /** A relay that takes no hosts from the public, which administrators pass over. */
  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    relay =
        RunningDaemon.start(
            data,
            host.url(),
            Map.of(Setting.DISABLE_REQUEST_CRAWL, "true", Setting.NEW_HOSTS_PER_DAY, "0"));
  }

  @AfterAll
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    host.close();
  }

  private HttpResponse<String> list(String authorization) throws Exception {
    HttpRequest.Builder request = relay.request("/admin/pds/list");
    return relay.send(
        authorization.isEmpty() ? request : request.header("Authorization", authorization));
  }

  @Test
  void gate_opensToEachPassword() throws Exception {
    assertThat(list(RunningDaemon.basic("admin", RunningDaemon.PASSWORD)).statusCode())
        .isEqualTo(200);
    assertThat(list(RunningDaemon.basic("admin", RunningDaemon.OTHER_PASSWORD)).statusCode())
        .isEqualTo(200);
    assertThat(list("Bearer " + RunningDaemon.PASSWORD).statusCode()).isEqualTo(200);
    assertThat(list("bearer " + RunningDaemon.OTHER_PASSWORD).statusCode()).isEqualTo(200);
  }

  @Test
  void gate_isClosedToAllElse() throws Exception {
    String basic = RunningDaemon.basic("admin", RunningDaemon.PASSWORD);
    String[] wrong = {
      "",
      "Basic",
      "Basic ",
      "Bearer ",
      RunningDaemon.basic("admin", ""),
      RunningDaemon.basic("admin", RunningDaemon.PASSWORD + "x"),
      RunningDaemon.basic("Admin", RunningDaemon.PASSWORD),
      RunningDaemon.basic("", RunningDaemon.PASSWORD),
      basic.substring(0, basic.length() - 2),
      "Bearer " + basic.substring("Basic ".length()),
      "Basic " + RunningDaemon.PASSWORD
    };
    for (String each : wrong) {
      HttpResponse<String> answer = list(each);

      assertThat(answer.statusCode()).as(each).isEqualTo(401);
      assertThat(answer.body()).startsWith("{\"error\":\"AuthenticationRequired\"");
      assertThat(answer.headers().firstValue("www-authenticate"))
          .hasValueSatisfying(header -> assertThat(header).startsWith("Basic"));
    }
    assertThat(relay.metrics()).containsPattern("relay_admin_refused_total [1-9]");
  }

  /** Also before anything is done, and where there is nothing: no route may be found out. */
  @ParameterizedTest
  @ValueSource(strings = {CRAWL, "/admin/none", "/admin/consumers/list", "/%61dmin/pds/list"})
  void gate_isBeforeEverything(String path) throws Exception {
    assertThat(relay.requestCrawl(path, host.hostname()).statusCode()).isEqualTo(401);
  }

  @Test
  void requestCrawl_ofThePublicCanBeRefused() throws Exception {
    HttpResponse<String> answer = relay.requestCrawl(PUBLIC_CRAWL, host.hostname());

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).startsWith("{\"error\":\"Forbidden\"");
  }

  /** The budget is for strangers (RL-54), and what is above it is told when to come back. */
  @Test
  void requestCrawl_ofThePublicHasABudget(@TempDir Path data) throws Exception {
    try (SampleHost stranger = new SampleHost();
        RunningDaemon other =
            RunningDaemon.start(data, host.url(), Map.of(Setting.NEW_HOSTS_PER_DAY, "1"))) {
      assertThat(other.requestCrawl(PUBLIC_CRAWL, host.hostname()).statusCode()).isEqualTo(200);
      HttpResponse<String> beyond = other.requestCrawl(PUBLIC_CRAWL, stranger.hostname());

      assertThat(beyond.statusCode()).isEqualTo(429);
      assertThat(beyond.body()).startsWith("{\"error\":\"RateLimitExceeded\"");
      assertThat(beyond.headers().firstValue("retry-after")).isPresent();
      other.stop();
    }
  }

  /** The fields that goat prints and scripts read, in the names of the reference relay. */
  @Test
  void list_hasTheFieldsOfTheReferenceRelay() throws Exception {
    HttpResponse<String> added =
        relay.requestCrawl(
            CRAWL,
            host.hostname(),
            "Authorization",
            RunningDaemon.basic("admin", RunningDaemon.PASSWORD));
    assertThat(added.statusCode()).as(added.body()).isEqualTo(200);

    assertThat(relay.admin("/admin/pds/list").body())
        .startsWith("[{\"ID\":1,\"CreatedAt\":\"")
        .endsWith("]")
        .contains(
            "\"Host\":\"" + host.hostname() + "\"",
            "\"SSL\":false",
            "\"Cursor\":0",
            "\"Registered\":true",
            "\"Blocked\":false",
            "\"CrawlRateLimit\":0",
            "\"RepoCount\":0",
            "\"RepoLimit\":100",
            "\"HasActiveConnection\":",
            "\"EventsSeenSinceStartup\":0",
            "\"PerSecondEventRate\":{\"Max\":50,\"Window\":1}",
            "\"PerHourEventRate\":{\"Max\":2600,\"Window\":3600}",
            "\"PerDayEventRate\":{\"Max\":21000,\"Window\":86400}",
            "\"UserCount\":0",
            "\"AccountLimitAlertsSilenced\":false",
            "\"AccountLimitAlertState\":\"ok\"",
            "\"Status\":\"active\"");
  }

  /** goat panics on null where a list belongs. */
  @Test
  void consumers_areAList() throws Exception {
    assertThat(relay.admin("/admin/consumers/list").body()).isEqualTo("[]");
  }

  @Test
  void consumers_areShownWithWhatTheyTook(@TempDir Path data) throws Exception {
    try (RunningDaemon other = RunningDaemon.start(data, host.url(), Map.of());
        Firehose all = other.subscribe("?cursor=0")) {
      SampleAccount account = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
      host.say(account.active());
      other.follow(host);
      long seq = all.event().seq();

      assertThat(other.admin("/admin/consumers/list").body())
          .contains("\"id\":1,\"remote_addr\":\"127.0.0.1\"")
          .contains("\"user_agent\":\"Java-http-client/")
          .contains("\"events_consumed\":1")
          .contains("\"connected_at\":\"")
          .contains("\"seq\":" + seq);
      other.stop();
    }
  }
}
