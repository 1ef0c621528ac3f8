// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedPds;
import dev.atprotojava.simulator.SimulatedPlc;
import dev.atprotojava.simulator.SimulatedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty times kill -9, at moments that nobody chose, while hosts go on sending: nothing that was
 * emitted is lost, nothing is emitted twice, no {@code seq} is used again (invariants 1, 2 and 4).
 *
 * <p>Damage: whatever becomes visible before it is durable or is forgotten before it is applied; a
 * number that is given out again; a host's cursor that runs ahead; a repeat that is taken for
 * something new. A failure names its seed, and {@code -Dkill.seed=N} goes through the same kills;
 * how far the relay is at each of them is up to the machine.
 */
class RelayKillTest {
  private static final int HOSTS = 4;
  private static final int ACCOUNTS = 240;
  private static final int EVENTS_PER_SECOND = 300;
  private static final int BACKLOG = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What goes on when the relay is killed. */
  private enum Moment {
    /** The consumer reads, and the relay is busy with what the hosts sent while it was dead. */
    BEHIND(6),
    /** The consumer reads, and every event is passed on as it comes. */
    LIVE(4),
    /** The consumer reads, and the states of accounts and hosts are being written to the store. */
    FLUSHING(2),
    /**
     * The consumer reads; many events wait for the identity of their account, others have passed
     * them, and the store has been written in the meantime.
     */
    PARKING(2),
    /** The consumer is away; what was emitted meanwhile it can only know from the log. */
    AWAY(3),
    /** The relay has just been started, and may be anywhere in its recovery. */
    STARTING(3);

    final int times;

    Moment(int times) {
      this.times = times;
    }
  }

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  private final long seed = Long.getLong("kill.seed", new Random().nextLong() >>> 32);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final EventLedger ledger = new EventLedger();
  private Duration startTime = Duration.ofSeconds(1);

  @Test
  @Timeout(300)
  void kill_twentyTimesUnderLoad_losesRepeatsAndRenumbersNothing(TestReporter reporter)
      throws Exception {
    reporter.publishEntry("kill.seed", Long.toString(seed));
    NetworkShape shape = NetworkShape.of(seed, HOSTS, ACCOUNTS);
    SimulatedNetwork network = new SimulatedNetwork(shape, InstantSource.system());
    try (SimulatedServers servers = SimulatedServers.start(network);
        ChildRelay relay = new ChildRelay(directory, servers.plc(), random);
        SteadyTraffic traffic = new SteadyTraffic(network, ledger, seed, EVENTS_PER_SECOND)) {
      firstLife(relay, network);
      for (Moment moment : moments()) {
        killAt(moment, relay, network.plc());
        assertThat(ledger.violations()).as("seed %d, %s", seed, moment).isEmpty();
      }
      relay.start();
      relay.awaitHealthy();
      try (Reader _ = resume(relay)) {
        traffic.end();
        ledger.awaitSeen(ledger.sentCount(), PATIENCE);
      }
      assertThat(ledger.violations()).as("seed %d", seed).isEmpty();
      assertThat(ledger.missing()).as("seed %d, sent and not seen", seed).isEmpty();
      assertAnotherConsumerSeesTheSame(relay);
      assertThat(relay.said())
          .as("seed %d", seed)
          .noneMatch(line -> line.contains(" ERROR ") || line.contains("Exception"));
    }
  }

  /** The first start, and the only time that the relay is told of its hosts. */
  private void firstLife(ChildRelay relay, SimulatedNetwork network) throws Exception {
    long start = System.nanoTime();
    relay.start();
    relay.awaitHealthy();
    startTime = Duration.ofNanos(System.nanoTime() - start);
    for (SimulatedPds host : network.hosts()) {
      relay.requestCrawl(host);
    }
    try (Reader reader = resume(relay)) {
      awaitMore(1);
      relay.kill();
      reader.awaitEnd();
    }
  }

