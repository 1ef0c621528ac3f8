// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.discovery;

import dev.atprotojava.daemon.config.DiscoveryConfig;
import dev.atprotojava.relay.host.CrawlAnswer;
import dev.atprotojava.relay.identity.SqliteIdentityStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for hosts every few hours, and has them followed from whatever they say next: first those
 * of a file, at the start; then those that other relays hear of, and the servers that identities
 * name. The file is the operator's word and has no limit; of the others so many are added a day,
 * which is remembered over restarts. In one round at most {@value #TRIES} are asked who they are,
 * one after another.
 */
public final class HostDiscovery {
  private static final Logger LOG = LoggerFactory.getLogger(HostDiscovery.class);
  private static final int TRIES = 2_000;
  private static final int PAGE = 200;
  private static final int MAX_PAGES = 1_000;
  private static final Duration STOP = Duration.ofSeconds(2);
  private static final String DAY = "discovery_day";
  private static final String COUNT = "discovery_count";
  private static final String PLACE = "discovery_place";

  private final DiscoveryConfig config;
  private final PeerHosts peers;
  private final SqliteIdentityStore identities;
  private final Function<String, CrawlAnswer> hosts;
  private final InstantSource clock;
  private final Thread thread;

  private int tries; // owned by the thread, or by whoever calls round()

  /**
   * A discovery that has not begun.
   *
   * @param hosts has a host followed, or says why not
   */
  public HostDiscovery(
      DiscoveryConfig config,
      PeerHosts peers,
      SqliteIdentityStore identities,
      Function<String, CrawlAnswer> hosts,
      InstantSource clock) {
    this.config = config;
    this.peers = peers;
    this.identities = identities;
    this.hosts = hosts;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("host-discovery").unstarted(this::run);
  }

  /** Begins, if there is anything to look at. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      config.hostsFile().ifPresent(this::readFile);
      while (config.endpoints() || !config.peers().isEmpty()) {
        round();
        Thread.sleep(config.interval());
      }
    } catch (InterruptedException e) {
      LOG.debug("no hosts are looked for any more");
    } catch (RuntimeException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error("no hosts are looked for any more", e);
      }
    }
  }

  /** The names of a file: one on each line; what follows a # is a remark. */
  private void readFile(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      LOG.error("the file of hosts {} cannot be read: {}", file, e.getMessage());
      return;
    }
    int added = 0;
    for (String line : lines) {
      String name = line.replaceFirst("#.*", "").strip();
      if (!name.isEmpty() && !isStopping()) {
        CrawlAnswer answer = hosts.apply(name);
        added += answer == CrawlAnswer.ADDED ? 1 : 0;
        if (answer == CrawlAnswer.BAD_HOSTNAME || answer == CrawlAnswer.NOT_A_PDS) {
          LOG.warn("of the file of hosts, {} is not followed: {}", name, answer);
        }
      }
    }
    LOG.info("file of hosts read: lines={} added={}", lines.size(), added);
  }

  /** One look at everything but the file. */
  void round() {
    tries = 0;
    for (URI peer : config.peers()) {
      readPeer(peer);
    }
    if (config.endpoints()) {
      readEndpoints();
    }
  }

  private void readPeer(URI peer) {
    try {
      String cursor = null;
      for (int page = 0; page < MAX_PAGES; page++) {
        PeerHosts.Page read = peers.page(peer, cursor);
        for (PeerHosts.Listed host : read.hosts()) {
          if (host.isHeard() && !offer(host.hostname())) {
            return;
          }
        }
        cursor = next(cursor, read.cursor());
        if (cursor == null) {
          return;
        }
      }
    } catch (IOException e) {
      LOG.warn("peer={}: its hosts cannot be read: {}", peer, e.getMessage());
    }
  }

  /** A cursor that stands still would never end. */
  private static @Nullable String next(@Nullable String before, @Nullable String now) {
    return now == null || now.equals(before) ? null : now;
  }

  /** Goes on where the last round ended, and begins anew when all were seen. */
  private void readEndpoints() {
    int place = (int) (long) wait(identities.number(PLACE));
    while (true) {
      List<SqliteIdentityStore.Server> page = wait(identities.servers(place, PAGE));
      if (page.isEmpty()) {
        wait(identities.remember(PLACE, 0));
        return;
      }
      for (SqliteIdentityStore.Server server : page) {
        if (!offer(server.origin())) {
          wait(identities.remember(PLACE, place));
          return;
        }
        place = server.id();
      }
      wait(identities.remember(PLACE, place));
    }
  }

  /** Has a host followed; false if no more may be today, or in this round. */
  private boolean offer(String name) {
    if (isStopping() || tries >= TRIES || addedToday() >= config.perDay()) {
      return false;
    }
    switch (hosts.apply(name)) {
      case ADDED -> {
        tries++;
        wait(identities.remember(COUNT, addedToday() + 1));
      }
      case NOT_A_PDS -> tries++;
      case KNOWN,
          BAD_HOSTNAME,
          BANNED,
          DOMAIN_BANNED,
          TOO_MANY_NEW,
          TOO_MANY_OF_DOMAIN,
          TOO_MANY_FROM_ADDRESS -> {}
    }
    return true;
  }

  private long addedToday() {
    long today = Duration.ofMillis(clock.millis()).toDays();
    if (wait(identities.number(DAY)) != today) {
      wait(identities.remember(DAY, today));
      wait(identities.remember(COUNT, 0));
    }
    return wait(identities.number(COUNT));
  }

  private static <T> T wait(java.util.concurrent.CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("what was found cannot be remembered", e.getCause());
    }
  }

  private boolean isStopping() {
    return Thread.currentThread().isInterrupted();
  }

  /** Ends it, and waits for that. */
  public void stop() throws InterruptedException {
    thread.interrupt();
    if (thread.getState() != Thread.State.NEW) {
      thread.join(STOP);
    }
  }
}
