// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.interop.scenario.Scenario.Event;
import dev.atprotojava.interop.scenario.Scenario.Outcome;
import dev.atprotojava.interop.scenario.Scenario.Step;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.RelaySurroundings;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.host.TrustedDomains;
import dev.atprotojava.simulator.InProcessConsumer;
import dev.atprotojava.simulator.VirtualClock;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.client.NanoClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** This relay, all but its HTTP server, in the world of a scenario. */
final class ScenarioRelay {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long A_MOMENT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final CborValue ANY = CborValue.ofNull();

  private final VirtualClock clock;
  private final ScriptedWorld world;
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
  private final InProcessConsumer consumer = new InProcessConsumer();
  private final Relay relay;

  ScenarioRelay(Scenario scenario, Path data) throws Exception {
    clock = new VirtualClock(scenario.now());
    world = new ScriptedWorld(clock);
    RelayConfig defaults = RelayConfig.defaults(data);
    RelayConfig config =
        new RelayConfig(
            defaults.database(),
            defaults.logDirectory(),
            defaults.log(),
            defaults.memory(),
            2,
            new Hosts.Policy(false, new TrustedDomains(List.of("*")), 10, 100, scenario.lenient()),
            Duration.ofMillis(100));
    relay =
        Relay.open(
            config,
            new RelaySurroundings(
                world,
                world,
                world,
                (_, _) -> {},
                clock,
                () -> NanoClock.system().nanos() + clock.nanos(),
                new Random(1),
                fatal::set));
    relay.start();
    consumer.open(relay.consumers());
  }

  /** Does all steps, and fails at the first that does not come out as it says. */
  void run(Scenario scenario) throws Exception {
    int number = 0;
    for (Step step : scenario.steps()) {
      number++;
      switch (step) {
        case Step.Directory(var did, var entry) -> world.directory(did, entry);
        case Step.Answers(var host, var did, boolean active, var status) ->
            world.status(host, did, AccountStatus.of(active, status));
        case Step.Wait(long seconds) -> clock.advance(Duration.ofSeconds(seconds));
        case Step.Sends sends -> send(number, sends);
        case Step.Holds holds -> requireAccount(number, holds);
      }
    }
  }

  private void send(int number, Step.Sends step) {
    String what = "step " + number + ", " + step.host() + " sends " + step.note();
    if (relay.hosts().find(step.host()).isEmpty()) {
      relay.hosts().requestCrawl(step.host(), true);
    }
    ScriptedWorld.Host host = world.host(step.host());
    await(what, host::isRead);
    int emitted = consumer.messages().size();
    Map<DropReason, Long> drops = drops();
    host.send(step.message());
    await(what, () -> host.isRead() && isIdle(step.host()));
    // What the relay itself has to say is not under way for the host.
    int due = emitted + count(step.outcome());
    awaitAtMost(A_MOMENT_NANOS, () -> consumer.messages().size() >= due);
    List<Bytes> came = consumer.messages();
    List<Bytes> events = came.subList(emitted, came.size());
    List<String> reasons = difference(drops, drops());
    switch (step.outcome()) {
      case Outcome.Same() -> require(what, step, events, reasons, List.of(Event.SAME));
      case Outcome.Emitted(List<Event> expected) -> require(what, step, events, reasons, expected);
      case Outcome.Dropped(String reason, List<Event> expected) -> {
        assertThat(reasons).as(what).containsExactly(reason);
        require(what, step, events, List.of(), expected);
      }
      case Outcome.Ignored() -> require(what, step, events, reasons, List.of());
    }
  }

