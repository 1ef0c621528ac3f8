// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.metrics;

import dev.atprotojava.daemon.admin.AdminGate;
import dev.atprotojava.daemon.firehose.ConsumerAdmission;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Who was turned away at the door; and which version it is that does it. */
public final class DoorMeters implements MeterBinder {
  private final ConsumerAdmission admission;
  private final AdminGate admin;
  private final String version;

  /** Of these doors. */
  public DoorMeters(ConsumerAdmission admission, AdminGate admin, String version) {
    this.admission = admission;
    this.admin = admin;
    this.version = version;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (ConsumerAdmission.Refusal reason : ConsumerAdmission.Refusal.values()) {
      FunctionCounter.builder("relay.consumers.refused", admission, each -> each.refusals(reason))
          .tag("reason", reason.name())
          .register(registry);
    }
    FunctionCounter.builder("relay.admin.refused", admin, AdminGate::refused).register(registry);
    Gauge.builder("relay.version", () -> 1).tag("version", version).register(registry);
  }
}
