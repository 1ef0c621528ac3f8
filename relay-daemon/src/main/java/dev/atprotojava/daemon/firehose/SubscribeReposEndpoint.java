// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.firehose;

import dev.atprotojava.daemon.http.ApiException;
import dev.atprotojava.daemon.http.Errors;
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
import java.time.Duration;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code com.atproto.sync.subscribeRepos}: Undertow makes the handshake, then the connection
 * belongs to a session of the relay (ADR 3). Extensions are not offered, so frames go out as they
 * are in the log.
 */
public final class SubscribeReposEndpoint implements HttpHandler {
  /** The method. */
  public static final String NSID = "com.atproto.sync.subscribeRepos";

  private static final AttachmentKey<Cursor> CURSOR = AttachmentKey.create(Cursor.class);
  private static final AttachmentKey<ConsumerAdmission.Place> PLACE =
      AttachmentKey.create(ConsumerAdmission.Place.class);
  private static final Duration COME_BACK = Duration.ofSeconds(30);
  private static final int LONGEST_USER_AGENT = 200;

  private final Consumers consumers;
  private final ConsumerAdmission admission;
  private final WebSocketProtocolHandshakeHandler handshake;

  /**
   * An endpoint that opens sessions with {@code consumers}.
   *
   * @param admission how many there may be
   */
  public SubscribeReposEndpoint(Consumers consumers, ConsumerAdmission admission) {
    this.consumers = consumers;
    this.admission = admission;
    this.handshake =
        new WebSocketProtocolHandshakeHandler(
            Set.of(new Hybi13Handshake()),
            (HttpUpgradeListener) this::upgraded,
            SubscribeReposEndpoint::refuseHandshake);
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String upgrade = exchange.getRequestHeaders().getFirst(Headers.UPGRADE);
    if (!"websocket".equalsIgnoreCase(upgrade)
        || !exchange.getRequestMethod().equals(Methods.GET)) {
      refuseHandshake(exchange);
      return;
    }
    Cursor cursor = cursor(exchange);
    if (cursor == null) {
      Errors.send(
          exchange,
          ApiException.invalidRequest("cursor must be a number from 0 to 2^53 - 1, given once"));
      return;
    }
    switch (admission.enter(exchange.getSourceAddress().getAddress())) {
      case ConsumerAdmission.Refused(var reason) -> Errors.send(exchange, tooMany(reason));
      case ConsumerAdmission.Place place -> {
        exchange.putAttachment(CURSOR, cursor);
        exchange.putAttachment(PLACE, place);
        giveBackWithoutUpgrade(exchange, place);
        handshake.handleRequest(exchange);
      }
    }
  }

  /**
   * The cursor that is asked for; null if it is none. An empty one is none given, as some clients
   * send it.
   */
  private static @Nullable Cursor cursor(HttpServerExchange exchange) {
    Deque<String> given = exchange.getQueryParameters().get("cursor");
    if (given != null && given.size() > 1) {
      return null;
    }
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

  private static ApiException tooMany(ConsumerAdmission.Refusal reason) {
    return ApiException.rateLimited(
        switch (reason) {
          case ALL_PLACES_TAKEN -> "this relay has as many consumers as it takes";
          case ADDRESS_HAS_ITS_PLACES -> "your address has as many connections as it may";
        },
        COME_BACK);
  }

  /**
   * A place must come back on every way that ends before a session owns the connection: the
   * handshake is refused, or the client is gone before it is done.
   */
  private static void giveBackWithoutUpgrade(
      HttpServerExchange exchange, ConsumerAdmission.Place place) {
    exchange.getConnection().addCloseListener(_ -> place.giveBack());
    exchange.addExchangeCompleteListener(
        (done, next) -> {
          if (!done.isUpgrade()) {
            place.giveBack();
          }
          next.proceed();
        });
  }

  private static void refuseHandshake(HttpServerExchange exchange) {
    exchange.getResponseHeaders().put(Headers.UPGRADE, "websocket");
    exchange.getResponseHeaders().put(Headers.SEC_WEB_SOCKET_VERSION, "13");
    Errors.send(
        exchange,
        StatusCodes.UPGRADE_REQUIRED,
        "UpgradeRequired",
        "this is a WebSocket of version 13");
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
    ConsumerAdmission.Place place = exchange.getAttachment(PLACE);
    ConsumerSocket.open(
        connection,
        consumers,
        cursor == null ? new Cursor.Live() : cursor,
        peer,
        place == null ? () -> {} : place::giveBack);
  }
}
