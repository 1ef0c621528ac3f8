// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon;

import dev.atprotojava.daemon.firehose.SubscribeReposEndpoint;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.RequestLimits;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelaySurroundings;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.sync.client.WebSocketTransport;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;

/** All construction, from top to bottom: nothing is set later, nothing is looked up. */
final class DaemonWiring {
  private static final RequestLimits PUBLIC_PLC = new RequestLimits(64, 500, 20_000);
  private static final RequestLimits LOCAL_PLC = new RequestLimits(64, 20_000, 20_000);

  final Relay relay;
  final Undertow server;
  final CachingDirectory identities;

  DaemonWiring(DaemonConfig config) {
    boolean dev = config.relay().hosts().dev();
    String userAgent = "atproto-java-relay (atproto-relay)";
    AddressPolicy policy = dev ? AddressPolicy.dev() : AddressPolicy.publicOnly();
    HttpFetcher fetcher = HttpFetcher.builder().policy(policy).userAgent(userAgent).build();
    // The directory is the operator's choice, and may be a mirror beside the relay.
    HttpFetcher plcFetcher =
        HttpFetcher.builder().policy(AddressPolicy.dev()).userAgent(userAgent).build();
    List<PlcResolver> plc =
        config.plcDirectories().stream()
            .map(url -> PlcResolver.of(plcFetcher, url.toString(), policy))
            .toList();
    SecureRandom random = new SecureRandom();
    identities =
        CachingDirectory.builder(plc, WebDidResolver.of(fetcher))
            .maxEntries(config.relay().memory().identities())
            .plcLimits(dev ? LOCAL_PLC : PUBLIC_PLC)
            .build();
    OkHttpClient client =
        policy
            .applyTo(new OkHttpClient.Builder())
            .connectTimeout(Duration.ofSeconds(5))
            .readTimeout(Duration.ofSeconds(10))
            .build();
    RelaySurroundings world =
        new RelaySurroundings(
            new WebSocketTransport(client, userAgent, NanoClock.system(), random),
            new DaemonIdentities(identities),
            new DescribeServerProbe(
                client.newBuilder().callTimeout(Duration.ofSeconds(5)).build(), userAgent),
            InstantSource.system(),
            NanoClock.system(),
            random,
            DaemonWiring::halt);
    relay = Relay.open(config.relay(), world);
    HttpHandler routes =
        new PathHandler()
            .addExactPath(
                "/xrpc/com.atproto.sync.subscribeRepos",
                new SubscribeReposEndpoint(relay.consumers()))
            .addExactPath("/xrpc/_health", exchange -> exchange.getResponseSender().send("{}"))
            .addExactPath("/admin/pds/requestCrawl", this::requestCrawl);
    server =
        Undertow.builder()
            .addHttpListener(config.api().getPort(), config.api().getHostString())
            .setIoThreads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2))
            .setWorkerThreads(4)
            .setHandler(routes)
            .build();
  }

  private void requestCrawl(io.undertow.server.HttpServerExchange exchange) {
    if (exchange.isInIoThread()) {
      exchange.dispatch(this::requestCrawl);
      return;
    }
    exchange.startBlocking();
    try (var body = new InputStreamReader(exchange.getInputStream(), StandardCharsets.UTF_8)) {
      String text = body.readAllAsString();
      String host = text.replaceAll(".*\"hostname\"\\s*:\\s*\"([^\"]+)\".*", "$1").strip();
      exchange
          .getResponseSender()
          .send(Map.of("answer", relay.hosts().requestCrawl(host, true)).toString());
    } catch (java.io.IOException e) {
      exchange.setStatusCode(400);
    }
  }

  private static void halt(Throwable cause) {
    org.slf4j.LoggerFactory.getLogger(DaemonWiring.class).error("fatal", cause);
    Runtime.getRuntime().halt(70);
  }
}
