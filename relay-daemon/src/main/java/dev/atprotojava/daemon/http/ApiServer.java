// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import dev.atprotojava.daemon.config.DaemonConfig;
import dev.atprotojava.daemon.config.ListenAddress;
import dev.atprotojava.relay.RelayException;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/**
 * The HTTP server: two listeners, one for the API with the firehose and one for metrics, over the
 * same I/O threads.
 *
 * <p>Limits against those who take long, or send much: {@value #MAX_HEADER_BYTES} bytes of headers
 * within {@value #HEADER_MILLIS} ms, {@value #MAX_BODY_BYTES} bytes of body, {@value
 * #REQUEST_SECONDS} s for a whole request, {@value #IDLE_MILLIS} ms between two, and a number of
 * connections above which the system lets new ones wait.
 */
public final class ApiServer implements AutoCloseable {
  /** The longest body that is read. */
  public static final int MAX_BODY_BYTES = 64 << 10;

  static final int MAX_HEADER_BYTES = 16 << 10;
  static final int HEADER_MILLIS = 10_000;
  static final int IDLE_MILLIS = 30_000;
  static final int REQUEST_SECONDS = 60;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_PARAMETERS = 50;
  private static final int SPARE_CONNECTIONS = 2_000;
  private static final int METRICS_CONNECTIONS = 100;
  private static final int BACKLOG = 1_000;

  private final XnioWorker worker;
  private final GracefulShutdownHandler open;
  private final Listener api;
  private final Listener metrics;

  /** One address that is listened on. */
  private record Listener(String name, String variable, ListenAddress address, Undertow server) {
    void start() {
      try {
        server.start();
      } catch (RuntimeException e) {
        server.stop();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw RelayException.refused(
            name
                + " cannot be served on "
                + address
                + ": "
                + cause.getMessage()
                + ". Give another address by "
                + variable
                + ".");
      }
    }

    InetSocketAddress bound() {
      return (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    }
  }

  /**
   * A server that does not listen yet.
   *
   * @param mark the {@code Server} header
   * @param api what answers on the one address
   * @param metrics what answers on the other
   */
  public ApiServer(DaemonConfig.Http config, String mark, HttpHandler api, HttpHandler metrics) {
    try {
      this.worker =
          Xnio.getInstance()
              .createWorker(
                  OptionMap.builder()
                      .set(Options.WORKER_NAME, "http")
                      // Half of the cores: lanes want the others.
                      .set(
                          Options.WORKER_IO_THREADS,
                          Math.max(1, Runtime.getRuntime().availableProcessors() / 2))
                      .set(Options.WORKER_TASK_CORE_THREADS, 1)
                      .set(Options.WORKER_TASK_MAX_THREADS, 4)
                      .set(Options.TCP_NODELAY, true)
                      .getMap());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.open =
        new GracefulShutdownHandler(
            new ClientAddress(
                config.trustedProxies(),
                new CrossOrigin(new Deadline(REQUEST_SECONDS, new HttpContinueReadHandler(api)))));
    this.api =
        new Listener(
            "the API",
            "RELAY_API_LISTEN",
            config.api(),
            server(
                config.api(),
                config.consumers().max() + SPARE_CONNECTIONS,
                new ServerMark(mark, open)));
    this.metrics =
        new Listener(
            "metrics",
            "RELAY_METRICS_LISTEN",
            config.metrics(),
            server(
                config.metrics(),
                METRICS_CONNECTIONS,
                new ServerMark(mark, new Deadline(REQUEST_SECONDS, metrics))));
  }

  private Undertow server(ListenAddress address, int connections, HttpHandler handler) {
    // No MAX_ENTITY_SIZE: Undertow prints a stack trace when a chunked body passes it. A body is
    // not
    // read beyond our own limit, and what follows is thrown away until the deadline.
    return Undertow.builder()
        .setWorker(worker)
        // Undertow frees direct ones by a method of sun.misc.Unsafe that the JDK warns of.
        .setDirectBuffers(false)
        .addHttpListener(address.port(), address.host())
        .setSocketOption(Options.BACKLOG, BACKLOG)
        .setSocketOption(Options.CONNECTION_HIGH_WATER, connections)
        .setSocketOption(Options.CONNECTION_LOW_WATER, connections - connections / 20)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
        .setServerOption(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
        .setServerOption(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, HEADER_MILLIS)
        .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
        .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
        .setHandler(handler)
        .build();
  }

  /**
   * Begins to listen.
   *
   * @throws RelayException if an address is taken, or is not of this machine
   */
  public void start() {
    metrics.start();
    api.start();
  }

  /** Where the API is served. */
  public InetSocketAddress apiAddress() {
    return api.bound();
  }

  /** Where metrics are served. */
  public InetSocketAddress metricsAddress() {
    return metrics.bound();
  }

  /**
   * Takes no new connections and no new requests, and waits for those that are under way. The
   * firehose goes on.
   */
  public void stopAccepting(Duration atMost) throws InterruptedException {
    open.shutdown();
    api.server.stop();
    open.awaitShutdown(atMost.toMillis());
  }

  /** Ends the rest, with whatever is connected. */
  @Override
  public void close() {
    api.server.stop();
    metrics.server.stop();
    worker.shutdownNow();
  }
}
