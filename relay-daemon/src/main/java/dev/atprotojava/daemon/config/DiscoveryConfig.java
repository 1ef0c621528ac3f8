// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where hosts are looked for that nobody asked for.
 *
 * @param hostsFile a file of names
 * @param peers relays whose lists of hosts are read
 * @param endpoints true to follow the servers that identities name
 * @param interval from one look to the next
 * @param perDay how many may be added in a day
 */
public record DiscoveryConfig(
    Optional<Path> hostsFile, List<URI> peers, boolean endpoints, Duration interval, int perDay) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);

  public DiscoveryConfig {
    peers = List.copyOf(peers);
  }

  static DiscoveryConfig of(Settings settings) {
    return new DiscoveryConfig(
        settings.text(Setting.HOSTS_FILE).isEmpty()
            ? Optional.empty()
            : Optional.of(settings.path(Setting.HOSTS_FILE)),
        settings.readList(Setting.PEER_RELAYS, DaemonConfig::directory),
        settings.flag(Setting.DISCOVER_ENDPOINTS),
        settings.read(Setting.DISCOVERY_INTERVAL, DiscoveryConfig::interval),
        (int) settings.number(Setting.DISCOVERED_PER_DAY, 0, 1_000_000));
  }

  private static Duration interval(String text) {
    Duration interval = GoDuration.parse(text);
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("out of range");
    }
    return interval;
  }
}
