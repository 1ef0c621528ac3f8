// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets the people of a network act at a steady rate, and something hostile happen now and then.
 * Belongs to one thread, which calls {@link #tick} a few hundred times a second.
 */
final class PacedTraffic {
  /** A machine that cannot keep up is not asked to catch up on more than this. */
  private static final long MAX_DEBT_NANOS = 500_000_000;

  private static final long SECOND_NANOS = 1_000_000_000;

  private final SimulatedTraffic traffic;
  private final FaultPlan faults;
  private final DeliveryLedger ledger;
  private final LongSupplier nanoClock;
  private final long eventNanos;
  private final long faultNanos;
  private final Deque<FrameBody.Event> waiting = new ArrayDeque<>();
  private final AtomicLong hostile = new AtomicLong();
  private @Nullable SimulatedAccount actor;
  private long nextEvent;
  private long nextFault;

  PacedTraffic(
      SimulatedTraffic traffic,
      FaultPlan faults,
      DeliveryLedger ledger,
      LongSupplier nanoClock,
      int eventsPerSecond,
      int faultsPerMinute) {
    this.traffic = traffic;
    this.faults = faults;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.eventNanos = SECOND_NANOS / eventsPerSecond;
    this.faultNanos = 60 * SECOND_NANOS / faultsPerMinute;
    this.nextEvent = nanoClock.getAsLong();
    this.nextFault = nextEvent + faultNanos / 2;
  }

  /** Does what is due. */
  void tick() {
    long now = nanoClock.getAsLong();
    nextEvent = Math.max(nextEvent, now - MAX_DEBT_NANOS);
    while (nextEvent <= now) {
      sendOne();
      nextEvent += eventNanos;
    }
    if (nextFault <= now && waiting.isEmpty()) { // what is forged follows what was sent
      HostileFrame frame = faults.fire();
      if (frame != null) {
        frame.send();
        hostile.incrementAndGet();
      }
      nextFault = now + faultNanos;
    }
  }

  private void sendOne() {
    if (waiting.isEmpty()) {
      SimulatedTraffic.Step step = traffic.next();
      actor = step.account();
      waiting.addAll(step.events());
    }
    FrameBody.Event event = waiting.poll();
    if (actor != null && event != null) {
      actor
          .host()
          .append(seq -> StreamMessage.of(seq, ledger.send(FrameEncoder.encode(event, seq))));
    }
  }

  /** How many hostile frames were sent. */
  long hostile() {
    return hostile.get();
  }
}
