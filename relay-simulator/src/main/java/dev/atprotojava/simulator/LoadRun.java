// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a relay: it follows the hosts of a {@link Recording}, which send as fast as it
 * reads, or at a rate; one consumer counts what comes out.
 */
final class LoadRun {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final int SAMPLE_MILLIS = 50;
  private static final Duration TICK = Duration.ofMillis(1);

  private final Settings settings;
  private final PrintStream out;
  private final InstantSource time;
  private final LongSupplier nanoClock;
  private final Waiting waiting;
  private volatile @Nullable String consumerEnd;

  /**
   * What to measure.
   *
   * @param recording the directory of the recording
   * @param events how many of its events are sent, from the first; all if it has fewer
   * @param rate events a second; 0 for as fast as the relay reads
   * @param data where the relay keeps its data, null for a directory that is removed at the end
   * @param launcher the program that runs the relay
   */
  record Settings(Path recording, int events, int rate, @Nullable Path data, Path launcher) {}

  LoadRun(Settings settings, PrintStream out, InstantSource time, LongSupplier nanoClock) {
    this.settings = settings;
    this.out = out;
    this.time = time;
    this.nanoClock = nanoClock;
    this.waiting = new Waiting(nanoClock);
  }

  /** Ends it as soon as possible, and waits until everything is put away. */
  void stop() {
    waiting.stop(STOP);
  }

  /** Runs it; true if every event came out once and in order. */
  boolean run() throws IOException, InterruptedException {
    try (WorkDirectory directory = WorkDirectory.of(settings.data(), "relay-load")) {
      boolean good = false;
      try {
        good = run(directory.path());
      } catch (ProgramFailure failure) {
        out.println("The measurement ended: " + failure.getMessage());
      }
      if (!good && !waiting.isStopped() && !directory.stays()) {
        directory.keep();
        out.println("The relay's data and log are left in " + directory.path());
      }
      return good;
    } finally {
      waiting.finish();
    }
  }

  private boolean run(Path directory) throws IOException, InterruptedException, ProgramFailure {
    Recording recording = Recording.open(settings.recording());
    SimulatedNetwork network = new SimulatedNetwork(recording.plan().shape(), time);
    List<RecordedHost> hosts = recording.hosts();
    try (SimulatedServers servers =
            SimulatedServers.start(network, host -> hosts.get(host.number()));
        RelayProcess relay = RelayProcess.start(settings.launcher(), directory, servers.plc())) {
      relay.introduce(
          network, waiting, () -> hosts.stream().allMatch(host -> host.subscribers() > 0));
      return measure(recording, relay);
    }
  }

  private boolean measure(Recording recording, RelayProcess relay)
      throws IOException, InterruptedException, ProgramFailure {
    int expected = Math.min(settings.events(), recording.events());
    EventTally tally = new EventTally(recording, expected, nanoClock);
    LoadMeter meter = new LoadMeter(relay, tally, nanoClock);
    URI firehose = URI.create(relay.firehose() + "?cursor=0");
    try (SimulatedConsumer consumer = SimulatedConsumer.connect(firehose)) {
      Thread.ofPlatform().daemon().name("consumer").start(() -> consume(consumer, tally));
      Release release = new Release(recording, tally, expected, settings.rate(), nanoClock);
      meter.sample();
      try (PeriodicTask hosts = new PeriodicTask("the network", TICK, release::tick)) {
        while (tally.received() < expected && !meter.isStuck(PATIENCE)) {
          hosts.requireRunning();
          requireRunning(relay);
          if (waiting.pause(SAMPLE_MILLIS)) {
            throw new ProgramFailure("stopped");
          }
          meter.sample();
        }
      }
      meter.report(settings.rate()).forEach(out::println);
      return meter.isWhole();
    }
  }

  private void requireRunning(RelayProcess relay) throws ProgramFailure {
    relay.requireRunning();
    String end = consumerEnd;
    if (end != null) {
      throw new ProgramFailure(end + relay.lastWords());
    }
  }

  private void consume(SimulatedConsumer consumer, EventTally tally) {
    try {
      consumer.read(tally::receive);
      consumerEnd = "the relay closed the consumer's connection";
    } catch (IOException | RuntimeException e) {
      consumerEnd = "the consumer's connection broke: " + e;
    }
  }

  /** Lets the hosts send: everything at once, or what is due. Belongs to one thread. */
  private static final class Release {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Recording recording;
    private final EventTally tally;
    private final int expected;
    private final int rate;
    private final LongSupplier nanoClock;
    private final long start;
    private int next;

    Release(Recording recording, EventTally tally, int expected, int rate, LongSupplier nanoClock) {
      this.recording = recording;
      this.tally = tally;
      this.expected = expected;
      this.rate = rate;
      this.nanoClock = nanoClock;
      this.start = nanoClock.getAsLong();
    }

    void tick() {
      long elapsed = nanoClock.getAsLong() - start;
      int due = rate == 0 ? expected : (int) Math.min(expected, elapsed * rate / SECOND_NANOS);
      int[] last = new int[rate == 0 ? recording.hosts().size() : 0];
      for (; next < due; next++) {
        tally.release(next);
        if (rate > 0) {
          recording.host(next).release(recording.seq(next));
        } else {
          last[recording.account(next) % last.length] = recording.seq(next);
        }
      }
      for (int host = 0; host < last.length; host++) {
        if (last[host] > 0) {
          recording.hosts().get(host).release(last[host]);
        }
      }
    }
  }
}
