// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * The longest that a request may take from its last header to the last byte of its answer. Against
 * clients that send a body, or take an answer, a byte at a time; headers have their own limit, and
 * the firehose is done with HTTP when it begins.
 */
final class Deadline implements HttpHandler {
  private final long seconds;
  private final HttpHandler next;

  Deadline(long seconds, HttpHandler next) {
    this.seconds = seconds;
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    XnioExecutor.Key alarm =
        exchange
            .getIoThread()
            .executeAfter(
                () -> IoUtils.safeClose(exchange.getConnection()), seconds, TimeUnit.SECONDS);
    exchange.addExchangeCompleteListener(
        (_, listener) -> {
          alarm.remove();
          listener.proceed();
        });
    next.handleRequest(exchange);
  }
}
