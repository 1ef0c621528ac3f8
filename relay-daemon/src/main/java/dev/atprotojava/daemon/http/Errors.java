// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Errors as they are sent, by endpoints and by the server itself: always JSON, never a page. */
public final class Errors {
  private Errors() {}

  /** Sends an error. */
  public static void send(HttpServerExchange exchange, ApiException error) {
    if (exchange.isResponseStarted()) {
      exchange.endExchange();
      return;
    }
    exchange.setStatusCode(error.status());
    Duration retryAfter = error.retryAfter();
    if (retryAfter != null) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retryAfter.toSeconds());
    }
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Json.TYPE);
    exchange.getResponseSender().send(text(error), StandardCharsets.UTF_8);
  }

  /** Sends an error with a name and a message. */
  public static void send(HttpServerExchange exchange, int status, String error, String message) {
    send(exchange, ApiException.of(status, error, message));
  }

  /**
   * Gives a body to an error that was only a status: what Undertow itself refuses, or what nobody
   * caught. True if it did.
   */
  static boolean complete(HttpServerExchange exchange) {
    int status = exchange.getStatusCode();
    if (status < 400 || exchange.isResponseStarted()) {
      return false;
    }
    ApiException error =
        switch (status) {
          case StatusCodes.REQUEST_ENTITY_TOO_LARGE -> tooLarge();
          case StatusCodes.SERVICE_UNAVAILABLE -> ApiException.unavailable("too busy, or stopping");
          case StatusCodes.INTERNAL_SERVER_ERROR -> internal();
          default -> ApiException.of(status, "InvalidRequest", StatusCodes.getReason(status));
        };
    send(exchange, error);
    return true;
  }

  static ApiException internal() {
    return ApiException.of(
        StatusCodes.INTERNAL_SERVER_ERROR,
        "InternalServerError",
        "something failed; it was logged");
  }

  static ApiException tooLarge() {
    return ApiException.of(
        StatusCodes.REQUEST_ENTITY_TOO_LARGE,
        "PayloadTooLarge",
        "the body is longer than " + ApiServer.MAX_BODY_BYTES + " bytes");
  }

  private static String text(ApiException error) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeStringField("error", error.error());
          json.writeStringField("message", error.reason());
          json.writeEndObject();
        });
  }
}
