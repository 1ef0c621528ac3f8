// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

/**
 * Lets pages of any site read what is public (RL-17). Not the administration: a page of another
 * site has no business there, whatever passwords the browser remembers.
 */
final class CrossOrigin implements HttpHandler {
  private static final HttpString ORIGIN = new HttpString("Access-Control-Allow-Origin");
  private static final HttpString METHODS = new HttpString("Access-Control-Allow-Methods");
  private static final HttpString HEADERS = new HttpString("Access-Control-Allow-Headers");
  private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
  private static final String ADMIN = "/admin";
  private static final String OWN_METHODS = "/xrpc/dev.atprotojava.relay.";

  private final HttpHandler next;

  CrossOrigin(HttpHandler next) {
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String path = exchange.getRequestPath();
    if (path.startsWith(ADMIN) || path.startsWith(OWN_METHODS)) {
      next.handleRequest(exchange);
      return;
    }
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(ORIGIN, "*");
    if (exchange.getRequestMethod().equals(Methods.OPTIONS)) {
      headers.put(METHODS, "GET, HEAD, POST, OPTIONS");
      headers.put(HEADERS, "*, Authorization"); // the star does not cover that one
      headers.put(MAX_AGE, "86400");
      exchange.setStatusCode(StatusCodes.NO_CONTENT);
      exchange.endExchange();
      return;
    }
    next.handleRequest(exchange);
  }
}
