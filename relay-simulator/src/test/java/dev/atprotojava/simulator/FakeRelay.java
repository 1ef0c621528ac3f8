// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The least that a demonstration can be shown with: it takes hosts, verifies what they send one
 * event at a time, forwards it under numbers of its own, and counts what it drops. It keeps
 * nothing. {@code FAKE_RELAY_FAULT} makes it do what a relay must not: {@code trust} everybody, or
 * {@code crash}.
 */
final class FakeRelay {
  private static final Pattern KEY = Pattern.compile("\"publicKeyMultibase\":\"([^\"]+)\"");
  private static final Pattern HOSTNAME = Pattern.compile("\"hostname\":\"([^\"]+)\"");

  private final SimulatedPds out = new SimulatedPds(0, 256 << 20);
  private final CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));
  private final FrameCodec codec = new FrameCodec();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Did, RepoState> states = new HashMap<>();
  private final Map<Did, PublicKey> keys = new HashMap<>();
  private final Map<String, Integer> drops = new TreeMap<>();
  private final URI plc;
  private final String fault;
  private int hosts;
  private int events;

  private FakeRelay(URI plc, String fault) {
    this.plc = plc;
    this.fault = fault;
  }

  public static void main(String[] args) {
    Demo.quiet();
    Map<String, String> env = System.getenv();
    if (!String.join(" ", args).equals("serve --dev")) {
      throw new IllegalArgumentException("serve --dev");
    }
    FakeRelay relay =
        new FakeRelay(
            URI.create(env.getOrDefault("RELAY_PLC_HOST", "")),
            env.getOrDefault("FAKE_RELAY_FAULT", ""));
    if (relay.fault.equals("crash")) {
      System.out.println("cannot start: the moon is full");
      System.exit(3);
    }
    String[] api = env.getOrDefault("RELAY_API_LISTEN", "").split(":");
    String[] metrics = env.getOrDefault("RELAY_METRICS_LISTEN", "").split(":");
    Undertow.builder()
        .setIoThreads(1)
        .setWorkerThreads(1)
        .addHttpListener(Integer.parseInt(api[1]), api[0], relay::handle)
        .addHttpListener(
            Integer.parseInt(metrics[1]),
            metrics[0],
            exchange -> exchange.getResponseSender().send(relay.metrics()))
        .build()
        .start();
  }

  private void handle(HttpServerExchange exchange) throws Exception {
    switch (exchange.getRequestPath()) {
      case "/xrpc/_health" -> HostEndpoints.json(exchange, 200, "{}");
      case "/xrpc/com.atproto.sync.requestCrawl" ->
          exchange
              .getRequestReceiver()
              .receiveFullString(
                  (e, body) -> {
                    Matcher hostname = HOSTNAME.matcher(body);
                    if (hostname.find()) {
                      crawl(hostname.group(1));
                    }
                    HostEndpoints.json(e, 200, "{}");
                  });
      case "/xrpc/com.atproto.sync.subscribeRepos" -> {
        HttpUpgradeListener upgraded =
            (connection, e) ->
                SubscriberConnection.start(
                    connection,
                    (cursor, wake) -> new LiveFeed(out.subscribe(cursor, wake)),
                    e.getQueryParameters().containsKey("cursor")
                        ? new Cursor.Oldest()
                        : new Cursor.Live());
        new WebSocketProtocolHandshakeHandler(Set.of(new Hybi13Handshake()), upgraded)
            .handleRequest(exchange);
      }
      default -> HostEndpoints.json(exchange, 404, "{}");
    }
  }

  private void crawl(String hostname) {
    URI url = URI.create("ws://" + hostname + "/xrpc/com.atproto.sync.subscribeRepos?cursor=0");
    Thread.ofPlatform()
        .start(
            () -> {
              try (SimulatedConsumer host = SimulatedConsumer.connect(url)) {
                synchronized (this) {
                  hosts++;
                }
                host.read(this::take);
              } catch (IOException gone) {
                System.err.println(hostname + ": " + gone);
              }
            });
  }

  private synchronized void take(StreamMessage message) {
    if (message.text()) {
      drop("TEXT_MESSAGE");
      return;
    }
    try {
      Bytes owned = Bytes.copyOf(message.payload().toByteArray());
      switch (codec.decode(owned)) {
        case Frame.Message(RepoEvent.Sequenced event) -> {
          String reason = fault.equals("trust") ? null : judge(event);
          if (reason == null) {
            forward(event.source());
          } else {
            drop(reason);
          }
        }
        case Frame.Invalid(_, var fieldFault) -> drop(fieldFault.name());
        case Frame.Message _, Frame.Unknown _, Frame.Error _ -> {}
      }
    } catch (FrameException e) {
      drop("FRAME_UNDECODABLE");
    }
  }

  private void drop(String reason) {
    drops.merge(reason, 1, Integer::sum);
  }

  private @Nullable String judge(RepoEvent.Sequenced event) {
    RepoState last = states.get(event.did());
    CommitFault stale = last == null ? null : verifier.checkStale(event, last);
    if (stale != null) {
      return stale.name();
    }
    CommitVerdict verdict =
        switch (event) {
          case RepoEvent.CommitEvent commit ->
              verifier.verify(commit, key(event.did()), last, Instant.now());
          case RepoEvent.SyncEvent sync ->
              verifier.verify(sync, key(event.did()), last, Instant.now());
          case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ -> null;
        };
    if (verdict instanceof CommitVerdict.Accept accept) {
      states.put(event.did(), accept.next());
    }
    return verdict instanceof CommitVerdict.Reject(CommitFault why) ? why.name() : null;
  }

  private PublicKey key(Did did) {
    return keys.computeIfAbsent(
        did,
        unknown -> {
          try {
            String document =
                http.send(
                        HttpRequest.newBuilder(plc.resolve("/" + unknown)).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher key = KEY.matcher(document);
            if (!key.find()) {
              throw new IllegalStateException(document);
            }
            return PublicKey.parseVerificationMethod("Multikey", key.group(1));
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void forward(EncodedFrame frame) {
    events++;
    out.append(seq -> new StreamMessage(seq, false, Frames.renumber(frame, (1L << 32) + seq)));
  }

  private synchronized String metrics() {
    StringBuilder page = new StringBuilder("# HELP relay_events_total Events.\n");
    page.append("relay_events_total{kind=\"all\"} ").append(events).append(".0\n");
    page.append("relay_consumers ").append(out.subscribers()).append('\n');
    page.append("relay_hosts{status=\"active\"} ").append(hosts).append('\n');
    drops.forEach(
        (reason, count) ->
            page.append("relay_drops_total{reason=\"%s\"} %d%n".formatted(reason, count)));
    return page.toString();
  }
}
