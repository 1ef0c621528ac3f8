// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.time.Duration;
import java.time.Instant;

/** Small networks under a clock that stands still until it is moved. */
final class Networks {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private Networks() {}

  static SimulatedNetwork of(long seed, VirtualClock clock) {
    return new SimulatedNetwork(new NetworkShape(seed, 3, 30, 0.5), clock);
  }

  static SimulatedNetwork of(long seed) {
    return of(seed, new VirtualClock(START));
  }

  /** Lets people act, a millisecond apart, and their hosts log it. */
  static void act(SimulatedNetwork network, VirtualClock clock, int steps) {
    SimulatedTraffic traffic = new SimulatedTraffic(network, network.shape().seed());
    for (int i = 0; i < steps; i++) {
      clock.advance(Duration.ofMillis(1));
      SimulatedTraffic.Step step = traffic.next();
      step.events().forEach(step.account().host()::append);
    }
  }
}
