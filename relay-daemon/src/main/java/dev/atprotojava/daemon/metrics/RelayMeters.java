// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.metrics;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.Relay;
import dev.atprotojava.relay.RelayCounters;
import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.relay.consumer.EndReason;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.HostStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collections;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The relay in numbers (RL-75): events in and out, hosts, consumers, log, queues. */
public final class RelayMeters implements MeterBinder {
  private final Relay relay;

  /** Of a relay. */
  public RelayMeters(Relay relay) {
    this.relay = relay;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindEvents(registry);
    bindHosts(registry);
    bindConsumers(registry);
    bindLog(registry);
  }

  private void bindEvents(MeterRegistry registry) {
    RelayCounters counters = relay.counters();
    for (EventKind kind : EventKind.values()) {
      FunctionCounter.builder("relay.events", counters, each -> each.emitted(kind))
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    for (DropReason reason : DropReason.values()) {
      FunctionCounter.builder("relay.drops", counters, each -> each.drops(reason))
          .tag("reason", reason.name())
          .register(registry);
    }
    for (CommitVerdict.Chain chain : CommitVerdict.Chain.values()) {
      FunctionCounter.builder("relay.chain", counters, each -> each.chain(chain))
          .tag("chain", chain.name())
          .register(registry);
    }
    FunctionCounter.builder("relay.chain.excused", counters, RelayCounters::excusedBreaks)
        .register(registry);
    FunctionCounter.builder("relay.chain.throttled", counters, RelayCounters::chainThrottled)
        .register(registry);
    FunctionCounter.builder("relay.reencoded", counters, RelayCounters::reencoded)
        .register(registry);
    for (CommitFault fault : CommitFault.values()) {
      if (fault.waivable()) {
        FunctionCounter.builder("relay.waived", counters, each -> each.waived(fault))
            .tag("fault", fault.name())
            .register(registry);
      }
    }
  }

  private void bindHosts(MeterRegistry registry) {
    for (HostStatus status : HostStatus.values()) {
      Gauge.builder(
              "relay.hosts",
              relay.hosts(),
              hosts -> Collections.frequency(hosts.statuses(), status))
          .tag("status", status.wire())
          .register(registry);
    }
  }

  private void bindConsumers(MeterRegistry registry) {
    Consumers consumers = relay.consumers();
    Gauge.builder("relay.consumers", consumers, Consumers::count).register(registry);
    for (EndReason reason : EndReason.values()) {
      FunctionCounter.builder("relay.consumers.ended", consumers, each -> each.endings(reason))
          .tag("reason", reason.name())
          .register(registry);
    }
    FunctionCounter.builder("relay.frames.sent", consumers, Consumers::framesSent)
        .register(registry);
    FunctionCounter.builder("relay.bytes.sent", consumers, Consumers::bytesSent).register(registry);
  }

  private void bindLog(MeterRegistry registry) {
    bindSeq(registry, "next", Relay.Gauges::nextSeq);
    bindSeq(registry, "durable", Relay.Gauges::durableSeq);
    bindSeq(registry, "published", Relay.Gauges::publishedSeq);
    bindSeq(registry, "oldest", Relay.Gauges::oldestSeq);
    bindSeq(registry, "applied", Relay.Gauges::appliedSeq);
    gauge("relay.log.bytes", Relay.Gauges::logBytes).register(registry);
    gauge("relay.log.damaged", Relay.Gauges::damaged).register(registry);
    gauge("relay.in.flight.bytes", Relay.Gauges::inFlightBytes).register(registry);
    gauge("relay.sequencer.waiting", Relay.Gauges::waiting).register(registry);
  }

  private void bindSeq(MeterRegistry registry, String which, ToLongFunction<Relay.Gauges> value) {
    gauge("relay.log.seq", value).tag("which", which).register(registry);
  }

  private Gauge.Builder<Relay> gauge(String name, ToLongFunction<Relay.Gauges> value) {
    return Gauge.builder(name, relay, each -> value.applyAsLong(each.gauges()));
  }
}