  private List<Moment> moments() {
    List<Moment> all = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      all.addAll(Collections.nCopies(moment.times, moment));
    }
    all.removeFirst(); // it was the first kill, without which nothing else is a restart
    Collections.shuffle(all, new Random(seed));
    return all;
  }

  private void killAt(Moment moment, ChildRelay relay, SimulatedPlc plc) throws Exception {
    relay.start();
    switch (moment) {
      case STARTING -> {
        relay.live(upTo(startTime));
        relay.kill();
      }
      case AWAY -> {
        relay.awaitHealthy();
        relay.live(upTo(Duration.ofMillis(900)));
        relay.kill();
      }
      case PARKING -> {
        relay.awaitHealthy();
        try (Reader reader = resume(relay)) {
          awaitMore(1);
          plc.down(true);
          relay.live(RelayConfig.defaults(directory).flushInterval().plusSeconds(1));
          relay.kill();
          plc.down(false);
          reader.awaitEnd();
        }
      }
      case BEHIND, LIVE, FLUSHING -> {
        relay.awaitHealthy();
        try (Reader reader = resume(relay)) {
          awaitWhileReading(moment, relay);
          relay.kill();
          reader.awaitEnd();
        }
      }
    }
  }

  private void awaitWhileReading(Moment moment, ChildRelay relay) throws Exception {
    if (moment == Moment.BEHIND) {
      awaitMore(1 + random.nextInt(BACKLOG));
      relay.live(upTo(Duration.ofMillis(20)));
      return;
    }
    awaitMore(ledger.sentCount() - ledger.seenCount());
    if (moment == Moment.LIVE) {
      relay.live(upTo(Duration.ofMillis(500)));
    } else {
      relay.live(Duration.ofSeconds(1)); // behind what it writes of its hosts when it starts
      relay.awaitStoreWrite(PATIENCE);
      relay.live(upTo(Duration.ofMillis(5)));
    }
  }

  private Duration upTo(Duration limit) {
    return Duration.ofNanos(random.nextLong(limit.toNanos()));
  }

  private Reader resume(ChildRelay relay) throws Exception {
    return Reader.connect(relay.firehose(), ledger.lastSeq(), ledger::receive);
  }

  private void awaitMore(int messages) throws InterruptedException {
    assertThat(ledger.awaitSeen(ledger.seenCount() + messages, PATIENCE))
        .as("seed %d, the relay goes on after %d events", seed, ledger.seenCount())
        .isTrue();
  }

  /** One that was never there has the same history: the same bytes under the same numbers. */
  private void assertAnotherConsumerSeesTheSame(ChildRelay relay) throws Exception {
    List<EventLedger.Seen> first = ledger.seen();
    Comparison comparison = new Comparison(first);
    try (Reader _ = Reader.connect(relay.firehose(), 0, comparison::receive)) {
      assertThat(comparison.await(PATIENCE)).as("seed %d, %s", seed, comparison).isTrue();
    }
    assertThat(comparison.difference()).as("seed %d", seed).isNull();
  }

  /** Another consumer's messages against those of the first. Thread-safe. */
  private static final class Comparison {
    private final List<EventLedger.Seen> expected;
    private int count;
    private @Nullable String difference;

    Comparison(List<EventLedger.Seen> expected) {
      this.expected = expected;
    }

    synchronized void receive(Bytes message) {
      if (difference == null && count < expected.size()) {
        EventLedger.Seen seen = EventLedger.Seen.of(message);
        if (!seen.equals(expected.get(count))) {
          difference = "message " + count + " is " + seen + ", not " + expected.get(count);
        }
      }
      count++;
      notifyAll();
    }

    /** Waits until as many have come as the first consumer had. */
    synchronized boolean await(Duration limit) throws InterruptedException {
      long deadline = System.nanoTime() + limit.toNanos();
      while (count < expected.size() && difference == null) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        wait(millis);
      }
      return true;
    }

    synchronized @Nullable String difference() {
      return difference;
    }

    @Override
    public synchronized String toString() {
      return count + " of " + expected.size() + " messages";
    }
  }
}
