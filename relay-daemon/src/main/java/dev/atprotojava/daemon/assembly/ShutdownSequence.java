// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out, in the order in which nothing is lost: HTTP accepts no more, hosts are left, lanes
 * drain, the sequencer flushes, the log is synced, the store is brought up to it, consumers get
 * what is left, are told, and are closed. Each part has its time, so that the whole ends before the
 * ten seconds that a container is usually given; what a part does not finish is done by the next
 * start, since the log is the truth.
 */
final class ShutdownSequence {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownSequence.class);
  private static final Duration REQUESTS = Duration.ofSeconds(1);
  private static final Duration CONSUMERS = Duration.ofSeconds(3);

  private final DaemonWiring parts;

  ShutdownSequence(DaemonWiring parts) {
    this.parts = parts;
  }

  /** Runs it, once. */
  void run() throws InterruptedException {
    parts.server.stopAccepting(REQUESTS);
    parts.discovery.stop();
    parts.relay.stop();
    if (!parts.admission.awaitEmpty(CONSUMERS)) {
      LOG.info("consumers={} could not be told", parts.admission.taken());
    }
    parts.server.close();
    parts.metrics.close();
    if (parts.follower != null) {
      parts.follower.stop();
    }
    parts.identities.close();
    parts.identityStore.close();
    parts.fetcher.close();
    parts.plcFetcher.close();
    parts.client.dispatcher().executorService().shutdown();
    parts.client.connectionPool().evictAll();
  }
}
