// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of a demonstration.
 *
 * @param status the last that was to be shown
 * @param ledger what was sent and received
 * @param processorMillis what the relay took, 0 if unknown
 * @param residentBytes what the relay holds, 0 if unknown
 */
record DemoSummary(
    DemoStatus status, DeliveryLedger ledger, long processorMillis, long residentBytes) {
  /** Whether everything that was sent arrived, once, in the relay's order, and nothing else. */
  boolean isWhole() {
    return ledger.received() > 0
        && ledger.outstanding() == 0
        && ledger.unexpected() == 0
        && ledger.outOfOrder() == 0;
  }

  /** In a few lines. */
  List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Sent %,d events in %d s (seed %d) and received %,d:"
                + " missing %,d, unexpected %,d, out of order %,d",
            ledger.sent(),
            status.seconds(),
            status.links().seed(),
            ledger.received(),
            ledger.outstanding(),
            ledger.unexpected(),
            ledger.outOfOrder()),
        "Latency from host to consumer: "
            + latency(ledger.latency())
            + "; while the relay warmed up: "
            + latency(ledger.warmUpLatency()),
        String.format(
            Locale.ROOT,
            "Hostile frames sent: %,d; dropped by the relay: %s",
            status.hostile(),
            drops(status.drops())),
        String.format(
            Locale.ROOT,
            "The relay took %.1f s of processor time and holds %,d MB",
            processorMillis / 1e3,
            residentBytes >> 20),
        isWhole() ? "Everything that was sent arrived." : "NOT everything arrived as it was sent.");
  }

  private static String latency(LatencyHistogram times) {
    return times.count() == 0
        ? "none"
        : String.format(
            Locale.ROOT,
            "p50 %.1f ms, p99 %.1f ms, longest %.1f ms",
            times.millis(0.5),
            times.millis(0.99),
            times.maxMillis());
  }

  private static String drops(Map<String, Long> drops) {
    return drops.isEmpty()
        ? "none that it tells of"
        : drops.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }
}
