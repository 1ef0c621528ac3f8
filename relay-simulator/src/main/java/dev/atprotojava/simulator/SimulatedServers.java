// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A network behind real sockets: the directory and every host on a free port of 127.0.0.1, all in
 * one server of two I/O threads. A host is {@code localhost:PORT} from then on, which its accounts'
 * DID documents say too.
 *
 * <p>Hosts offer {@code subscribeRepos}, {@code getRepoStatus}, {@code getLatestCommit}, {@code
 * getRepo}, {@code listRepos}, {@code describeServer} and {@code _health}; the directory {@code GET
 * /{did}} and {@code _health}.
 */
public final class SimulatedServers implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int IO_THREADS = 2;

  private final Undertow server;
  private final URI plc;

  private SimulatedServers(Undertow server, URI plc) {
    this.server = server;
    this.plc = plc;
  }

  /** Serves a network. */
  public static SimulatedServers start(SimulatedNetwork network) {
    return start(network, host -> (cursor, wake) -> new LiveFeed(host.subscribe(cursor, wake)));
  }

  /** Serves a network whose hosts take their frames from elsewhere than their own logs. */
  static SimulatedServers start(
      SimulatedNetwork network, Function<SimulatedPds, FrameFeed.Source> frames) {
    // Undertow frees direct buffers by a method of sun.misc.Unsafe that newer JDKs warn about.
    Undertow.Builder builder =
        Undertow.builder().setIoThreads(IO_THREADS).setWorkerThreads(1).setDirectBuffers(false);
    builder.addHttpListener(0, LOOPBACK, directory(network.plc()));
    for (SimulatedPds host : network.hosts()) {
      builder.addHttpListener(0, LOOPBACK, new HostEndpoints(network, host, frames.apply(host)));
    }
    Undertow server = builder.build();
    server.start();
    List<URI> endpoints = new ArrayList<>();
    for (Undertow.ListenerInfo listener : server.getListenerInfo()) {
      int port = ((InetSocketAddress) listener.getAddress()).getPort();
      endpoints.add(URI.create("http://localhost:" + port));
    }
    for (SimulatedPds host : network.hosts()) {
      host.serveAt(endpoints.get(1 + host.number()));
    }
    return new SimulatedServers(server, endpoints.getFirst());
  }

  private static HttpHandler directory(SimulatedPlc plc) {
    return exchange -> {
      String path = exchange.getRequestPath().substring(1);
      PlcResponse answer =
          path.equals("_health")
              ? new PlcResponse(200, "{\"version\":\"simulator\"}")
              : plc.get(path);
      HostEndpoints.json(exchange, answer.status(), answer.body());
    };
  }

  /** Where the directory is: {@code http://localhost:PORT}. */
  public URI plc() {
    return plc;
  }

  /** Closes all ports and connections. */
  @Override
  public void close() {
    server.stop();
  }
}
