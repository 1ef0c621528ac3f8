// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import dev.atprotojava.cbor.Bytes;
import io.undertow.io.Receiver;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an endpoint where it may block, and sends what it answers.
 *
 * <p>The body is read before, on the I/O thread and without blocking it, so that a client that
 * sends it slowly holds no other thread; and never more of it than {@value
 * ApiServer#MAX_BODY_BYTES} bytes. When the threads are all taken the answer is 503, at once.
 */
final class EndpointRunner implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointRunner.class);

  private final Endpoint endpoint;
  private final Executor threads;
  private final boolean takesBody;

  /**
   * A runner.
   *
   * @param threads where the endpoint runs; refuses when there are none left
   * @param takesBody true if the request has a body
   */
  EndpointRunner(Endpoint endpoint, Executor threads, boolean takesBody) {
    this.endpoint = endpoint;
    this.threads = threads;
    this.takesBody = takesBody;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    if (!takesBody) {
      exchange.dispatch(threads, ready -> run(ready, Bytes.EMPTY));
      return;
    }
    // Before the receiver sees it, which makes room for as much as is announced.
    if (exchange.getRequestContentLength() > ApiServer.MAX_BODY_BYTES) {
      refuseBody(exchange, Errors.tooLarge());
      return;
    }
    Receiver receiver = exchange.getRequestReceiver();
    receiver.setMaxBufferSize(ApiServer.MAX_BODY_BYTES);
    receiver.receiveFullBytes(
        (received, bytes) -> received.dispatch(threads, ready -> run(ready, Bytes.wrap(bytes))),
        (failed, e) ->
            refuseBody(
                failed,
                e instanceof Receiver.RequestToLargeException
                    ? Errors.tooLarge()
                    : ApiException.invalidRequest("the body cannot be read")));
  }

  /** The connection ends with the answer; what still comes of the body is thrown away. */
  private static void refuseBody(HttpServerExchange exchange, ApiException error) {
    exchange.setPersistent(false);
    exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
    Errors.send(exchange, error);
  }

  private void run(HttpServerExchange exchange, Bytes body) {
    Answer answer;
    try {
      answer = endpoint.answer(new Request(exchange, body));
    } catch (ApiException e) {
      Errors.send(exchange, e);
      return;
    } catch (RuntimeException e) {
      LOG.error("path={} failed", exchange.getRequestPath(), e);
      Errors.send(exchange, Errors.internal());
      return;
    }
    send(exchange, answer);
  }

  private static void send(HttpServerExchange exchange, Answer answer) {
    switch (answer) {
      case Answer.Empty() -> exchange.endExchange();
      case Answer.Redirect(String location) -> {
        exchange.setStatusCode(StatusCodes.FOUND);
        exchange.getResponseHeaders().put(Headers.LOCATION, location);
        exchange.endExchange();
      }
      case Answer.Body(int status, String contentType, String text) -> {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        exchange.getResponseSender().send(text, StandardCharsets.UTF_8);
      }
    }
  }
}
