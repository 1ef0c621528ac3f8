// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.syntax.Did;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a PDS host answers over HTTP: the part of {@code com.atproto.sync} that relays and their
 * consumers ask for (SC-A0 ff.). JSON is written as text, for no value in it can have a character
 * that needs escaping.
 */
final class HostEndpoints implements HttpHandler {
  private static final String XRPC = "/xrpc/";
  private static final int MAX_LIMIT = 1000;
  private static final int DEFAULT_LIMIT = 500;

  private final SimulatedNetwork network;
  private final SimulatedPds host;
  private final HttpHandler subscribe;

  HostEndpoints(SimulatedNetwork network, SimulatedPds host, FrameFeed.Source frames) {
    this.network = network;
    this.host = host;
    HttpUpgradeListener upgraded =
        (connection, exchange) -> {
          Cursor cursor = cursor(parameter(exchange, "cursor"));
          if (cursor != null) { // the handler has looked before
            SubscriberConnection.start(connection, frames, cursor);
          }
        };
    this.subscribe =
        new WebSocketProtocolHandshakeHandler(
            Set.of(new Hybi13Handshake()),
            upgraded,
            exchange -> error(exchange, 426, "UpgradeRequired"));
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String path = exchange.getRequestPath();
    switch (path.startsWith(XRPC) ? path.substring(XRPC.length()) : "") {
      case "_health" -> json(exchange, StatusCodes.OK, "{\"version\":\"simulator\"}");
      case "com.atproto.server.describeServer" -> describeServer(exchange);
      case "com.atproto.sync.subscribeRepos" -> subscribe(exchange);
      case "com.atproto.sync.getRepoStatus" -> getRepoStatus(exchange);
      case "com.atproto.sync.getLatestCommit" -> getLatestCommit(exchange);
      case "com.atproto.sync.getRepo" -> getRepo(exchange);
      case "com.atproto.sync.listRepos" -> listRepos(exchange);
      default -> error(exchange, StatusCodes.NOT_IMPLEMENTED, "MethodNotImplemented");
    }
  }

  private void subscribe(HttpServerExchange exchange) throws Exception {
    if (cursor(parameter(exchange, "cursor")) == null) {
      error(exchange, StatusCodes.BAD_REQUEST, "InvalidRequest");
    } else {
      subscribe.handleRequest(exchange);
    }
  }

  /** The cursor of a parameter, null if it is none. */
  private static @Nullable Cursor cursor(@Nullable String text) {
    if (text == null) {
      return new Cursor.Live();
    }
    try {
      long seq = Long.parseLong(text);
      return seq == 0 ? new Cursor.Oldest() : new Cursor.After(seq);
    } catch (IllegalArgumentException notANumberOrOutOfRange) {
      return null;
    }
  }

  private void describeServer(HttpServerExchange exchange) {
    String did = "did:web:" + host.hostname().replace(":", "%3A");
    json(
        exchange,
        StatusCodes.OK,
        "{\"did\":\"" + did + "\",\"availableUserDomains\":[\".example.com\"]}");
  }

  private void getRepoStatus(HttpServerExchange exchange) {
    SimulatedAccount account = account(exchange);
    if (account == null) {
      error(exchange, StatusCodes.BAD_REQUEST, "RepoNotFound");
      return;
    }
    SimulatedCommit head = account.head();
    boolean active = account.status().isActive();
    String rev = head == null || !active ? "" : ",\"rev\":\"" + head.commit().rev() + "\"";
    json(
        exchange,
        StatusCodes.OK,
        "{\"did\":\"" + account.did() + "\"" + status(account) + rev + "}");
  }

  private void getLatestCommit(HttpServerExchange exchange) {
    SimulatedCommit head = headOrError(exchange, account(exchange));
    if (head != null) {
      json(
          exchange,
          StatusCodes.OK,
          "{\"cid\":\"" + head.commit().cid() + "\",\"rev\":\"" + head.commit().rev() + "\"}");
    }
  }

  private void getRepo(HttpServerExchange exchange) {
    SimulatedAccount account = account(exchange);
    if (account != null && headOrError(exchange, account) != null) {
      exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/vnd.ipld.car");
      exchange.getResponseSender().send(ByteBuffer.wrap(account.export().toByteArray()));
    } else if (account == null) {
      error(exchange, StatusCodes.BAD_REQUEST, "RepoNotFound");
    }
  }

  /** The newest commit of an account; null if there is none to show, which the client was told. */
  private @Nullable SimulatedCommit headOrError(
      HttpServerExchange exchange, @Nullable SimulatedAccount account) {
    SimulatedCommit head = account == null ? null : account.head();
    if (account == null || head == null) {
      error(exchange, StatusCodes.BAD_REQUEST, "RepoNotFound");
      return null;
    }
    if (!account.status().isActive()) {
      error(exchange, StatusCodes.BAD_REQUEST, repoError(account.status()));
      return null;
    }
    return head;
  }

  private static String repoError(AccountStatus status) {
    return switch (status) {
      case TAKENDOWN -> "RepoTakendown";
      case SUSPENDED -> "RepoSuspended";
      case DELETED, ACTIVE -> "RepoNotFound";
      case DEACTIVATED, DESYNCHRONIZED, THROTTLED, INACTIVE -> "RepoDeactivated";
    };
  }

  private void listRepos(HttpServerExchange exchange) {
    int limit;
    int after;
    try {
      String limitText = parameter(exchange, "limit");
      String cursorText = parameter(exchange, "cursor");
      limit = limitText == null ? DEFAULT_LIMIT : Integer.parseInt(limitText);
      after = cursorText == null ? -1 : Integer.parseInt(cursorText);
    } catch (NumberFormatException e) {
      limit = 0;
      after = 0;
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      error(exchange, StatusCodes.BAD_REQUEST, "InvalidRequest");
      return;
    }
    List<SimulatedAccount> page = host.accounts(after, limit);
    StringBuilder out = new StringBuilder("{\"repos\":[");
    for (SimulatedAccount account : page) {
      SimulatedCommit head = account.head();
      if (head != null) {
        out.append(out.charAt(out.length() - 1) == '[' ? "" : ",");
        out.append("{\"did\":\"").append(account.did());
        out.append("\",\"head\":\"").append(head.commit().cid());
        out.append("\",\"rev\":\"").append(head.commit().rev()).append('"');
        out.append(status(account)).append('}');
      }
    }
    out.append(']');
    if (page.size() == limit) {
      out.append(",\"cursor\":\"").append(page.getLast().number()).append('"');
    }
    json(exchange, StatusCodes.OK, out.append('}').toString());
  }

  private static String status(SimulatedAccount account) {
    AccountStatus status = account.status();
    String wire = status.wire();
    return ",\"active\":"
        + status.isActive()
        + (wire == null ? "" : ",\"status\":\"" + wire + "\"");
  }

  /** The account of the parameter {@code did} if it lives here. */
  private @Nullable SimulatedAccount account(HttpServerExchange exchange) {
    String did = parameter(exchange, "did");
    SimulatedAccount account =
        did == null || !Did.isValid(did) ? null : network.find(Did.parse(did));
    return account == null || account.host() != host ? null : account;
  }

  private static @Nullable String parameter(HttpServerExchange exchange, String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? null : values.peekFirst();
  }

  private static void error(HttpServerExchange exchange, int status, String error) {
    json(exchange, status, "{\"error\":\"" + error + "\"}");
  }

  static void json(HttpServerExchange exchange, int status, String body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(body);
  }
}
