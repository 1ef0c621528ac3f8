// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import dev.atprotojava.daemon.config.Settings;
import dev.atprotojava.daemon.http.Routes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A daemon on free ports of the loopback, with all its parts, and a client of it. */
final class RunningDaemon implements AutoCloseable {
  static final String PASSWORD = "first:pass word";
  static final String OTHER_PASSWORD = "second";

  private final HttpClient client = HttpClient.newHttpClient();
  private final Daemon daemon;

  private RunningDaemon(Daemon daemon) {
    this.daemon = daemon;
  }

  /**
   * Starts one.
   *
   * @param data where its data is
   * @param plc its directory
   * @param more settings beyond those that a test needs
   */
  static RunningDaemon start(Path data, String plc, Map<Setting, String> more)
      throws InterruptedException {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.API_LISTEN, "127.0.0.1:0");
    settings.put(Setting.METRICS_LISTEN, "127.0.0.1:0");
    settings.put(Setting.PLC_HOST, plc);
    settings.put(Setting.DATABASE, "sqlite://" + data.resolve("relay.sqlite"));
    settings.put(Setting.PERSIST_DIR, data.resolve("log").toString());
    settings.put(Setting.DEV, "true");
    settings.putAll(more);
    return new RunningDaemon(
        Daemon.start(
            DaemonConfig.of(Settings.of(settings, Map.of())),
            List.of(new AdminKey("first", PASSWORD), new AdminKey("second", OTHER_PASSWORD)),
            Product.ofBuild(),
            fault -> {
              throw new AssertionError(fault);
            }));
  }

  Routes routes() {
    return daemon.routes();
  }

  HttpClient client() {
    return client;
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + daemon.apiAddress().getPort() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url(path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  HttpResponse<String> query(String nsid, String parameters)
      throws IOException, InterruptedException {
    return get("/xrpc/com.atproto.sync." + nsid + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  HttpResponse<String> requestCrawl(String path, String hostname, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"hostname\":\"" + hostname + "\"}"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  /** Has a host followed. */
  void follow(SampleHost host) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        requestCrawl("/xrpc/com.atproto.sync.requestCrawl", host.hostname());
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
  }

  HttpResponse<String> admin(String path) throws IOException, InterruptedException {
    return send(request(path).header("Authorization", basic("admin", PASSWORD)));
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  String metrics() throws IOException, InterruptedException {
    URI url = URI.create("http://127.0.0.1:" + daemon.metricsAddress().getPort() + "/metrics");
    return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
  }

  Firehose subscribe(String query) {
    return Firehose.open(client, url("/xrpc/com.atproto.sync.subscribeRepos" + query));
  }

  void stop() throws InterruptedException {
    daemon.stop();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
