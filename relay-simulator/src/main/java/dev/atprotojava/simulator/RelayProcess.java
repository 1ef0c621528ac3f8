// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A relay as a child process: the launcher's {@code serve --dev} with ports of its own, and what a
 * stranger can ask of it over HTTP and from the system. Its output goes to {@code relay.log} in its
 * directory.
 */
final class RelayProcess implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final int LAST_WORDS = 12;

  private final Process process;
  private final Path log;
  private final URI api;
  private final URI metrics;
  private final HttpClient http;

  private RelayProcess(Process process, Path log, URI api, URI metrics) {
    this.process = process;
    this.log = log;
    this.api = api;
    this.metrics = metrics;
    this.http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  }

  /**
   * Starts a relay.
   *
   * @param launcher the program, which is called with {@code serve --dev}
   * @param directory where it keeps everything; made if it is not there
   * @param plc its directory of DIDs
   * @throws IOException if the program cannot be started
   */
  static RelayProcess start(Path launcher, Path directory, URI plc) throws IOException {
    Files.createDirectories(directory);
    URI api = URI.create("http://127.0.0.1:" + freePort());
    URI metrics = URI.create("http://127.0.0.1:" + freePort());
    Path log = directory.resolve("relay.log");
    ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "serve", "--dev");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().remove("RELAY_LAUNCHER"); // ours, and not a setting of the relay
    builder
        .environment()
        .putAll(
            Map.of(
                "RELAY_API_LISTEN", api.getAuthority(),
                "RELAY_METRICS_LISTEN", metrics.getAuthority(),
                "RELAY_PLC_HOST", plc.toString(),
                "DATABASE_URL", "sqlite://" + directory.resolve("relay.sqlite"),
                "RELAY_PERSIST_DIR", directory.resolve("persist").toString(),
                "RELAY_ADMIN_PASSWORD", "simulator",
                "RELAY_TRUSTED_DOMAINS", "*"));
    Process process = builder.start();
    process.getOutputStream().close(); // it has nothing to read
    return new RelayProcess(process, log, api, metrics);
  }

  /** A port that is free now, and that nobody is likely to take within the next second. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it answers XRPC: {@code http://127.0.0.1:PORT}. */
  URI api() {
    return api;
  }

  /** Where its metrics are: {@code http://127.0.0.1:PORT/metrics}. */
  URI metricsUrl() {
    return metrics.resolve("/metrics");
  }

  /** Its firehose. */
  URI firehose() {
    return URI.create("ws://" + api.getAuthority() + "/xrpc/com.atproto.sync.subscribeRepos");
  }

  /**
   * Waits until it is well, tells it of every host, and waits until it follows them.
   *
   * @param followed whether it does
   * @throws ProgramFailure if it does not in time, or ends, or somebody stops the program
   */
  void introduce(SimulatedNetwork network, Waiting waiting, BooleanSupplier followed)
      throws IOException, InterruptedException, ProgramFailure {
    await(waiting, "the relay did not become healthy", this::isHealthy);
    for (SimulatedPds host : network.hosts()) {
      requestCrawl(host.hostname());
    }
    await(waiting, "the relay did not subscribe to every host", followed::getAsBoolean);
  }

  private void await(Waiting waiting, String otherwise, Waiting.Condition condition)
      throws InterruptedException, ProgramFailure {
    boolean holds =
        waiting.until(
            START,
            () -> {
              requireRunning();
              return condition.holds();
            });
    if (!holds) {
      throw new ProgramFailure(waiting.isStopped() ? "stopped" : otherwise + lastWords());
    }
  }

  private boolean isHealthy() throws InterruptedException {
    try {
      return send(HttpRequest.newBuilder(api.resolve("/xrpc/_health"))).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private void requestCrawl(String hostname)
      throws IOException, InterruptedException, ProgramFailure {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(api.resolve("/xrpc/com.atproto.sync.requestCrawl"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"hostname\":\"" + hostname + "\"}")));
    if (answer.statusCode() != 200) {
      String why = answer.body().substring(0, Math.min(200, answer.body().length()));
      throw new ProgramFailure(
          "the relay refused host "
              + hostname
              + ": HTTP status "
              + answer.statusCode()
              + " "
              + why);
    }
  }

  /** Its metrics; nothing if there are none to be had now. */
  PrometheusText metrics() throws InterruptedException {
    try {
      return PrometheusText.parse(send(HttpRequest.newBuilder(metricsUrl())).body());
    } catch (IOException notNow) {
      return new PrometheusText(List.of());
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.timeout(ANSWER).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /**
   * Sees to it that it runs.
   *
   * @throws ProgramFailure if it has ended
   */
  void requireRunning() throws ProgramFailure {
    if (!process.isAlive()) {
      throw new ProgramFailure(
          "the relay has ended with exit code " + process.exitValue() + lastWords());
    }
  }

  /** The last lines that it wrote, each on a line of its own. */
  String lastWords() {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.toList();
      List<String> last = all.subList(Math.max(0, all.size() - LAST_WORDS), all.size());
      return last.isEmpty() ? "" : ". Its last words:\n  " + String.join("\n  ", last);
    } catch (IOException noLog) {
      return "";
    }
  }

  /** The processor time that it and its descendants have taken, in steps of 10 ms. */
  Duration cpu() {
    return tree()
        .flatMap(handle -> handle.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** The memory that it and its descendants hold, in bytes; 0 where the system does not say. */
  long residentBytes() {
    return tree().mapToLong(handle -> residentBytes(handle.pid())).sum();
  }

  private Stream<ProcessHandle> tree() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }

  /** The line {@code VmRSS: 123456 kB} of proc(5). */
  private static long residentBytes(long pid) {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .sum();
    } catch (IOException | RuntimeException goneOrAnotherSystem) {
      return 0;
    }
  }

  /** Stops it as an operator does, and by force if it does not hear. */
  @Override
  public void close() {
    List<ProcessHandle> all = tree().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}
