// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Looks at a relay from time to time, and says at the end what an event took. */
final class LoadMeter {
  private final RelayProcess relay;
  private final EventTally tally;
  private final LongSupplier nanoClock;
  private final List<Sample> samples = new ArrayList<>();
  private final Duration ownStart;
  private long peakBytes;

  /** What there was at a moment. */
  private record Sample(long nanos, int received, Duration cpu) {
    double secondsSince(Sample before) {
      return (nanos - before.nanos) / 1e9;
    }

    double perSecondSince(Sample before) {
      return (received - before.received) / secondsSince(before);
    }

    double cpuMicrosSince(Sample before) {
      return cpu.minus(before.cpu).toNanos() / 1e3 / Math.max(1, received - before.received);
    }
  }

  LoadMeter(RelayProcess relay, EventTally tally, LongSupplier nanoClock) {
    this.relay = relay;
    this.tally = tally;
    this.nanoClock = nanoClock;
    this.ownStart = ownCpu();
  }

  void sample() {
    samples.add(new Sample(nanoClock.getAsLong(), tally.received(), relay.cpu()));
    peakBytes = Math.max(peakBytes, relay.residentBytes());
  }

  /** Whether nothing has come for a while. */
  boolean isStuck(Duration patience) {
    Sample last = samples.getLast();
    for (int i = samples.size() - 1; i >= 0; i--) {
      Sample sample = samples.get(i);
      if (sample.received() < last.received()) {
        return false;
      }
      if (last.nanos() - sample.nanos() > patience.toNanos()) {
        return true;
      }
    }
    return false;
  }

  /** Whether every event came out, once and in order, and nothing else. */
  boolean isWhole() {
    int problems = 0;
    for (EventTally.Problem problem : EventTally.Problem.values()) {
      problems += tally.problems(problem);
    }
    return problems == 0 && tally.received() == tally.expected();
  }

  /** What was measured, line by line. */
  List<String> report(int rate) {
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    Sample middle =
        samples.stream()
            .filter(sample -> sample.received() >= tally.expected() / 2)
            .findFirst()
            .orElse(last);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d of %,d events in %.1f s, %s",
            tally.received(),
            tally.expected(),
            last.secondsSince(first),
            rate == 0 ? "as fast as the relay reads" : "at " + rate + "/s"));
    lines.add(part("first half", first, middle));
    lines.add(part("second half", middle, last));
    if (rate > 0) {
      LatencyHistogram latency = tally.latency();
      lines.add(
          String.format(
              Locale.ROOT,
              "latency, second half  p50 %.1f ms  p90 %.1f ms  p99 %.1f ms  longest %.1f ms",
              latency.millis(0.5),
              latency.millis(0.9),
              latency.millis(0.99),
              latency.maxMillis()));
    }
    lines.add(String.format(Locale.ROOT, "peak RSS     %,d MB", peakBytes >> 20));
    lines.add(
        String.format(
            Locale.ROOT,
            "simulator    %.1f µs of CPU per event",
            ownCpu().minus(ownStart).toNanos() / 1e3 / Math.max(1, last.received())));
    StringBuilder problems = new StringBuilder();
    problems.append("missing ").append(tally.expected() - tally.received());
    for (EventTally.Problem problem : EventTally.Problem.values()) {
      String name = problem.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      problems.append(", ").append(name).append(' ').append(tally.problems(problem));
    }
    lines.add(problems.toString());
    return lines;
  }

  private static String part(String name, Sample from, Sample to) {
    return to.received() == from.received()
        ? name + "  (too short)"
        : String.format(
            Locale.ROOT,
            "%-11s  %,8.0f events/s  %6.1f µs of CPU per event",
            name,
            to.perSecondSince(from),
            to.cpuMicrosSince(from));
  }

  private static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
