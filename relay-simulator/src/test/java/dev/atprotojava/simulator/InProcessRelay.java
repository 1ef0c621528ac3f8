// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.relay.DirectoryIdentities;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.RelaySurroundings;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.host.HostControl;
import dev.atprotojava.relay.host.HostView;
import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.host.TrustedDomains;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.sync.client.WebSocketTransport;
import dev.atprotojava.syntax.Did;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A whole relay in this process but for its HTTP server: hosts and directory over loopback, log and
 * store in a directory, one consumer.
 */
final class InProcessRelay {
  private static final String NAME = "test";

  private final OkHttpClient client =
      AddressPolicy.dev().applyTo(new OkHttpClient.Builder()).build();
  private final HttpFetcher fetcher;
  private final CachingDirectory directory;
  private final InProcessConsumer consumer = new InProcessConsumer();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
  private final Relay relay;

  InProcessRelay(Path data, URI plc, InstantSource clock)
      throws InterruptedException, ExecutionException {
    this(data, plc, clock, did -> Optional.empty(), LogOptions.defaults());
  }

  /**
   * A relay on its data.
   *
   * @param statuses what hosts answer when they are asked for an account's status
   * @param log how its log is kept
   */
  InProcessRelay(
      Path data,
      URI plc,
      InstantSource clock,
      Function<Did, Optional<AccountStatus>> statuses,
      LogOptions log)
      throws InterruptedException, ExecutionException {
    fetcher = HttpFetcher.builder().policy(AddressPolicy.dev()).userAgent(NAME).build();
    directory =
        CachingDirectory.builder(
                List.of(PlcResolver.of(fetcher, plc.toString(), AddressPolicy.dev())),
                WebDidResolver.of(fetcher))
            .build();
    RelayConfig defaults = RelayConfig.defaults(data);
    RelayConfig config =
        new RelayConfig(
            defaults.database(),
            defaults.logDirectory(),
            log,
            defaults.memory(),
            2,
            new Hosts.Policy(true, new TrustedDomains(List.of("*")), 10, 100, false),
            Duration.ofMillis(100));
    Random random = new Random(1);
    relay =
        Relay.open(
            config,
            new RelaySurroundings(
                new WebSocketTransport(client, NAME, NanoClock.system(), random),
                new DirectoryIdentities(directory, InstantSource.system()),
                (_, _, did, whenDone) -> whenDone.accept(statuses.apply(did)),
                (_, _) -> {},
                clock,
                NanoClock.system(),
                random,
                fatal::set));
    relay.start();
    consumer.open(relay.consumers());
  }

  /** Has it follow a host, from the host's first message. */
  CrawlAnswer crawl(SimulatedPds host) {
    return relay.hosts().requestCrawl(host.hostname(), true);
  }

  /** What its operator decides about hosts. */
  HostControl control() {
    return relay.hostControl();
  }

  /** What it would have dropped of a host within a day, if all checks counted. */
  Map<DropReason, Long> wouldDrop(SimulatedPds host, Instant now) {
    return relay.wouldDrop(view(host).id(), now.minus(Duration.ofDays(1)));
  }

  /** What the consumer has received. */
  List<Bytes> messages() {
    return consumer.messages();
  }

  /** What the relay says of a host. */
  HostView view(SimulatedPds host) {
    return relay.hosts().find(host.hostname()).orElseThrow();
  }

  /** Whether every message of a host is durable or dropped. */
  boolean isDone(SimulatedPds host) {
    HostView view = view(host);
    return view.seq() == host.lastSeq() && view.underWay() == 0;
  }

  /** What it has dropped, by reason. */
  Map<DropReason, Long> drops() {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      long count = relay.counters().drops(reason);
      if (count > 0) {
        drops.put(reason, count);
      }
    }
    return drops;
  }

  /** The relay itself. */
  Relay relay() {
    return relay;
  }

  /** Why it could not go on; null if it can. */
  @Nullable Throwable fatal() {
    return fatal.get();
  }

  /** Ends everything that it began. */
  void stop() throws InterruptedException {
    relay.stop();
    consumer.close();
    directory.close();
    fetcher.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
