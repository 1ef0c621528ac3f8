// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.firehose;

import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.SyncLimits;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code com.atproto.sync.subscribeRepos}: Undertow makes the handshake, then the connection
 * belongs to a session of the relay (ADR 3). Extensions are not offered, so frames go out as they
 * are in the log.
 */
public final class SubscribeReposEndpoint implements HttpHandler {
  private static final AttachmentKey<Cursor> CURSOR = AttachmentKey.create(Cursor.class);
  private static final int LONGEST_USER_AGENT = 200;

  private final Consumers consumers;
  private final WebSocketProtocolHandshakeHandler handshake;

  /** An endpoint that opens sessions with {@code consumers}. */
  public SubscribeReposEndpoint(Consumers consumers) {
    this.consumers = consumers;
    this.handshake =
        new WebSocketProtocolHandshakeHandler(
            Set.of(new Hybi13Handshake()), (HttpUpgradeListener) this::upgraded);
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (!exchange.getRequestMethod().equals(Methods.GET)) {
      refuse(exchange, StatusCodes.METHOD_NOT_ALLOWED, "MethodNotAllowed", "use GET");
      return;
    }
    String upgrade = exchange.getRequestHeaders().getFirst(Headers.UPGRADE);
    if (!"websocket".equalsIgnoreCase(upgrade)) {
      exchange.getResponseHeaders().put(Headers.UPGRADE, "websocket");
      refuse(exchange, 426, "UpgradeRequired", "this is a WebSocket endpoint");
      return;
    }
    Cursor cursor = cursor(exchange);
    if (cursor == null) {
      refuse(
          exchange,
          StatusCodes.BAD_REQUEST,
          "InvalidRequest",
          "cursor must be a number from 0 to 2^53 - 1");
      return;
    }
    exchange.putAttachment(CURSOR, cursor);
    handshake.handleRequest(exchange);
  }

  /**
   * The cursor that is asked for; null if it is none. An empty one is none given, as some clients
   * send it.
   */
  private static @Nullable Cursor cursor(HttpServerExchange exchange) {
    Deque<String> given = exchange.getQueryParameters().get("cursor");
    String text = given == null ? "" : given.getFirst();
    if (text.isEmpty()) {
      return new Cursor.Live();
    }
    if (!text.matches("[0-9]{1,16}")) {
      return null;
    }
    long seq = Long.parseLong(text);
    if (seq > SyncLimits.MAX_SEQ) {
      return null;
    }
    return seq == 0 ? new Cursor.Oldest() : new Cursor.After(seq);
  }

  private static void refuse(
      HttpServerExchange exchange, int status, String error, String message) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange
        .getResponseSender()
        .send("{\"error\":\"" + error + "\",\"message\":\"" + message + "\"}");
  }

  /** The handshake is done; this is the connection's I/O thread. */
  private void upgraded(org.xnio.StreamConnection connection, HttpServerExchange exchange) {
    Cursor cursor = exchange.getAttachment(CURSOR);
    String userAgent = exchange.getRequestHeaders().getFirst(Headers.USER_AGENT);
    String name = userAgent == null ? "" : userAgent;
    Consumers.Peer peer =
        new Consumers.Peer(
            exchange.getSourceAddress().getAddress().getHostAddress(),
            name.substring(0, Math.min(name.length(), LONGEST_USER_AGENT)));
    ConsumerSocket.open(connection, consumers, cursor == null ? new Cursor.Live() : cursor, peer);
  }
}
