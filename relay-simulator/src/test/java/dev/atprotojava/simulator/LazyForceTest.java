// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.host.CrawlAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is not surely on disk holds memory of its host, under every policy of forcing. */
@Timeout(60)
class LazyForceTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int EVENTS = 200;

  @TempDir private Path data;

  /** Damage: a log that is never forced, so that hosts wait for memory that is never given back. */
  @ParameterizedTest
  @EnumSource(FsyncPolicy.class)
  void hosts_goOn(FsyncPolicy fsync) throws Exception {
    VirtualClock clock = new VirtualClock(Networks.START);
    SimulatedNetwork network = new SimulatedNetwork(new NetworkShape(3, 1, 2, 0.5), clock);
    SimulatedTraffic people = new SimulatedTraffic(network, 3);
    SimulatedPds host = network.hosts().getFirst();
    LogOptions options =
        new LogOptions(fsync, 1 << 20, Duration.ofDays(1), 0, LogOptions.LOWEST_SEQ);
    try (SimulatedServers servers = SimulatedServers.start(network)) {
      InProcessRelay relay =
          new InProcessRelay(data, servers.plc(), clock, did -> Optional.empty(), options);
      assertThat(relay.crawl(host)).isEqualTo(CrawlAnswer.ADDED);
      people.introduce(network.account(0)).events().forEach(host::append);
      for (int i = 0; i < EVENTS; i++) {
        clock.advance(Duration.ofMillis(1));
        people.act(network.account(0)).events().forEach(host::append);
      }
      long start = System.nanoTime();
      while (!relay.isDone(host)) { // durable, which is what gives the memory back
        assertThat(relay.fatal()).isNull();
        assertThat(System.nanoTime() - start).isLessThan(PATIENCE_NANOS);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      relay.stop();
    }
  }
}
