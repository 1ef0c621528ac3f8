// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.JsonException;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.AddressRefusedException;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.InvalidSyntaxException;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PDS or a relay what {@code com.atproto.sync} answers over HTTP (SC-A0 to SC-A6).
 *
 * <pre>{@code
 * try (SyncClient client = SyncClient.open("bsky.network")) {
 *   Pages<ListedRepo> repos = client.listRepos();
 *   while (repos.hasNext()) {
 *     System.out.println(repos.next().did());
 *   }
 * }
 * }</pre>
 *
 * <p><b>Errors.</b> What a server says instead of an answer is an {@link XrpcException}; everything
 * else that prevents one is another {@link IOException}. Failures that may pass are tried again as
 * {@link RequestRetries} says, so a call can take as long as its waits together.
 *
 * <p><b>Limits.</b> Every socket is under the {@link AddressPolicy}, also behind redirects, of
 * which {@value AddressPolicy#MAX_REDIRECTS} are followed (SC-70, T-73). A request takes at most 10
 * seconds and 8 MiB, a repository 300 seconds and 1 GiB, unless the builder says otherwise. Nothing
 * compressed is asked for or taken.
 *
 * <p>Answers are what a server says. What is proved is so only after {@link
 * dev.atprotojava.repo.RepoReader} or {@link dev.atprotojava.repo.RecordProofVerifier} has seen it.
 *
 * <p>Threads may share a client; requests run on the threads of their callers, which may be virtual
 * ones. An interrupt ends a request with an {@link InterruptedIOException}, and the thread stays
 * interrupted.
 */
public final class SyncClient implements AutoCloseable {
  private static final String SYNC = "com.atproto.sync.";
  private static final int MAX_JSON_BYTES = 8 << 20;
  private static final int MAX_ERROR_BYTES = 16 << 10;
  private static final CborLimits JSON = new CborLimits(MAX_JSON_BYTES, 32, 1 << 17, 1 << 13);
  private static final int MAX_PROOF_BYTES = 4 << 20;
  private static final MediaType JSON_TYPE = MediaType.get("application/json");
  private static final int PAGE_ROWS = 1000;

  private final Wiring wiring;
  private final HttpUrl server;

  /**
   * What the clients of several servers share.
   *
   * @param downloads those whose answer has begun: the dispatcher knows of them no more
   */
  private record Wiring(
      OkHttpClient client,
      OkHttpClient repos,
      Set<Call> downloads,
      long maxRepoBytes,
      String userAgent,
      RequestRetries retries,
      InstantSource clock,
      Sleeper sleeper,
      RandomGenerator random) {}

  private SyncClient(Wiring wiring, HttpUrl server) {
    this.wiring = wiring;
    this.server = server;
  }

  /** A client of a public host, with all defaults. */
  public static SyncClient open(String hostname) {
    return open(URI.create("https://" + hostname), AddressPolicy.publicOnly());
  }

  /**
   * A client of a server.
   *
   * @param server {@code https://host}, or {@code http://host:port} where the policy allows that
   * @param policy where connections may go
   */
  public static SyncClient open(URI server, AddressPolicy policy) {
    return builder().policy(policy).build(server);
  }

  /** A client to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A client of another server, with the same settings and connections. Closing either closes both.
   *
   * @throws IllegalArgumentException if that is no address of a server; one that a stranger names
   *     may be none for this client and yet one for a parser before it
   */
  public SyncClient at(URI other) {
    return new SyncClient(wiring, httpUrl(other));
  }

  private static HttpUrl httpUrl(URI server) {
    String text = server.toString();
    HttpUrl url = HttpUrl.parse(text.startsWith("ws") ? "http" + text.substring(2) : text);
    if (url == null) {
      throw new IllegalArgumentException("not the address of a server");
    }
    return url;
  }

  /** Host and, unless it is the scheme's own, port. */
  public String server() {
    return authority(server);
  }

  static String server(Response response) {
    return authority(response.request().url());
  }

  /** The name of a server as {@link #server()} and {@link XrpcException#server} give it. */
  static String server(URI address) {
    HttpUrl url = HttpUrl.parse(address.toString());
    return url == null ? String.valueOf(address.getRawAuthority()) : authority(url);
  }

  private static String authority(HttpUrl url) {
    String host = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
  }

  /** The whole repository of an account, which the caller closes: {@code getRepo}. */
  public RepoDownload getRepo(Did did) throws IOException {
    HttpUrl url = url("getRepo").addQueryParameter("did", did.toString()).build();
    Request request = request(url).header("Accept", "application/vnd.ipld.car").build();
    return retrying(
        () -> {
          Call call = wiring.repos.newCall(request);
          wiring.downloads.add(call);
          boolean open = false;
          try {
            RepoDownload repo =
                new RepoDownload(
                    execute(call), wiring.maxRepoBytes, () -> wiring.downloads.remove(call));
            open = true;
            return repo;
          } finally {
            if (!open) {
              wiring.downloads.remove(call);
            }
          }
        });
  }

  int openDownloads() {
    return wiring.downloads.size();
  }

  /**
   * The proof of a record, or that there is none, for a {@link
   * dev.atprotojava.repo.RecordProofVerifier}: {@code getRecord}. Most servers answer an absent
   * record with the error {@code RecordNotFound}, which proves nothing (SC-95).
   */
  public Bytes getRecord(Did did, RecordPath path) throws IOException {
    HttpUrl url =
        url("getRecord")
            .addQueryParameter("did", did.toString())
            .addQueryParameter("collection", path.collection().toString())
            .addQueryParameter("rkey", path.rkey().toString())
            .build();
    Request request = request(url).header("Accept", "application/vnd.ipld.car").build();
    return retrying(
        () -> {
          try (Response response = execute(wiring.client.newCall(request))) {
            return read(response, MAX_PROOF_BYTES);
          }
        });
  }

  /** The newest commit of an account: {@code getLatestCommit}. */
  public RepoHead getLatestCommit(Did did) throws IOException {
    MapValue answer = get(url("getLatestCommit").addQueryParameter("did", did.toString()).build());
    return parsed(
        () -> new RepoHead(Cid.parse(text(answer, "cid")), Tid.parse(text(answer, "rev"))));
  }

  /** The status of an account: {@code getRepoStatus}. */
  public RepoStatus getRepoStatus(Did did) throws IOException {
    MapValue answer = get(url("getRepoStatus").addQueryParameter("did", did.toString()).build());
    return parsed(
        () -> {
          String rev = answer.findText("rev");
          return new RepoStatus(
              Did.parse(text(answer, "did")), status(answer), rev == null ? null : Tid.parse(rev));
        });
  }

  /** All accounts of the server: {@code listRepos}. */
  public Pages<ListedRepo> listRepos() {
    return listRepos(null);
  }

  /** The same from a cursor of {@link Pages#cursor} on. */
  public Pages<ListedRepo> listRepos(@Nullable String cursor) {
    return pages(
        url("listRepos"),
        "repos",
        row ->
            new ListedRepo(
                Did.parse(text(row, "did")),
                Cid.parse(text(row, "head")),
                Tid.parse(text(row, "rev")),
                status(row)),
        cursor);
  }

  /** The accounts that have records of a collection: {@code listReposByCollection}. */
  public Pages<Did> listReposByCollection(Nsid collection) {
    return listReposByCollection(collection, null);
  }

  /** The same from a cursor of {@link Pages#cursor} on. */
  public Pages<Did> listReposByCollection(Nsid collection, @Nullable String cursor) {
    return pages(
        url("listReposByCollection").addQueryParameter("collection", collection.toString()),
        "repos",
        row -> Did.parse(text(row, "did")),
        cursor);
  }

  /** The hosts that a relay follows: {@code listHosts}. */
  public Pages<ListedHost> listHosts() {
    return listHosts(null);
  }

  /** The same from a cursor of {@link Pages#cursor} on. */
  public Pages<ListedHost> listHosts(@Nullable String cursor) {
    return pages(url("listHosts"), "hosts", SyncClient::host, cursor);
  }

  /** How a relay stands to a host: {@code getHostStatus}. */
  public ListedHost getHostStatus(String hostname) throws IOException {
    MapValue answer = get(url("getHostStatus").addQueryParameter("hostname", hostname).build());
    return parsed(() -> host(answer));
  }

  /** Asks a relay to follow a host: {@code requestCrawl}. */
  public void requestCrawl(String hostname) throws IOException {
    String body = DataModelJson.print(CborValue.map().put("hostname", hostname).build());
    Request request =
        request(url("requestCrawl").build()).post(RequestBody.create(body, JSON_TYPE)).build();
    retrying(
        () -> {
          try (Response response = execute(wiring.client.newCall(request))) {
            return response.code();
          }
        });
  }

  private HttpUrl.Builder url(String method) {
    return server.newBuilder().encodedPath("/xrpc/" + SYNC + method);
  }

  private Request.Builder request(HttpUrl url) {
    return new Request.Builder()
        .url(url)
        .header("Accept-Encoding", "identity")
        .header("User-Agent", wiring.userAgent);
  }

  private MapValue get(HttpUrl url) throws IOException {
    Request request = request(url).header("Accept", "application/json").build();
    return retrying(
        () -> {
          try (Response response = execute(wiring.client.newCall(request))) {
            return json(read(response, MAX_JSON_BYTES));
          }
        });
  }

  private <T> Pages<T> pages(
      HttpUrl.Builder url, String field, Function<MapValue, T> row, @Nullable String from) {
    HttpUrl first = url.addQueryParameter("limit", Integer.toString(PAGE_ROWS)).build();
    return new Pages<>(
        cursor -> {
          HttpUrl page =
              cursor == null
                  ? first
                  : first.newBuilder().addQueryParameter("cursor", cursor).build();
          return page(get(page), field, row);
        },
        from);
  }

  private static <T> Pages.Page<T> page(MapValue answer, String field, Function<MapValue, T> row)
      throws IOException {
    List<CborValue> values = answer.findArray(field);
    if (values == null) {
      throw new IOException("answer without " + field);
    }
    List<T> rows = new ArrayList<>(values.size());
    int unreadable = 0;
    for (CborValue value : values) {
      try {
        rows.add(row.apply((MapValue) value));
      } catch (InvalidSyntaxException
          | InvalidCidException
          | NullPointerException
          | ClassCastException e) {
        unreadable++;
      }
    }
    return new Pages.Page<>(rows, unreadable, answer.findText("cursor"));
  }

  private static ListedHost host(MapValue row) {
    String word = row.findText("status");
    HostStatus status = null;
    for (HostStatus known : HostStatus.values()) {
      status = known.wire().equals(word) ? known : status;
    }
    return new ListedHost(
        text(row, "hostname"), status, row.findInteger("seq"), row.findInteger("accountCount"));
  }

  private static AccountStatus status(MapValue row) {
    Boolean active = row.findBoolean("active");
    return AccountStatus.of(active == null || active, row.findText("status"));
  }

  /** A field that must be there; its absence is caught by {@link #parsed} and {@link #page}. */
  private static String text(MapValue answer, String field) {
    return Objects.requireNonNull(answer.findText(field), field);
  }

  private interface Parse<T> {
    T parse();
  }

  private static <T> T parsed(Parse<T> parse) throws IOException {
    try {
      return parse.parse();
    } catch (InvalidSyntaxException | InvalidCidException | NullPointerException e) {
      throw new IOException("answer with a field that is missing or not what it should be", e);
    }
  }

  private static MapValue json(Bytes body) throws IOException {
    try {
      if (DataModelJson.parse(body, JSON) instanceof MapValue map) {
        return map;
      }
    } catch (JsonException e) {
      throw new IOException("answer that is not JSON: " + e.getMessage(), e);
    }
    throw new IOException("answer that is no JSON object");
  }

  private static Bytes read(Response response, int maxBytes) throws IOException {
    BufferedSource body = response.body().source();
    if (response.body().contentLength() > maxBytes || body.request(maxBytes + 1L)) {
      throw new IOException("answer of more than " + maxBytes + " bytes");
    }
    return Bytes.wrap(body.readByteArray());
  }

  /** One request; the answer is one of success, and open. */
  private Response execute(Call call) throws IOException {
    Response response;
    try {
      response = call.execute();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception interruption) {
      // The client is written in Kotlin, and lets an InterruptedException out undeclared.
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    boolean taken = false;
    try {
      if (!response.isSuccessful()) {
        throw new XrpcException(
            response.code(), errorName(response), server(response), retryAfter(response));
      }
      if (!"identity".equalsIgnoreCase(response.header("Content-Encoding", "identity"))) {
        throw new IOException("answer that is compressed, though nobody asked");
      }
      taken = true;
      return response;
    } finally {
      if (!taken) {
        response.close();
      }
    }
  }

  private static String errorName(Response response) {
    try {
      String error = json(read(response, MAX_ERROR_BYTES)).findText("error");
      return error == null ? "" : error;
    } catch (IOException e) {
      return "";
    }
  }

  private @Nullable Duration retryAfter(Response response) {
    String seconds = response.header("Retry-After");
    if (seconds != null && seconds.matches("[0-9]{1,18}")) {
      return Duration.ofSeconds(Long.parseLong(seconds));
    }
    Instant until = response.headers().getInstant("Retry-After");
    String reset = response.header("ratelimit-reset");
    if (until == null && response.code() == 429 && reset != null && reset.matches("[0-9]{1,11}")) {
      until = Instant.ofEpochSecond(Long.parseLong(reset));
    }
    if (until == null) {
      return null;
    }
    return Duration.between(wiring.clock.instant(), until);
  }

  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T retrying(Attempt<T> attempt) throws IOException {
    RequestRetries retries = wiring.retries;
    for (int failures = 1; ; failures++) {
      try {
        return attempt.run();
      } catch (IOException e) {
        boolean hopeless =
            e instanceof AddressRefusedException
                || (e instanceof XrpcException said && !said.isTemporary());
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (hopeless || interrupted || failures == retries.attempts()) {
          throw e;
        }
        Duration asked =
            e instanceof XrpcException said
                ? said.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
        if (asked.compareTo(retries.longest()) > 0) {
          throw e;
        }
        Duration wait = retries.waitAfter(failures, wiring.random);
        sleep(wait.compareTo(asked) < 0 ? asked : wait);
      }
    }
  }

  private void sleep(Duration wait) throws InterruptedIOException {
    try {
      wiring.sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Ends the requests and downloads that are under way, and the connections. */
  @Override
  public void close() {
    for (OkHttpClient client : List.of(wiring.client, wiring.repos)) {
      client.dispatcher().cancelAll();
      client.connectionPool().evictAll();
    }
    wiring.downloads.forEach(Call::cancel);
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private AddressPolicy policy = AddressPolicy.publicOnly();
    private String userAgent = "atproto-sync-client (Java)";
    private RequestRetries retries = RequestRetries.defaults();
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration repoTimeout = Duration.ofMinutes(5);
    private long maxRepoBytes = 1L << 30;
    private InstantSource clock = InstantSource.system();
    private Sleeper sleeper = Thread::sleep;
    private RandomGenerator random = new SecureRandom();

    private Builder() {}

    /** Where connections may go; without a word, {@link AddressPolicy#publicOnly}. */
    public Builder policy(AddressPolicy addressPolicy) {
      this.policy = addressPolicy;
      return this;
    }

    /** How the client names itself; please say how to reach you. */
    public Builder userAgent(String name) {
      this.userAgent = name;
      return this;
    }

    /** What is tried again. */
    public Builder retries(RequestRetries requestRetries) {
      this.retries = requestRetries;
      return this;
    }

    /** The longest time for a request, from the look-up of the name to the last byte. */
    public Builder requestTimeout(Duration timeout) {
      this.requestTimeout = timeout;
      return this;
    }

    /** The longest time for a repository, from the look-up of the name to the last byte. */
    public Builder repoTimeout(Duration timeout) {
      this.repoTimeout = timeout;
      return this;
    }

    /** The most bytes of a repository. */
    public Builder maxRepoBytes(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException(bytes + " bytes");
      }
      this.maxRepoBytes = bytes;
      return this;
    }

    Builder clock(InstantSource source) {
      this.clock = source;
      return this;
    }

    Builder sleeper(Sleeper other) {
      this.sleeper = other;
      return this;
    }

    Builder random(RandomGenerator source) {
      this.random = source;
      return this;
    }

    /**
     * The client of a server; {@code wss} and {@code ws} read as {@code https} and {@code http}.
     */
    public SyncClient build(URI server) {
      OkHttpClient.Builder http =
          new OkHttpClient.Builder()
              .connectTimeout(Duration.ofSeconds(5))
              .readTimeout(Duration.ofSeconds(10))
              .callTimeout(requestTimeout)
              // Only asked for the calls that are under way: requests run on their callers.
              .dispatcher(new Dispatcher())
              .connectionPool(new ConnectionPool(16, 30, TimeUnit.SECONDS))
              // In front of the policy's interceptor, which then sees each hop.
              .addInterceptor(AddressPolicy.redirects(AddressPolicy.MAX_REDIRECTS));
      OkHttpClient client = policy.applyTo(http).build();
      OkHttpClient repos =
          client.newBuilder().callTimeout(repoTimeout).readTimeout(Duration.ofSeconds(30)).build();
      return new SyncClient(
          new Wiring(
              client,
              repos,
              ConcurrentHashMap.newKeySet(),
              maxRepoBytes,
              userAgent,
              retries,
              clock,
              sleeper,
              random),
          httpUrl(server));
    }
  }
}
