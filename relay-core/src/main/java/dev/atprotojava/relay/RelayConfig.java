// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.host.TrustedDomains;
import dev.atprotojava.relay.ingest.LaneLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a relay is set up.
 *
 * @param database the file of the store
 * @param logDirectory the directory of the event log
 * @param log how the log is kept
 * @param memory how much memory each part may use
 * @param lanes how many events are verified side by side
 * @param hosts who may become a host
 * @param flushInterval how long account states gather before they are written to the store
 */
public record RelayConfig(
    Path database,
    Path logDirectory,
    LogOptions log,
    Memory memory,
    int lanes,
    Hosts.Policy hosts,
    Duration flushInterval) {

  /**
   * How much memory each part may use, in bytes but for {@code keys}.
   *
   * @param inFlight frames between a host's socket and the log, of all hosts
   * @param inFlightPerHost the same of one host; at least 5,001,024, the longest message
   * @param tail the newest part of the log
   * @param slab one piece of that
   * @param batch what is written to the log at once
   * @param coldCache old parts of the log that were read for consumers
   * @param accounts account states of all lanes
   * @param keys parsed signing keys of all lanes, up to 2.3 kB each
   * @param identities how many identities are remembered
   */
  public record Memory(
      long inFlight,
      long inFlightPerHost,
      int tail,
      int slab,
      int batch,
      long coldCache,
      long accounts,
      int keys,
      int identities) {
    private static final int LONGEST = 5_001_024;

    public Memory {
      if (inFlightPerHost < LONGEST || inFlight < inFlightPerHost) {
        throw new IllegalArgumentException(
            "a host must have room for its longest message, " + LONGEST + " bytes");
      }
    }

    /** For a small server: some 200 MB in all. */
    public static Memory defaults() {
      return new Memory(
          48 << 20, 8 << 20, 32 << 20, 1 << 20, 256 << 10, 32 << 20, 76 << 20, 50_000, 250_000);
    }
  }

  /** The defaults, with all data below one directory. */
  public static RelayConfig defaults(Path data) {
    return new RelayConfig(
        data.resolve("relay.sqlite"),
        data.resolve("persist"),
        LogOptions.defaults(),
        Memory.defaults(),
        Math.max(1, Runtime.getRuntime().availableProcessors()),
        new Hosts.Policy(false, new TrustedDomains(List.of("*.host.bsky.network")), 50, 100, false),
        Duration.ofSeconds(5));
  }

  /** What each lane may keep. */
  LaneLimits laneLimits() {
    return new LaneLimits(memory.accounts() / lanes, memory.keys() / lanes);
  }
}
