// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How identities are found out and kept.
 *
 * @param database where they are kept
 * @param requestsPerSecond how much each PLC directory is asked at most; 0 for the default
 * @param follow how often the first directory is asked for what changed; zero for never
 */
public record IdentityConfig(Path database, int requestsPerSecond, Duration follow) {
  private static final String FILE = "identities.sqlite";
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  /** What follows from the settings. */
  public static IdentityConfig of(Settings settings) {
    return new IdentityConfig(
        database(settings),
        (int) settings.number(Setting.PLC_RATE, 0, 100_000),
        settings.read(Setting.PLC_FOLLOW, IdentityConfig::interval));
  }

  /** Where identities are kept: beside the other database, unless something else is said. */
  public static Path database(Settings settings) {
    return settings.text(Setting.IDENTITY_DATABASE).isEmpty()
        ? DatabaseUrl.path(settings).resolveSibling(FILE)
        : settings.path(Setting.IDENTITY_DATABASE);
  }

  private static Duration interval(String text) {
    Duration interval = GoDuration.parse(text);
    boolean within = interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0;
    if (!interval.isZero() && !within) {
      throw new IllegalArgumentException("out of range");
    }
    return interval;
  }
}
