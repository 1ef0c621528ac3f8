// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/**
 * Says who answers, on every answer and on the upgrade to the firehose: by {@code atproto-relay} in
 * it a relay knows that it must not follow another (RL-55). Also sees to it that no error leaves
 * without a body.
 */
final class ServerMark implements HttpHandler {
  private final String mark;
  private final HttpHandler next;

  ServerMark(String mark, HttpHandler next) {
    this.mark = mark;
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    exchange.getResponseHeaders().put(Headers.SERVER, mark);
    exchange.addDefaultResponseListener(Errors::complete);
    next.handleRequest(exchange);
  }
}
