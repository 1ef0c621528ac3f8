// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Turns counters into what a person can follow: rates over the last second or two, a history of the
 * last minute. Belongs to the thread that shows it; what the consumer notes may come from another.
 */
final class DemoMeter {
  /** The seconds of history. */
  static final int HISTORY = 60;

  private static final long SECOND_NANOS = 1_000_000_000;
  private static final int RECENT = 3;

  private final DeliveryLedger ledger;
  private final LongSupplier nanoClock;
  private final long start;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private final Deque<Double> history = new ArrayDeque<>();
  private final Deque<String> recent = new ArrayDeque<>(); // guarded by itself
  private LatencyHistogram latency = new LatencyHistogram();
  private Sample lastSecond;

  private record Sample(long nanos, long sent, long received) {}

  DemoMeter(DeliveryLedger ledger, LongSupplier nanoClock) {
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.start = nanoClock.getAsLong();
    this.lastSecond = new Sample(start, 0, 0);
    samples.add(lastSecond);
  }

  /** Notes an event that is worth showing. */
  void show(String event) {
    synchronized (recent) {
      recent.addLast(event);
      if (recent.size() > RECENT) {
        recent.removeFirst();
      }
    }
  }

  /** What there is to show now. */
  DemoStatus read(PrometheusText metrics, long hostile, DemoStatus.Links links) {
    Sample now = new Sample(nanoClock.getAsLong(), ledger.sent(), ledger.received());
    samples.addLast(now);
    while (samples.size() > 2 && now.nanos() - samples.getFirst().nanos() > 2 * SECOND_NANOS) {
      samples.removeFirst();
    }
    if (now.nanos() - lastSecond.nanos() >= SECOND_NANOS) {
      history.addLast(perSecond(now.received() - lastSecond.received(), lastSecond, now));
      lastSecond = now;
      if (history.size() > HISTORY) {
        history.removeFirst();
      }
      LatencyHistogram latest = ledger.takeRecent();
      latency = latest.count() > 0 ? latest : latency;
    }
    Sample before = samples.getFirst();
    return new DemoStatus(
        (now.nanos() - start) / SECOND_NANOS,
        now.sent(),
        now.received(),
        perSecond(now.sent() - before.sent(), before, now),
        perSecond(now.received() - before.received(), before, now),
        latency.millis(0.5),
        latency.millis(0.99),
        ledger.unexpected(),
        hostile,
        known(metrics, "relay_events_total"),
        known(metrics, "relay_consumers"),
        metrics.by("relay_hosts", "status"),
        metrics.by("relay_drops_total", "reason"),
        new ArrayList<>(history),
        recent(),
        links);
  }

  private static double perSecond(long count, Sample from, Sample to) {
    long nanos = to.nanos() - from.nanos();
    return nanos <= 0 ? 0 : (double) count * SECOND_NANOS / nanos;
  }

  private static long known(PrometheusText metrics, String name) {
    return metrics.has(name) ? metrics.sum(name) : -1;
  }

  private List<String> recent() {
    synchronized (recent) {
      return List.copyOf(recent);
    }
  }
}
