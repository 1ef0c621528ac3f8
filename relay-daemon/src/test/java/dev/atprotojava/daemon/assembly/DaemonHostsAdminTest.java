// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.config.Setting;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The routes with which goat, scripts and sibling relays administer hosts: exactly as they send
 * them, and with what they need from the answer.
 */
@Timeout(120)
class DaemonHostsAdminTest {
  private static final String DONE = "{\"success\":\"true\"}";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir private Path data;
  private final SampleHost host = new SampleHost();
  private RunningDaemon relay;

  @BeforeEach
  void start() throws Exception {
    relay = open();
  }

  private RunningDaemon open() throws InterruptedException {
    return RunningDaemon.start(data, host.url(), Map.of(Setting.DEFAULT_ACCOUNT_LIMIT, "1"));
  }

  private void restart() throws Exception {
    relay.stop();
    relay.close();
    relay = open();
  }

  @AfterEach
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    host.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    HttpRequest.Builder request =
        relay
            .request(path)
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.PASSWORD));
    return relay.send(
        body.isEmpty()
            ? request.POST(BodyPublishers.noBody())
            : request
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
  }

  private void done(String path, String body) throws Exception {
    HttpResponse<String> answer = post(path, body);
    assertThat(answer.body()).as(path).isEqualTo(DONE);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
  }

  private String connections() throws Exception {
    return relay.admin("/admin/subs/getUpstreamConns").body();
  }

  private String list() throws Exception {
    return relay.admin("/admin/pds/list").body();
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private void connected() throws Exception {
    await("connected", () -> connections().equals("[\"" + host.hostname() + "\"]"));
  }

  private void disconnected() throws Exception {
    await("disconnected", () -> connections().equals("[]"));
  }

  private String crawl() throws Exception {
    HttpResponse<String> answer =
        relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", host.hostname());
    return answer.statusCode() + answer.body();
  }

  /** goat: host add, list, block, block --reverse. Damage: a ban that a restart undoes. */
  @Test
  void host_isAddedListedBlockedAndUnblocked() throws Exception {
    assertThat(list()).isEqualTo("[]");
    assertThat(
            post("/admin/pds/requestCrawl", "{\"hostname\":\"" + host.hostname() + "\"}")
                .statusCode())
        .isEqualTo(200);
    connected();

    done("/admin/pds/block?host=" + host.hostname(), "");
    disconnected();
    assertThat(list())
        .contains("\"Blocked\":true", "\"Registered\":false", "\"HasActiveConnection\":false")
        .contains("\"Status\":\"banned\",\"Reason\":\"banned by the operator\"")
        .doesNotContain("NextAttempt");
    assertThat(crawl()).startsWith("403{\"error\":\"HostBanned\"");
    assertThat(relay.query("getHostStatus", "hostname=" + host.hostname()).body())
        .contains("\"status\":\"banned\"");

    restart();
    assertThat(list()).contains("\"Blocked\":true");
    assertThat(crawl()).startsWith("403{\"error\":\"HostBanned\"");
    assertThat(connections()).isEqualTo("[]");

    done("/admin/pds/unblock?host=" + host.hostname(), "");
    connected();
    assertThat(list()).contains("\"Blocked\":false", "\"Registered\":true");
    restart();
    connected();
  }

  /** goat: domain ban, list, ban --reverse. Damage: a banned domain whose hosts stay. */
  @Test
  void domain_isBannedAndUnbanned_withItsConnectedHosts() throws Exception {
    assertThat(relay.admin("/admin/subs/listDomainBans").body())
        .as("goat panics on null")
        .isEqualTo("{\"banned_domains\":[]}");
    relay.follow(host);
    connected();

    done("/admin/subs/banDomain", "{\"domain\":\"" + host.hostname() + "\"}");
    done("/admin/subs/banDomain", "{\"Domain\":\"*.Bad.example.COM\"}");
    done("/admin/subs/banDomain", "{\"domain\":\"bad.example.com\"}");
    disconnected();
    restart();
    assertThat(relay.admin("/admin/subs/listDomainBans").body())
        .isEqualTo("{\"banned_domains\":[\"bad.example.com\",\"" + host.hostname() + "\"]}");
    assertThat(crawl()).startsWith("401{\"error\":\"DomainBan\"");
    assertThat(
            relay.requestCrawl("/xrpc/com.atproto.sync.requestCrawl", "pds.bad.example.com").body())
        .startsWith("{\"error\":\"DomainBan\"");
    assertThat(list()).contains("\"Blocked\":true", host.hostname() + " is banned");

    done("/admin/subs/unbanDomain", "{\"domain\":\"" + host.hostname() + "\"}");
    done("/admin/subs/unbanDomain", "{\"domain\":\"was.never.banned.com\"}");
    connected();
    assertThat(crawl()).isEqualTo("200");
  }

  /** goat: host config --account-limit. The rates that older tools send count too. */
  @Test
  void limits_changeAndStay() throws Exception {
    relay.follow(host);
    String name = "\"host\":\"" + host.hostname() + "\"";
    assertThat(list()).contains("\"RepoLimit\":1", "\"AccountLimitAlertsSilenced\":false");

    done("/admin/pds/changeLimits", "{" + name + ",\"repo_limit\":5000,\"crawl_rate\":1}");
    assertThat(list())
        .contains("\"RepoLimit\":5000", "\"PerSecondEventRate\":{\"Max\":55,\"Window\":1}");
    done(
        "/admin/pds/changeLimits",
        "{"
            + name
            + ",\"per_second\":7,\"per_hour\":8,\"per_day\":9,"
            + "\"account_limit_alerts_silenced\":true}");
    restart();
    assertThat(list())
        .contains("\"RepoLimit\":5000", "\"AccountLimitAlertsSilenced\":true")
        .contains("\"PerSecondEventRate\":{\"Max\":7,\"Window\":1}")
        .contains("\"PerHourEventRate\":{\"Max\":8,\"Window\":3600}")
        .contains("\"PerDayEventRate\":{\"Max\":9,\"Window\":86400}");
  }

  /** RL-57. Damage: accounts that a raised limit does not free, or in any order. */
  @Test
  void accounts_aboveTheLimit_waitAndComeInByTheirAge() throws Exception {
    try (Firehose all = relay.subscribe("?cursor=0")) {
      List<SampleAccount> accounts =
          List.of("alice", "bobby", "carol").stream()
              .map(name -> host.account("did:plc:" + name + "a".repeat(19)))
              .toList();
      relay.follow(host);
      host.say(accounts.getFirst().commit("com.example.record/1"));
      assertThat(all.event().type()).isEqualTo("#commit");
      for (int i = 1; i < 3; i++) {
        host.say(accounts.get(i).commit("com.example.record/1"));
        Firehose.Message.Event told = all.event();
        assertThat(told.type()).isEqualTo("#account");
        assertThat(told.text("did")).isEqualTo(accounts.get(i).did().toString());
        assertThat(told.text("status")).isEqualTo("throttled");
      }
      assertThat(list())
          .contains("\"RepoCount\":3", "\"WaitingAccounts\":2", "\"ACCOUNT_THROTTLED\":2")
          .contains("\"AccountLimitAlertState\":\"warning\"");

      String name = "{\"host\":\"" + host.hostname() + "\",\"repo_limit\":";
      for (int i = 1; i < 3; i++) {
        done("/admin/pds/changeLimits", name + (i + 1) + "}");
        Firehose.Message.Event freed = all.event();
        assertThat(freed.type()).isEqualTo("#account");
        assertThat(freed.text("did")).isEqualTo(accounts.get(i).did().toString());
        assertThat(freed.text("status")).isEmpty();
      }
      host.say(accounts.get(2).commit("com.example.record/2"));
      assertThat(all.event().type()).isEqualTo("#commit");
      assertThat(list()).contains("\"WaitingAccounts\":0");
    }
  }

  /** Damage: a restart that lets everybody in, or forgets who waits. */
  @Test
  void waitingAccounts_waitAfterARestart() throws Exception {
    SampleAccount alice = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
    SampleAccount bob = host.account("did:plc:bobbyaaaaaaaaaaaaaaaaaaa");
    host.say(alice.commit("com.example.record/1"));
    relay.follow(host);
    await("she is known", () -> list().contains("\"RepoCount\":1"));
    host.say(bob.commit("com.example.record/1"));
    await("both are known", () -> list().contains("\"RepoCount\":2"));
    restart();
    assertThat(list()).contains("\"RepoCount\":2", "\"WaitingAccounts\":1");
    assertThat(relay.query("getRepoStatus", "did=" + bob.did()).body())
        .contains("\"active\":false", "\"status\":\"throttled\"");
    host.say(alice.inactive("deleted"));
    await(
        "bob takes her place",
        () -> relay.query("getRepoStatus", "did=" + bob.did()).body().contains("\"active\":true"));
    await("counts are true", () -> list().contains("\"RepoCount\":1"));
  }

  @Test
  void killUpstream_leavesTheHostAloneUntilItIsAskedFor() throws Exception {
    relay.follow(host);
    connected();
    done("/admin/subs/killUpstream?host=" + host.hostname(), "");
    disconnected();
    await("idle", () -> list().contains("\"Status\":\"idle\""));
    assertThat(list()).contains("\"Reason\":\"disconnected by the operator\"");
    restart();
    assertThat(list()).contains("\"Status\":\"idle\"");
    assertThat(connections()).isEqualTo("[]");
    assertThat(crawl()).isEqualTo("200");
    connected();
    done("/admin/subs/killUpstream?host=" + host.hostname() + "&block=true", "");
    disconnected();
    assertThat(list()).contains("\"Blocked\":true");
  }

  /** RL-55. Damage: two relays that follow each other after any domain was unbanned. */
  @Test
  void relayHost_staysBanned_untilItIsUnblocked() throws Exception {
    relay.follow(host);
    connected();
    host.becomeRelay();
    done("/admin/subs/killUpstream?host=" + host.hostname(), "");
    disconnected();
    assertThat(crawl()).isEqualTo("200");
    await("it is found out", () -> list().contains("the host is a relay itself"));
    done("/admin/subs/banDomain", "{\"domain\":\"bad.example.com\"}");
    done("/admin/subs/unbanDomain", "{\"domain\":\"bad.example.com\"}");
    restart();
    done("/admin/subs/banDomain", "{\"domain\":\"bad.example.com\"}");
    assertThat(list()).contains("\"Blocked\":true", "the host is a relay itself");
    assertThat(crawl()).startsWith("403{\"error\":\"HostBanned\"");
    host.becomePds();
    done("/admin/pds/unblock?host=" + host.hostname(), "");
    connected();
  }

  /** Damage: a switch that a restart turns back. */
  @Test
  void requestCrawl_isSwitchedAndLimited() throws Exception {
    assertThat(relay.admin("/admin/subs/getEnabled").body()).isEqualTo("{\"enabled\":true}");
    assertThat(relay.admin("/admin/subs/perDayLimit").body()).isEqualTo("{\"limit\":50}");
    done("/admin/subs/setEnabled?enabled=false", "");
    done("/admin/subs/setPerDayLimit?limit=0", "");
    restart();
    assertThat(relay.admin("/admin/subs/getEnabled").body()).isEqualTo("{\"enabled\":false}");
    assertThat(relay.admin("/admin/subs/perDayLimit").body()).isEqualTo("{\"limit\":0}");
    assertThat(crawl()).startsWith("403{\"error\":\"Forbidden\"");
    done("/admin/subs/setEnabled?enabled=true", "");
    assertThat(crawl()).startsWith("429{\"error\":\"RateLimitExceeded\"");
    done("/admin/subs/setPerDayLimit?limit=1", "");
    assertThat(crawl()).isEqualTo("200");
    restart();
    try (SampleHost another = new SampleHost()) {
      assertThat(
              relay
                  .requestCrawl("/xrpc/com.atproto.sync.requestCrawl", another.hostname())
                  .statusCode())
          .as("the budget of a day outlasts a restart")
          .isEqualTo(429);
    }
    assertThat(crawl()).as("asking again costs nothing").isEqualTo("200");
  }

  /** What the operator of a host is told. */
  @Test
  void list_tellsHowAHostStandsAndWhatBecameOfItsEvents() throws Exception {
    SampleAccount alice = host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
    host.say(alice.inactive("deactivated"));
    host.say(alice.commit("com.example.record/1"));
    relay.follow(host);
    await("all came", () -> list().contains("\"EventsSeenSinceStartup\":2"));
    await("all is done", () -> list().contains("\"Cursor\":2"));
    assertThat(list())
        .contains("\"Drops\":{\"ACCOUNT_INACTIVE\":1}")
        .contains("\"DropsLastHour\":{\"ACCOUNT_INACTIVE\":1}")
        .contains("\"DropsLastDay\":{\"ACCOUNT_INACTIVE\":1}")
        .contains("\"Posture\":\"enforce\"", "\"LastEventTime\":\"", "\"LagSeconds\":")
        .contains("\"Since\":\"");
  }

  /** Damage: half of what was asked is done, or something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      nullValues = "-",
      value = {
        "/admin/pds/block                      | -                                  | 400",
        "/admin/pds/block?host=                | -                                  | 400",
        "/admin/pds/block?host=a.com           | -                                  | 404",
        "/admin/pds/block?host=HOST&host=a.com | -                                  | 400",
        "/admin/pds/unblock?host=1.2.3.4       | -                                  | 404",
        "/admin/pds/changeLimits               | -                                  | 400",
        "/admin/pds/changeLimits               | {}                                 | 400",
        "/admin/pds/changeLimits               | []                                 | 400",
        "/admin/pds/changeLimits               | {\"host\":\"HOST\"}                | 400",
        "/admin/pds/changeLimits               | {\"repo_limit\":9}                 | 400",
        "/admin/pds/changeLimits               | {\"host\":\"a.com\",\"repo_limit\":9} | 404",
        "/admin/pds/changeLimits               | {\"host\":\"HOST\",\"repo_limit\":-1} | 400",
        "/admin/pds/changeLimits               | {\"host\":\"HOST\",\"repo_limit\":9e9} | 400",
        "/admin/pds/changeLimits       | {\"host\":\"HOST\",\"repo_limit\":9,\"per_day\":0} | 400",
        "/admin/pds/changeLimits       | {\"host\":\"HOST\",\"repo_limit\":9,\"per_day\":1.5} |"
            + " 400",
        "/admin/pds/changeLimits       | {\"host\":\"HOST\",\"repo_limit\":9,\"per_hour\":[1]} |"
            + " 400",
        "/admin/pds/changeLimits       | {\"host\":\"HOST\",\"repo_limit\":9,\"repo_limit\":8} |"
            + " 400",
        "/admin/pds/changeLimits       | {\"host\":\"HOST\",\"repo_limit\":9} {} | 400",
        "/admin/subs/killUpstream?host=HOST&block=perhaps | -                       | 400",
        "/admin/subs/setEnabled                | -                                  | 400",
        "/admin/subs/setEnabled?enabled=maybe  | -                                  | 400",
        "/admin/subs/setPerDayLimit?limit=-1   | -                                  | 400",
        "/admin/subs/setPerDayLimit?limit=9999999999999999999 | -                   | 400",
        "/admin/subs/banDomain                 | {\"domain\":\"com\"}               | 400",
        "/admin/subs/banDomain                 | {\"domain\":7}                     | 400",
        "/admin/subs/banDomain?domain=a.com    | -                                  | 400",
        "/admin/subs/unbanDomain               | {\"domain\":\"\"}                  | 400"
      })
  void hostileInput_changesNothing(String path, String body, int status) throws Exception {
    relay.follow(host);
    connected();
    String limits = list().replaceAll(".*(\"RepoLimit.*?),\"HasActive.*", "$1");

    HttpResponse<String> answer =
        post(
            path.replace("HOST", host.hostname()),
            body == null ? "" : body.replace("HOST", host.hostname()));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).startsWith("{\"error\":\"");
    assertThat(list()).contains(limits).contains("\"Blocked\":false");
    assertThat(relay.admin("/admin/subs/listDomainBans").body()).contains("[]");
    assertThat(relay.admin("/admin/subs/getEnabled").body()).contains("true");
    assertThat(relay.admin("/admin/subs/perDayLimit").body()).contains("50");
    connected();
  }

  /** Damage: what is asked by a method that only reads, by a form, or by a page of another site. */
  @Test
  void otherWaysToAsk_areRefused() throws Exception {
    relay.follow(host);
    connected();
    String block = "/admin/pds/block?host=" + host.hostname();
    assertThat(relay.admin(block).statusCode()).isEqualTo(405);
    HttpRequest.Builder request =
        relay
            .request(block)
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.PASSWORD))
            .header("Sec-Fetch-Site", "cross-site")
            .POST(BodyPublishers.noBody());
    assertThat(relay.send(request).statusCode()).isEqualTo(403);
    HttpRequest.Builder form =
        relay
            .request("/admin/subs/banDomain")
            .header("Authorization", RunningDaemon.basic("admin", RunningDaemon.PASSWORD))
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("{\"domain\":\"bad.example.com\"}"));
    assertThat(relay.send(form).statusCode()).isEqualTo(400);
    connected();
    assertThat(list()).contains("\"Blocked\":false");
  }
}
