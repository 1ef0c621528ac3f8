// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.AddressRefusedException;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SyncClientTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Did OTHER = Did.parse("did:plc:z72i7hdynmk6r22z27h6tvur");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Cid HEAD = Cid.ofDagCbor(new byte[] {1});
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private final XrpcServer server = new XrpcServer();
  private final List<Duration> waits = new ArrayList<>();
  private final SyncClient client = builder().build(server.address());

  private SyncClient.Builder builder() {
    return SyncClient.builder()
        .policy(AddressPolicy.dev())
        .clock(InstantSource.fixed(NOW))
        .sleeper(waits::add)
        .random(new Random(1));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void getRepoStatus_readsWhatIsThere() throws Exception { // SC-A1: unknown fields are ignored
    server.on(
        "getRepoStatus",
        XrpcServer.inTurn(
            XrpcServer.json(
                200,
                "{\"did\":\"%s\",\"active\":true,\"rev\":\"%s\",\"more\":[1]}".formatted(DID, REV)),
            XrpcServer.json(
                200, "{\"did\":\"%s\",\"active\":false,\"status\":\"takendown\"}".formatted(DID)),
            XrpcServer.json(200, "{\"did\":\"%s\",\"active\":false}".formatted(DID))));
    assertThat(client.getRepoStatus(DID)).isEqualTo(new RepoStatus(DID, AccountStatus.ACTIVE, REV));
    assertThat(client.getRepoStatus(DID))
        .isEqualTo(new RepoStatus(DID, AccountStatus.TAKENDOWN, null));
    assertThat(client.getRepoStatus(DID))
        .isEqualTo(new RepoStatus(DID, AccountStatus.INACTIVE, null));
    assertThat(server.requests.getFirst())
        .isEqualTo(
            "GET /xrpc/com.atproto.sync.getRepoStatus?did=did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz");
  }

  @Test
  void getLatestCommit_readsTheHead() throws Exception {
    server.on(
        "getLatestCommit",
        XrpcServer.json(200, "{\"cid\":\"%s\",\"rev\":\"%s\"}".formatted(HEAD, REV)));
    assertThat(client.getLatestCommit(DID)).isEqualTo(new RepoHead(HEAD, REV));
  }

  // Damage: an answer that is not what it should be taken for one, or for an error of ours.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"[]", "{}", "{\"cid\":\"x\",\"rev\":\"3jzfcijpj2z2a\"}", "<html>", "{\"cid\":1}"})
  void getLatestCommit_refusesWhatIsNone(String body) {
    server.on("getLatestCommit", XrpcServer.json(200, body));
    SyncClient once = builder().retries(RequestRetries.none()).build(server.address());
    assertThatThrownBy(() -> once.getLatestCommit(DID))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(XrpcException.class);
  }

  // SC-A0: the name counts, whatever the status, and pages of proxies have none.
  @ParameterizedTest
  @CsvSource({
    "400, RepoTakendown, TAKENDOWN",
    "403, RepoSuspended, SUSPENDED",
    "404, RepoNotFound, DELETED",
    "400, RepoDeactivated, DEACTIVATED",
    "404, RepoDeleted, DELETED",
    "403, RepoInactive, INACTIVE",
    "409, RepoNotSynchronized,",
    "418, Other,",
  })
  void errors_areNamed(int status, String name, AccountStatus account) {
    server.on(
        "getLatestCommit",
        XrpcServer.json(status, "{\"error\":\"%s\",\"message\":\"m\"}".formatted(name)));
    XrpcException refused =
        catchThrowableOfType(XrpcException.class, () -> client.getLatestCommit(DID));
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.error()).isEqualTo(name);
    assertThat(refused.accountStatus().orElse(null)).isEqualTo(account);
    assertThat(server.address().toString()).endsWith(refused.server());
    assertThat(waits).isEmpty(); // what a server says so will not change by asking again
  }

  @Test
  void errors_withoutANameHaveNone() {
    server.on(
        "getLatestCommit",
        XrpcServer.inTurn(
            XrpcServer.json(403, "<html>no</html>"),
            XrpcServer.json(403, "{\"error\":\"two words\\n\"}"),
            XrpcServer.bytes(413, new byte[0])));
    for (int i = 0; i < 3; i++) {
      XrpcException refused =
          catchThrowableOfType(XrpcException.class, () -> client.getLatestCommit(DID));
      assertThat(refused.error()).isEmpty();
      assertThat(refused).hasMessage("HTTP " + (i < 2 ? 403 : 413));
    }
  }

  @Test
  void retries_areBoundedAndWaitAsLongAsTheServerSays() throws Exception { // SC-75
    String date = "Fri, 15 Jan 2027 08:00:20 GMT"; // 20 s after NOW
    server.on(
        "getLatestCommit",
        XrpcServer.inTurn(
            XrpcServer.json(429, "", "Retry-After", "7"),
            XrpcServer.json(429, "", "ratelimit-reset", "1800000042"),
            XrpcServer.json(200, "{\"cid\":\"%s\",\"rev\":\"%s\"}".formatted(HEAD, REV)),
            XrpcServer.json(503, "", "Retry-After", date),
            XrpcServer.json(502, "")));
    assertThat(client.getLatestCommit(DID)).isEqualTo(new RepoHead(HEAD, REV));
    assertThat(waits).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(42));
    waits.clear();
    assertThatThrownBy(() -> client.getLatestCommit(DID)).hasMessage("HTTP 502");
    assertThat(waits).hasSize(2);
    assertThat(waits.getFirst()).isEqualTo(Duration.ofSeconds(20));
    assertThat(waits.getLast()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(server.requests).hasSize(6);
  }

  @Test
  void retries_leaveLongWaitsToTheCaller() { // SC-75: not a thread that sleeps for an hour
    server.on("getLatestCommit", XrpcServer.json(429, "", "Retry-After", "3600"));
    XrpcException refused =
        catchThrowableOfType(XrpcException.class, () -> client.getLatestCommit(DID));
    assertThat(refused.retryAfter()).contains(Duration.ofHours(1));
    assertThat(refused.isTemporary()).isTrue();
    assertThat(waits).isEmpty();
    assertThat(server.requests).hasSize(1);
  }

  // Damage: a wait that never ends, or one that overflows where it is added to a clock.
  @Test
  void errors_askForAnHourAtMost() { // SC-75
    String[][] headers = {
      {"Retry-After", "999999999"},
      {"Retry-After", "999999999999999999"},
      {"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"},
      {"ratelimit-reset", "99999999999"},
    };
    for (String[] header : headers) {
      server.on("getLatestCommit", XrpcServer.json(429, "", header));
      XrpcException refused =
          catchThrowableOfType(XrpcException.class, () -> client.getLatestCommit(DID));
      assertThat(refused.retryAfter()).contains(Duration.ofHours(1));
    }
  }

  @Test
  void retries_coverANetworkThatFails() {
    server.close();
    assertThatThrownBy(() -> client.getLatestCommit(DID)).isInstanceOf(IOException.class);
    assertThat(waits).hasSize(2);
  }

  @Test
  void listRepos_turnsThePages() { // SC-A1: an empty page need not be the last
    String row = "{\"did\":\"%s\",\"head\":\"%s\",\"rev\":\"%s\"%s}";
    server.on(
        "listRepos",
        XrpcServer.inTurn(
            XrpcServer.json(
                200,
                "{\"cursor\":\"a&b\",\"repos\":[%s,{\"did\":\"x\"},7]}"
                    .formatted(row.formatted(DID, HEAD, REV, ""))),
            XrpcServer.json(200, "{\"cursor\":\"c\",\"repos\":[]}"),
            XrpcServer.json(
                200,
                "{\"repos\":[%s]}"
                    .formatted(
                        row.formatted(
                            OTHER, HEAD, REV, ",\"active\":false,\"status\":\"deactivated\"")))));
    Pages<ListedRepo> repos = client.listRepos();
    assertThat(repos.next()).isEqualTo(new ListedRepo(DID, HEAD, REV, AccountStatus.ACTIVE));
    assertThat(repos.cursor()).isEqualTo("a&b");
    assertThat(repos.next()).isEqualTo(new ListedRepo(OTHER, HEAD, REV, AccountStatus.DEACTIVATED));
    assertThat(repos.hasNext()).isFalse();
    assertThat(repos.cursor()).isNull();
    assertThat(repos.unreadable()).isEqualTo(2);
    assertThat(server.requests)
        .containsExactly(
            "GET /xrpc/com.atproto.sync.listRepos?limit=1000",
            "GET /xrpc/com.atproto.sync.listRepos?limit=1000&cursor=a%26b",
            "GET /xrpc/com.atproto.sync.listRepos?limit=1000&cursor=c");
  }

  // Damage: a client that asks for ever.
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "5", "17"})
  void pages_findACircleOut(int length) {
    List<String> asked = new ArrayList<>();
    Pages<String> pages =
        new Pages<>(
            cursor -> {
              asked.add(String.valueOf(cursor));
              int at = cursor == null ? 3 : Integer.parseInt(cursor);
              return new Pages.Page<>(List.of(), 0, Integer.toString((at + 1) % length));
            },
            null);
    assertThatThrownBy(pages::hasNext)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("circle");
    assertThat(asked).hasSizeLessThanOrEqualTo(3 * length + 3);
  }

  @Test
  void listReposByCollection_andListHosts_read() throws Exception { // SC-77, SC-A3
    server.on(
        "listReposByCollection", XrpcServer.json(200, "{\"repos\":[{\"did\":\"" + DID + "\"}]}"));
    server.on(
        "listHosts",
        XrpcServer.json(
            200,
            "{\"hosts\":[{\"hostname\":\"a.example\",\"seq\":5,\"accountCount\":2,"
                + "\"status\":\"idle\"},{\"hostname\":\"b.example\",\"status\":\"odd\"}]}"));
    server.on("getHostStatus", XrpcServer.json(200, "{\"hostname\":\"a.example\"}"));
    assertThat(client.listReposByCollection(Nsid.parse("com.example.record")).next())
        .isEqualTo(DID);
    Pages<ListedHost> hosts = client.listHosts();
    assertThat(hosts.next())
        .isEqualTo(
            new ListedHost("a.example", HostStatus.IDLE, OptionalLong.of(5), OptionalLong.of(2)));
    ListedHost bare = new ListedHost("b.example", null, OptionalLong.empty(), OptionalLong.empty());
    assertThat(hosts.next()).isEqualTo(bare);
    assertThat(client.getHostStatus("a.example").hostname()).isEqualTo("a.example");
    assertThat(server.requests.getFirst())
        .isEqualTo(
            "GET /xrpc/com.atproto.sync.listReposByCollection"
                + "?collection=com.example.record&limit=1000");
  }

  @Test
  void requestCrawl_posts() throws Exception {
    List<String> bodies = new ArrayList<>();
    server.on(
        "requestCrawl",
        (body, to) -> {
          bodies.add(body);
          XrpcServer.json(200, "").give(body, to);
        });
    client.requestCrawl("pds.example.com");
    assertThat(bodies).containsExactly("{\"hostname\":\"pds.example.com\"}");
    server.on("requestCrawl", XrpcServer.json(400, "{\"error\":\"HostBanned\"}"));
    XrpcException banned =
        catchThrowableOfType(XrpcException.class, () -> client.requestCrawl("pds.example.com"));
    assertThat(banned.error()).isEqualTo("HostBanned");
  }

  @Test
  void getRepo_followsRedirectsWithinLimits() throws Exception { // SC-70
    byte[] car = new byte[100_000];
    new Random(3).nextBytes(car);
    try (XrpcServer pds = new XrpcServer()) {
      String there = pds.address() + "/xrpc/com.atproto.sync.getRepo?did=" + DID;
      server.on("getRepo", XrpcServer.json(307, "", "Location", there));
      pds.on("getRepo", XrpcServer.bytes(200, car));
      try (RepoDownload repo = client.getRepo(DID)) {
        assertThat(repo.stream().readAllBytes()).isEqualTo(car);
        assertThat(pds.address().toString()).endsWith(repo.server());
      }
      SyncClient small = builder().maxRepoBytes(99_999).build(server.address());
      try (RepoDownload repo = small.getRepo(DID)) {
        assertThatThrownBy(() -> repo.stream().readAllBytes())
            .hasMessage("repository of more than 99999 bytes");
      }
      String round = server.address() + "/xrpc/com.atproto.sync.getRepo?did=" + DID;
      server.on("getRepo", XrpcServer.json(302, "", "Location", round));
      server.requests.clear();
      assertThatThrownBy(() -> client.getRepo(DID)).isInstanceOf(XrpcException.class);
      assertThat(server.requests).hasSize(1 + AddressPolicy.MAX_REDIRECTS);
    }
  }

  @Test
  void everyRequest_isUnderThePolicy() { // ID-60: what a stranger's address leads to
    SyncClient client = SyncClient.open(server.address(), AddressPolicy.publicOnly());
    assertThatThrownBy(() -> client.at(server.address()).getLatestCommit(DID))
        .isInstanceOf(AddressRefusedException.class);
    assertThat(server.requests).isEmpty();
    assertThat(SyncClient.open("pds.example.com").server()).isEqualTo("pds.example.com");
    assertThat(client.at(URI.create("http://[::1]:2583")).server()).isEqualTo("[::1]:2583");
  }

  // Damage: the address of one account's server ends the following of all accounts.
  @Test
  void servers_thatHaveNoAddressAreAFailedRequest()
      throws Exception { // ID-34: what a parser let by
    URI strange = URI.create("https://xn--0.example.com");
    assertThatThrownBy(() -> client.at(strange)).isInstanceOf(IllegalArgumentException.class);
    try (RepoServers servers = RepoServers.of(client)) {
      assertThatThrownBy(() -> servers.getRepo(strange, DID)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> servers.getRepoStatus(strange, DID)).isInstanceOf(IOException.class);
    }
  }

  // Damage: a thread that reads on for five minutes from a client that was closed.
  @Test
  void close_endsADownload() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    server.on(
        "getRepo",
        (body, to) -> {
          to.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".getBytes(UTF_8));
          to.flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (RepoDownload repo = client.getRepo(DID)) {
      assertThat(repo.stream().read()).isEqualTo('{');
      client.at(server.address()).close(); // any of those that share the connections
      assertThatThrownBy(() -> repo.stream().read()).isInstanceOf(IOException.class);
    }
    over.countDown();
    server.on("getRepo", XrpcServer.bytes(200, new byte[] {7})); // it can be used on
    try (RepoDownload repo = client.getRepo(DID)) {
      assertThat(repo.stream().readAllBytes()).containsExactly(7);
    }
    assertThat(client.openDownloads()).isZero();
  }

  @Test
  void getRecord_givesTheProof() throws Exception { // SC-95
    server.on("getRecord", XrpcServer.bytes(200, new byte[] {1, 2}));
    assertThat(client.getRecord(DID, RecordPath.parse("com.example.record/a")))
        .isEqualTo(Bytes.wrap(new byte[] {1, 2}));
    assertThat(server.requests.getFirst()).endsWith("&collection=com.example.record&rkey=a");
  }

  @Test
  void answers_thatAreCompressedOrEndlessAreRefused() { // no small answer becomes a large one
    SyncClient once = builder().retries(RequestRetries.none()).build(server.address());
    server.on("getLatestCommit", XrpcServer.json(200, "{}", "Content-Encoding", "gzip"));
    assertThatThrownBy(() -> once.getLatestCommit(DID)).hasMessageContaining("compressed");
    server.on("getLatestCommit", XrpcServer.bytes(200, new byte[(8 << 20) + 1]));
    assertThatThrownBy(() -> once.getLatestCommit(DID)).hasMessageContaining("more than");
  }

  @Test
  void requests_haveALimitInTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    SyncClient hasty =
        builder()
            .retries(RequestRetries.none())
            .requestTimeout(Duration.ofMillis(200))
            .build(server.address());
    server.on(
        "getLatestCommit",
        (body, to) -> {
          to.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".getBytes(UTF_8));
          to.flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThatThrownBy(() -> hasty.getLatestCommit(DID)).isInstanceOf(InterruptedIOException.class);
    over.countDown();
  }
}
