// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.cbor.Bytes;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** A PDS and, on the same port, a PLC directory, over real sockets. */
final class SampleHost implements AutoCloseable {
  private final Undertow server;
  private final Map<String, SampleAccount> accounts = new ConcurrentHashMap<>();
  private final List<WebSocketChannel> subscribers = new ArrayList<>();
  private final List<Bytes> log = new ArrayList<>();
  private volatile boolean relay;

  SampleHost() {
    HttpHandler firehose =
        Handlers.websocket(
            (exchange, channel) -> {
              List<String> cursor = exchange.getRequestParameters().get("cursor");
              channel.getReceiveSetter().set(new AbstractReceiveListener() {});
              channel.resumeReceives();
              subscribe(channel, cursor == null ? log.size() : Integer.parseInt(cursor.getFirst()));
            });
    this.server =
        Undertow.builder()
            .setIoThreads(1)
            .setWorkerThreads(1)
            .setDirectBuffers(false)
            .addHttpListener(0, "127.0.0.1", exchange -> route(exchange, firehose))
            .build();
    server.start();
  }

  private void route(HttpServerExchange exchange, HttpHandler firehose) throws Exception {
    String path = exchange.getRequestPath();
    if (relay) {
      exchange.getResponseHeaders().put(Headers.SERVER, "other-relay (atproto-relay)");
    }
    switch (path) {
      case "/xrpc/com.atproto.sync.subscribeRepos" -> firehose.handleRequest(exchange);
      case "/xrpc/com.atproto.server.describeServer" ->
          exchange.getResponseSender().send("{\"availableUserDomains\":[]}");
      default -> {
        SampleAccount account = accounts.get(path.substring(1));
        if (account == null) {
          exchange.setStatusCode(404);
        } else {
          exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
          exchange.getResponseSender().send(account.document(url()));
        }
      }
    }
  }

  private synchronized void subscribe(WebSocketChannel channel, int cursor) {
    for (Bytes frame : log.subList(Math.min(cursor, log.size()), log.size())) {
      send(channel, frame);
    }
    subscribers.add(channel);
  }

  private static void send(WebSocketChannel channel, Bytes frame) {
    WebSockets.sendBinary(ByteBuffer.wrap(frame.toByteArray()), channel, null);
  }

  /** An account of which the directory says that it is here. */
  SampleAccount account(String did) {
    return accounts.computeIfAbsent(did, SampleAccount::new);
  }

  /** Says something to all who listen, now or later. */
  synchronized void say(LongFunction<Bytes> message) {
    Bytes frame = message.apply(log.size() + 1L);
    log.add(frame);
    subscribers.forEach(channel -> send(channel, frame));
  }

  /** Calls itself a relay from now on. */
  void becomeRelay() {
    relay = true;
  }

  /** And no more. */
  void becomePds() {
    relay = false;
  }

  /** The hostname as a relay has it. */
  String hostname() {
    return "localhost:"
        + ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
  }

  /** Where it is, as PDS and as directory. */
  String url() {
    return "http://" + hostname();
  }

  @Override
  public void close() {
    server.stop();
  }
}
