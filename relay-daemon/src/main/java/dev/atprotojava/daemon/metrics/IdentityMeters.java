// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.metrics;

import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.DirectoryCounters;
import dev.atprotojava.identity.DirectoryState;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collections;
import java.util.function.ToLongFunction;

/** The identity directory in numbers: what it remembers, what it asks, and what fails. */
public final class IdentityMeters implements MeterBinder {
  private final CachingDirectory directory;

  /** Of a directory. */
  public IdentityMeters(CachingDirectory directory) {
    this.directory = directory;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "relay.identity.entries", DirectoryCounters::entries);
    gauge(registry, "relay.identity.queued", DirectoryCounters::queued);
    counter("relay.identity.hits", DirectoryCounters::hits).register(registry);
    counter("relay.identity.misses", DirectoryCounters::misses).register(registry);
    counter("relay.identity.coalesced", DirectoryCounters::coalesced).register(registry);
    counter("relay.identity.requests", DirectoryCounters::requests).register(registry);
    counter("relay.identity.found", DirectoryCounters::found).register(registry);
    counter("relay.identity.absent", DirectoryCounters::absent).register(registry);
    counter("relay.identity.stale.served", DirectoryCounters::staleServed).register(registry);
    counter("relay.identity.refreshes.limited", DirectoryCounters::refreshesLimited)
        .register(registry);
    counter("relay.identity.timeouts", DirectoryCounters::waitersTimedOut).register(registry);
    for (Unavailable.Reason reason : Unavailable.Reason.values()) {
      counter("relay.identity.failures", counters -> counters.failed(reason))
          .tag("reason", reason.name())
          .register(registry);
    }
    for (DirectoryState state : DirectoryState.values()) {
      Gauge.builder(
              "relay.identity.directories",
              directory,
              each -> Collections.frequency(each.counters().directories(), state))
          .tag("state", state.name())
          .register(registry);
    }
  }

  private void gauge(MeterRegistry registry, String name, ToLongFunction<DirectoryCounters> value) {
    Gauge.builder(name, directory, each -> value.applyAsLong(each.counters())).register(registry);
  }

  private FunctionCounter.Builder<CachingDirectory> counter(
      String name, ToLongFunction<DirectoryCounters> value) {
    return FunctionCounter.builder(name, directory, each -> value.applyAsLong(each.counters()));
  }
}
