// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What a demonstration shows at one moment.
 *
 * @param seconds since traffic began
 * @param sent events that hosts have sent
 * @param received events that the consumer has received as they were sent
 * @param sentPerSecond lately
 * @param receivedPerSecond lately
 * @param p50Millis half of the latencies, lately, were not above
 * @param p99Millis 99 % of the latencies, lately, were not above
 * @param unexpected messages that the consumer received and no host sent
 * @param hostile hostile frames that hosts have sent
 * @param relayEvents what the relay has counted, -1 if it does not say
 * @param consumers the relay's consumers, -1 if it does not say
 * @param hosts the relay's hosts by status
 * @param drops what the relay has dropped, by reason
 * @param history received events a second, the oldest first
 * @param recent some of the last events, as text
 */
record DemoStatus(
    long seconds,
    long sent,
    long received,
    double sentPerSecond,
    double receivedPerSecond,
    double p50Millis,
    double p99Millis,
    long unexpected,
    long hostile,
    long relayEvents,
    long consumers,
    Map<String, Long> hosts,
    Map<String, Long> drops,
    List<Double> history,
    List<String> recent,
    Links links) {
  DemoStatus {
    hosts = Map.copyOf(hosts);
    drops = Map.copyOf(drops);
    history = List.copyOf(history);
    recent = List.copyOf(recent);
  }

  /**
   * What to try while it runs.
   *
   * @param seed of the network
   * @param api the relay's XRPC
   * @param metrics the relay's metrics
   * @param host one of the hosts
   * @param directory where the relay keeps its data
   * @param removed whether the directory is removed at the end
   */
  record Links(long seed, URI api, URI metrics, String host, String directory, boolean removed) {}
}