  private static int count(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Same() -> 1;
      case Outcome.Emitted(List<Event> events) -> events.size();
      case Outcome.Dropped(_, List<Event> events) -> events.size();
      case Outcome.Ignored() -> 0;
    };
  }

  private boolean isIdle(String host) {
    assertThat(fatal.get()).isNull();
    return relay.hosts().find(host).orElseThrow().underWay() == 0
        && consumer.messages().size() == relay.gauges().nextSeq() - LogOptions.LOWEST_SEQ;
  }

  private static void require(
      String what,
      Step.Sends step,
      List<Bytes> events,
      List<String> reasons,
      List<Event> expected) {
    assertThat(reasons).as(what).isEmpty();
    assertThat(events).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      CborValue.MapValue header = item(events.get(i), 0);
      Map<String, CborValue> fields = withoutSeq(item(events.get(i), 1));
      if (expected.get(i).equals(Event.SAME)) {
        assertThat(header).as(what).isEqualTo(item(step.message(), 0));
        assertThat(fields).as(what).isEqualTo(withoutSeq(item(step.message(), 1)));
        // With the length of the number that it got, nothing else may differ.
        assertThat(canonical(events.get(i))).as(what).isEqualTo(canonical(step.message()));
      } else {
        assertThat(header)
            .as(what)
            .isEqualTo(CborValue.map().put("t", expected.get(i).type()).put("op", 1).build());
        Map<String, CborValue> wanted = new LinkedHashMap<>(expected.get(i).fields().entries());
        wanted.replaceAll(
            (name, value) -> value.equals(ANY) ? fields.getOrDefault(name, ANY) : value);
        assertThat(fields).as(what).isEqualTo(wanted);
      }
    }
  }

  /** The bytes of a frame without the value of {@code seq}, which is a number of its own. */
  private static Bytes canonical(Bytes frame) {
    CborReader in = new CborReader().reset(frame);
    in.skip();
    in.readMap();
    byte[] bytes = frame.toByteArray();
    while (in.nextKey()) {
      int from = in.position();
      in.skip();
      if (in.key().equals("seq")) {
        byte[] rest = new byte[bytes.length - (in.position() - from)];
        int begin = from - frame.offset();
        System.arraycopy(bytes, 0, rest, 0, begin);
        System.arraycopy(bytes, in.position() - frame.offset(), rest, begin, rest.length - begin);
        return Bytes.wrap(rest);
      }
    }
    throw new AssertionError("no seq");
  }

  private static CborValue.MapValue item(Bytes frame, int index) {
    CborReader in = new CborReader().reset(frame);
    int from = in.position();
    for (int i = 0; i < index; i++) {
      in.skip();
      from = in.position();
    }
    in.skip();
    Bytes item = frame.slice(from - frame.offset(), in.position() - from);
    return (CborValue.MapValue) CborValue.decode(item);
  }

  private static Map<String, CborValue> withoutSeq(CborValue.MapValue map) {
    Map<String, CborValue> fields = new LinkedHashMap<>(map.entries());
    fields.remove("seq");
    return fields;
  }

  private void requireAccount(int number, Step.Holds holds) throws Exception {
    String what = "step " + number + ", " + holds.did();
    AccountRecord account = relay.findAccount(holds.did()).get(30, TimeUnit.SECONDS).orElseThrow();
    AccountStatus status = account.effectiveStatus();
    assertThat(status.isActive()).as(what).isEqualTo(holds.active());
    if (holds.status() != null) {
      assertThat(status.wire()).as(what).isEqualTo(holds.status());
    }
    if (holds.rev() != null) {
      assertThat(account.repo()).as(what).isNotNull();
      assertThat(account.repo().rev()).as(what).hasToString(holds.rev());
    }
  }

  private Map<DropReason, Long> drops() {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      drops.put(reason, relay.counters().drops(reason));
    }
    return drops;
  }

  private static List<String> difference(Map<DropReason, Long> before, Map<DropReason, Long> now) {
    List<String> reasons = new ArrayList<>();
    now.forEach(
        (reason, count) -> {
          for (long i = before.getOrDefault(reason, 0L); i < count; i++) {
            reasons.add(reason.name());
          }
        });
    return reasons;
  }

  private static void await(String what, BooleanSupplier condition) {
    assertThat(awaitAtMost(PATIENCE_NANOS, condition)).as(what).isTrue();
  }

  private static boolean awaitAtMost(long nanos, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > nanos) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return true;
  }

  /** Ends everything. */
  void stop() throws InterruptedException {
    relay.stop();
    consumer.close();
  }
}
