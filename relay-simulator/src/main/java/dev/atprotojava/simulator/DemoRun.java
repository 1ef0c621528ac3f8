// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.RepoEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One demonstration, from the first port to the last file: network, relay, traffic, consumer, view,
 * and at the end a count of what arrived.
 */
final class DemoRun {
  /** What must not get through, in a demonstration; the rest of {@link Fault} is for tests. */
  static final Set<Fault> FAULTS =
      EnumSet.of(
          Fault.WRONG_SIGNATURE,
          Fault.ANOTHER_ACCOUNTS_KEY,
          Fault.HIGH_S,
          Fault.WRONG_PREV_DATA,
          Fault.HIDDEN_OPERATION,
          Fault.MISSING_RECORD,
          Fault.CHANGED_RECORD,
          Fault.FUTURE_REV,
          Fault.STALE_REV,
          Fault.REPO_OF_ANOTHER_ACCOUNT,
          Fault.NON_CANONICAL_NODE,
          Fault.TOO_MANY_OPERATIONS,
          Fault.TRUNCATED_FRAME,
          Fault.TEXT_MESSAGE,
          Fault.NESTED_FRAME,
          Fault.HUGE_BLOCK);

  private static final int FAULTS_PER_MINUTE = 12;
  private static final Duration TICK = Duration.ofMillis(4);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration SETTLE = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final long SHOW_NANOS = 700_000_000;

  private final Settings settings;
  private final PrintStream out;
  private final InstantSource time;
  private final LongSupplier nanoClock;
  private final Waiting waiting;
  private volatile @Nullable String consumerEnd;
  private volatile PrometheusText metrics = new PrometheusText(List.of());

  /**
   * What to show.
   *
   * @param seconds how long, 0 for until {@link DemoRun#stop}
   * @param data where the relay keeps its data, null for a directory that is removed at the end
   * @param launcher the program that runs the relay
   * @param terminal whether a person watches a screen
   * @param colours whether the screen has colours
   */
  record Settings(
      long seed,
      int hosts,
      int accounts,
      int rate,
      int seconds,
      @Nullable Path data,
      Path launcher,
      boolean terminal,
      boolean colours) {}

