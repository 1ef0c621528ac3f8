// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.DirectoryStorage;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.relay.store.HostRow;
import dev.atprotojava.relay.store.HostRule;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.SqliteRelayStore;
import dev.atprotojava.sync.HostStatus;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The hosts of a relay that is not at work: hosts may be added, which its next start joins at
 * whatever they say then. Keeps the relay from starting while it is open. Not thread-safe.
 */
public final class HostBook implements AutoCloseable {
  private final DirectoryStorage storage;
  private final RelayStore store;
  private final boolean dev;
  private final HostProbe probe;
  private final InstantSource clock;
  private final Map<String, HostStatus> known = new HashMap<>();
  private final DomainBans bans;

  private HostBook(
      DirectoryStorage storage,
      RelayStore store,
      boolean dev,
      HostProbe probe,
      InstantSource clock) {
    this.storage = storage;
    this.store = store;
    this.dev = dev;
    this.probe = probe;
    this.clock = clock;
    Map<Integer, HostRule> rules = store.hostRules().all();
    for (HostRow row : store.hosts()) {
      boolean banned = rules.getOrDefault(row.id(), HostRule.NONE).bannedAt() != null;
      known.put(row.hostname(), banned ? HostStatus.BANNED : row.status());
    }
    this.bans = new DomainBans(store.hostRules().domainBans().keySet());
  }

  /**
   * Opens it on a relay's data, or on an empty place; empty if the relay is at work on them.
   *
   * @throws RelayException if the data is not ours, or damaged; the message is for the operator
   */
  public static Optional<HostBook> open(
      RelayConfig config, HostProbe probe, InstantSource clock, RandomGenerator random)
      throws IOException {
    DirectoryStorage storage;
    try {
      storage = new DirectoryStorage(config.logDirectory());
    } catch (IOException inUse) {
      return Optional.empty();
    }
    try {
      if (SegmentedEventLog.exists(storage) && !SqliteRelayStore.exists(config.database())) {
        throw RelayException.refused(
            "there is an event log in "
                + config.logDirectory()
                + " but no database at "
                + config.database()
                + ". Restore the database from a backup.");
      }
      RelayStore store = SqliteRelayStore.open(config.database(), random);
      return Optional.of(new HostBook(storage, store, config.hosts().dev(), probe, clock));
    } catch (IOException | RuntimeException | Error e) {
      storage.close();
      throw e;
    }
  }

  /** Adds a host that was found, unless it is known. Blocks while the host is asked who it is. */
  public CrawlAnswer discover(String name) {
    CrawlTarget target = CrawlTarget.parse(name, dev);
    if (target == null) {
      return CrawlAnswer.BAD_HOSTNAME;
    }
    HostStatus status = known.get(target.hostname());
    if (status != null) {
      return status == HostStatus.BANNED ? CrawlAnswer.BANNED : CrawlAnswer.KNOWN;
    }
    if (bans.match(target.hostname()) != null) {
      return CrawlAnswer.DOMAIN_BANNED;
    }
    try {
      probe.describeServer(target.hostname(), target.secure());
    } catch (IOException e) {
      return CrawlAnswer.NOT_A_PDS;
    }
    store.createLiveHost(target.hostname(), target.secure(), clock.instant());
    known.put(target.hostname(), HostStatus.ACTIVE);
    return CrawlAnswer.ADDED;
  }

  @Override
  public void close() throws IOException {
    store.close();
    storage.close();
  }
}
