// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.kill;

import dev.atprotojava.simulator.SimulatedPds;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The relay in a JVM of its own, as often as it is started: always on the same data and the same
 * ports. Belongs to one thread.
 */
final class ChildRelay implements AutoCloseable {
  private static final String PASSWORD = "not-a-secret";
  private static final String STORE = "relay.sqlite";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int POLL_MILLIS = 10;

  private final Path directory;
  private final Path said;
  private final URI plc;
  private final URI api;
  private final URI metrics;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private @Nullable Process process;

  ChildRelay(Path directory, URI plc, RandomGenerator random) throws IOException {
    this.directory = directory;
    this.said = directory.resolve("relay.log");
    this.plc = plc;
    int first = 20_000 + random.nextInt(10_000);
    int apiPort = freePort(first);
    this.api = URI.create("http://127.0.0.1:" + apiPort);
    this.metrics = URI.create("http://127.0.0.1:" + freePort(apiPort + 1));
  }

  /**
   * The first free port from here on. Below the range that systems give to outgoing connections,
   * one of which could have the port when the relay wants it back.
   */
  private static int freePort(int first) throws IOException {
    for (int port = first; ; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        if (port == first + 1_000) {
          throw taken;
        }
      }
    }
  }

  /** Its firehose. */
  URI firehose() {
    return URI.create("ws://" + api.getAuthority() + "/xrpc/com.atproto.sync.subscribeRepos");
  }

  /** Starts it, and does not wait for anything. */
  void start() throws IOException, URISyntaxException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it never lives long enough for more
            "-Xmx192m",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + directory, // where native libraries are unpacked, and left
            "-cp",
            classPath(),
            "dev.atprotojava.daemon.Main",
            "serve",
            "--dev");
    builder.environment().keySet().removeIf(name -> name.startsWith("RELAY_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "RELAY_API_LISTEN", api.getAuthority(),
                "RELAY_METRICS_LISTEN", metrics.getAuthority(),
                "RELAY_PLC_HOST", plc.toString(),
                "DATABASE_URL", "sqlite://" + directory.resolve(STORE),
                "RELAY_PERSIST_DIR", directory.resolve("persist").toString(),
                "RELAY_ADMIN_PASSWORD", PASSWORD,
                "RELAY_TRUSTED_DOMAINS", "*"));
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()));
    process = builder.start();
  }

  /** The tests' class path but for the tests, whose configuration is not the relay's. */
  private static String classPath() throws URISyntaxException {
    Path tests =
        Path.of(ChildRelay.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !Path.of(entry).equals(tests))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Waits until it is well. */
  void awaitHealthy() throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!isHealthy()) {
      live(Duration.ofMillis(POLL_MILLIS));
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("the relay did not become healthy. " + lastWords());
      }
    }
  }

  private boolean isHealthy() throws InterruptedException {
    try {
      return send(HttpRequest.newBuilder(api.resolve("/xrpc/_health"))).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Tells it of a host, as an administrator. */
  void requestCrawl(SimulatedPds host) throws IOException, InterruptedException {
    byte[] credentials = ("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8);
    String body = "{\"hostname\":\"" + host.hostname() + "\"}";
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(api.resolve("/admin/pds/requestCrawl"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    if (answer.statusCode() != 200) {
      throw new IOException("requestCrawl: HTTP status " + answer.statusCode());
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.timeout(ANSWER).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** Lets it run for a while, which it has to survive. */
  void live(Duration time) throws InterruptedException {
    if (process == null || process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("the relay has ended by itself. " + lastWords());
    }
  }

  /** Waits until it writes to its store: the first that changes is SQLite's write-ahead log. */
  void awaitStoreWrite(Duration limit) throws IOException, InterruptedException {
    Path writeAhead = directory.resolve(STORE + "-wal");
    FileTime before = Files.getLastModifiedTime(writeAhead);
    long deadline = System.nanoTime() + limit.toNanos();
    while (Files.getLastModifiedTime(writeAhead).equals(before)) {
      live(Duration.ofMillis(1));
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("the relay does not write its store. " + lastWords());
      }
    }
  }

  /** Kills it in the middle of whatever it does: SIGKILL, which no process can see coming. */
  void kill() throws InterruptedException {
    live(Duration.ZERO);
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  /** All that it has said, in all its lives. */
  List<String> said() throws IOException {
    return Files.readAllLines(said, StandardCharsets.UTF_8);
  }

  private String lastWords() {
    try {
      List<String> all = said();
      return "Its last words: " + all.subList(Math.max(0, all.size() - 12), all.size());
    } catch (IOException none) {
      return "It said nothing.";
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    http.shutdownNow();
  }
}