  DemoRun(Settings settings, PrintStream out, InstantSource time, LongSupplier nanoClock) {
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

  /** Runs it; true if everything that was sent arrived, and nothing else. */
  boolean run() throws IOException, InterruptedException {
    try (WorkDirectory directory = WorkDirectory.of(settings.data(), "relay-demo")) {
      boolean good = false;
      try {
        good = run(directory);
      } catch (ProgramFailure failure) {
        out.println("The demo ended: " + failure.getMessage());
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

  private boolean run(WorkDirectory directory)
      throws IOException, InterruptedException, ProgramFailure {
    NetworkShape shape = NetworkShape.of(settings.seed(), settings.hosts(), settings.accounts());
    SimulatedNetwork network = new SimulatedNetwork(shape, time);
    out.println("Starting " + shape.hosts() + " hosts with " + shape.accounts() + " accounts");
    try (SimulatedServers servers = SimulatedServers.start(network)) {
      out.println("Starting the relay, which logs to " + directory.path().resolve("relay.log"));
      try (RelayProcess relay =
          RelayProcess.start(settings.launcher(), directory.path(), servers.plc())) {
        relay.introduce(network, waiting, () -> isFollowed(network));
        return watch(relay, network, links(relay, network, directory));
      }
    }
  }

  private static boolean isFollowed(SimulatedNetwork network) {
    return network.hosts().stream().allMatch(host -> host.subscribers() > 0);
  }

  private DemoStatus.Links links(
      RelayProcess relay, SimulatedNetwork network, WorkDirectory directory) {
    return new DemoStatus.Links(
        settings.seed(),
        relay.api(),
        relay.metricsUrl(),
        network.hosts().getFirst().hostname(),
        directory.path().toString(),
        !directory.stays());
  }

  private boolean watch(RelayProcess relay, SimulatedNetwork network, DemoStatus.Links links)
      throws IOException, InterruptedException, ProgramFailure {
    DeliveryLedger ledger = new DeliveryLedger(nanoClock, WARM_UP);
    PacedTraffic traffic =
        new PacedTraffic(
            new SimulatedTraffic(network, settings.seed()),
            new FaultPlan(network, settings.seed(), FAULTS, 1),
            ledger,
            nanoClock,
            settings.rate(),
            FAULTS_PER_MINUTE);
    DemoMeter meter = new DemoMeter(ledger, nanoClock);
    // From the start of the relay's log: that a live subscription has begun cannot be known.
    URI firehose = URI.create(relay.firehose() + "?cursor=0");
    try (SimulatedConsumer consumer = SimulatedConsumer.connect(firehose);
        PeriodicTask polls = new PeriodicTask("metrics", POLL, () -> poll(relay))) {
      Thread.ofPlatform()
          .daemon()
          .name("consumer")
          .start(() -> consume(consumer, network, ledger, meter));
      Supplier<DemoStatus> status = () -> meter.read(metrics, traffic.hostile(), links);
      try (PeriodicTask people = new PeriodicTask("the network", TICK, traffic::tick)) {
        show(
            status,
            () -> {
              requireRunning(relay);
              people.requireRunning();
              polls.requireRunning();
            });
      }
      waiting.until(
          SETTLE,
          () -> {
            requireRunning(relay);
            return ledger.isSettled(PATIENCE);
          });
      return summarize(relay, ledger, status);
    }
  }

  /** The consumer's thread. */
  private void consume(
      SimulatedConsumer consumer,
      SimulatedNetwork network,
      DeliveryLedger ledger,
      DemoMeter meter) {
    long[] nextShown = {nanoClock.getAsLong()};
    try {
      consumer.read(
          message -> {
            RepoEvent.Sequenced event = ledger.receive(message.payload());
            if (event != null && nanoClock.getAsLong() >= nextShown[0]) {
              nextShown[0] = nanoClock.getAsLong() + SHOW_NANOS;
              meter.show(EventText.of(event, network));
            }
          });
      consumerEnd = "the relay closed the consumer's connection";
    } catch (IOException | RuntimeException e) {
      consumerEnd = "the consumer's connection broke: " + e;
    }
  }

  private void poll(RelayProcess relay) {
    try {
      metrics = relay.metrics();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Shows how it goes until time is up or somebody stops it. */
  private void show(Supplier<DemoStatus> status, Check check)
      throws InterruptedException, ProgramFailure {
    try (DemoView view = new DemoView(out, settings.terminal(), settings.colours())) {
      while (!waiting.pause(view.periodMillis())) {
        DemoStatus now = status.get();
        view.show(now);
        check.requireRunning();
        if (settings.seconds() > 0 && now.seconds() >= settings.seconds()) {
          return;
        }
      }
    }
  }

  private interface Check {
    void requireRunning() throws ProgramFailure;
  }

  private void requireRunning(RelayProcess relay) throws ProgramFailure {
    String end = consumerEnd;
    if (waiting.isStopped()) {
      return; // Ctrl-C has reached the relay too
    }
    relay.requireRunning();
    if (end != null) {
      throw new ProgramFailure(end + relay.lastWords());
    }
  }

  private boolean summarize(RelayProcess relay, DeliveryLedger ledger, Supplier<DemoStatus> status)
      throws InterruptedException {
    if (waiting.isStopped()) {
      out.println(
          "Stopped. Sent " + ledger.sent() + " events and received " + ledger.received() + ".");
      return false;
    }
    metrics = relay.metrics();
    DemoSummary summary =
        new DemoSummary(status.get(), ledger, relay.cpu().toMillis(), relay.residentBytes());
    summary.lines().forEach(out::println);
    return summary.isWhole();
  }
}
