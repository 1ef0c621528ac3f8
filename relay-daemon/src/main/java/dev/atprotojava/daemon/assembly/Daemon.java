// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.ListenAddress;
import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.http.Routes;
import dev.atprotojava.relay.Relay;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay with everything around it: identity, HTTP, firehose, metrics. Started once, stopped
 * once; thread-safe in between.
 */
public final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private final DaemonWiring parts;

  private Daemon(DaemonWiring parts) {
    this.parts = parts;
  }

  /**
   * Starts a daemon. When this returns, it serves.
   *
   * @param adminKeys of the administrators, at least one
   * @param fatal told when going on would break a promise: the process must end now
   * @throws dev.atprotojava.relay.RelayException if the data cannot be used or an address not be
   *     listened on; the message is for the operator
   */
  public static Daemon start(
      DaemonConfig config, List<AdminKey> adminKeys, Product product, Consumer<Throwable> fatal)
      throws InterruptedException {
    Daemon daemon = new Daemon(new DaemonWiring(config, adminKeys, product, fatal));
    try {
      daemon.parts.relay.start();
      daemon.parts.server.start();
      daemon.parts.discovery.start();
      if (daemon.parts.follower != null) {
        daemon.parts.follower.start();
      }
    } catch (RuntimeException e) {
      daemon.stop();
      throw e;
    }
    LOG.info(
        "serving version={} api={} metrics={}",
        product.version(),
        text(daemon.apiAddress()),
        text(daemon.metricsAddress()));
    return daemon;
  }

  private static String text(InetSocketAddress address) {
    return new ListenAddress(address.getHostString(), address.getPort()).toString();
  }

  /** Where the API and the firehose are. */
  public InetSocketAddress apiAddress() {
    return parts.server.apiAddress();
  }

  /** Where metrics are. */
  public InetSocketAddress metricsAddress() {
    return parts.server.metricsAddress();
  }

  /** What the API answers. */
  public Routes routes() {
    return parts.routes;
  }

  /** The relay itself. */
  public Relay relay() {
    return parts.relay;
  }

  /** Ends in good order; within about ten seconds, and usually within one. */
  public void stop() throws InterruptedException {
    new ShutdownSequence(parts).run();
  }
}
