// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.RequestLimits;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedPds;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.simulator.SimulatedTraffic;
import dev.atprotojava.simulator.VirtualClock;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.Delivery;
import dev.atprotojava.sync.client.InMemoryRepoStateStore;
import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedEvent;
import dev.atprotojava.sync.client.VerifiedFirehose;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What a {@code VerifiedFirehose} takes in from a server that sends as fast as it is read, over a
 * socket of this machine: verified, handed over, acknowledged, stored. The server is in the same
 * process, so its part of the CPU counts too.
 *
 * <p>Twice with a store in memory, of which the first warms up, and once with SQLite. The accounts
 * introduce themselves within what is sent, so nothing is fetched; each run must hand over as many
 * changes as the others.
 *
 * <pre>
 *   java -XX:+UseSerialGC -Xmx1g -cp "benchmarks/target/classes:benchmarks/target/lib/*" \
 *       dev.atprotojava.benchmarks.FirehoseRun
 * </pre>
 */
public final class FirehoseRun {
  private static final int ACCOUNTS = 1_000;
  private static final int STEPS = 60_000;
  private static final long WINDOW_BYTES = 512L << 20;
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final SimulatedNetwork network;
  private final SimulatedPds host;
  private final long lastSeq;

  private FirehoseRun() {
    VirtualClock clock = new VirtualClock(Instant.now().minus(Duration.ofHours(1)));
    network = new SimulatedNetwork(NetworkShape.of(1, 1, ACCOUNTS), clock, WINDOW_BYTES);
    host = network.hosts().getFirst();
    SimulatedTraffic people = new SimulatedTraffic(network, 2);
    for (int i = 0; i < STEPS; i++) {
      clock.advance(Duration.ofMillis(10));
      people.next().events().forEach(this::append);
    }
    lastSeq = host.lastSeq();
  }

  private void append(FrameBody.Event event) {
    host.append(event);
  }

  /** Runs. */
  public static void main(String[] args) throws Exception {
    FirehoseRun run = new FirehoseRun();
    try (SimulatedServers servers = SimulatedServers.start(run.network)) {
      long changes = run.follow(servers, "in memory, cold", new InMemoryRepoStateStore());
      check(changes, run.follow(servers, "in memory", new InMemoryRepoStateStore()));
      Path directory = Files.createTempDirectory("firehose-run-");
      try {
        RepoStateStore sqlite = SqliteRepoStateStore.open(directory.resolve("state.sqlite"));
        check(changes, run.follow(servers, "SQLite", sqlite));
      } finally {
        delete(directory);
      }
    }
  }

  private static void check(long expected, long changes) {
    if (changes != expected) {
      throw new IllegalStateException(changes + " changes, and before " + expected);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private long follow(SimulatedServers servers, String name, RepoStateStore store)
      throws InterruptedException {
    HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long changes = 0;
    try (store;
        CachingDirectory identities =
            CachingDirectory.builder(
                    List.of(PlcResolver.of(http, servers.plc().toString(), AddressPolicy.dev())),
                    WebDidResolver.of(http))
                .plcLimits(new RequestLimits(16, 1_000_000, 100_000))
                .build()) {
      long began = System.nanoTime();
      long ended = began;
      long cpu = process.getProcessCpuTime();
      long used = 0;
      URI address = URI.create("ws://" + host.hostname());
      try (VerifiedFirehose firehose =
          VerifiedFirehose.builder(address, store)
              .policy(AddressPolicy.dev())
              .identities(identities)
              .from(new Cursor.Oldest())
              .open()) {
        Delivery delivery = firehose.poll(QUIET);
        while (delivery != null) {
          if (delivery.event() instanceof VerifiedEvent.RecordChange) {
            changes++;
          }
          delivery.ack();
          ended = System.nanoTime();
          used = process.getProcessCpuTime() - cpu;
          delivery = firehose.poll(QUIET);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %d events, %d changes of records; %.0f events/s, %.0f µs of CPU each%n",
          name,
          lastSeq,
          changes,
          lastSeq * 1e9 / (ended - began),
          used / 1e3 / lastSeq);
    } finally {
      http.close();
    }
    return changes;
  }
}
