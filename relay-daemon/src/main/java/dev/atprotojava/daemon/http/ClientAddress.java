// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import dev.atprotojava.daemon.config.AddressRange;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose request it is, when it comes through a proxy.
 *
 * <p>{@code X-Forwarded-For} is a list to which each proxy adds whom it heard from. It is read from
 * the end, past the proxies of the operator; the first other address is the client. What stands
 * before that is the client's own word, and with it anybody could be anybody.
 */
final class ClientAddress implements HttpHandler {
  private final List<AddressRange> trusted;
  private final HttpHandler next;

  ClientAddress(List<AddressRange> trusted, HttpHandler next) {
    this.trusted = trusted;
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    HeaderValues forwarded = exchange.getRequestHeaders().get(Headers.X_FORWARDED_FOR);
    InetAddress peer = exchange.getSourceAddress().getAddress();
    if (forwarded != null && isTrusted(peer)) {
      InetAddress client = client(peer, String.join(",", forwarded));
      exchange.setSourceAddress(new InetSocketAddress(client, 0));
    }
    next.handleRequest(exchange);
  }

  /** The last address that is not one of ours; the last that could be read if there is none. */
  private InetAddress client(InetAddress peer, String forwarded) {
    InetAddress client = peer;
    String[] hops = forwarded.split(",", -1);
    for (int i = hops.length - 1; i >= 0 && isTrusted(client); i--) {
      InetAddress hop = literal(hops[i].strip());
      if (hop == null) {
        break;
      }
      client = hop;
    }
    return client;
  }

  private static @Nullable InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private boolean isTrusted(InetAddress address) {
    for (AddressRange range : trusted) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
