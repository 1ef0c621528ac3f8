// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.InvalidSyntaxException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, read strictly: a parameter that is given twice, or is not what it must be, is an
 * error; one that nobody knows is ignored (SC-A1); one that is empty is none.
 */
public final class Request {
  /** The name of the key with which an administrator came. */
  public static final AttachmentKey<String> ACTOR = AttachmentKey.create(String.class);

  private static final int MAX_PAGE = 1000;

  private final HttpServerExchange exchange;
  private final Bytes body;

  Request(HttpServerExchange exchange, Bytes body) {
    this.exchange = exchange;
    this.body = body;
  }

  /** A parameter, or null. */
  public @Nullable String parameter(String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    if (values == null || values.getFirst().isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw ApiException.invalidRequest(name + " is given more than once");
    }
    return values.getFirst();
  }

  /** A parameter that must be there. */
  public String required(String name) {
    String value = parameter(name);
    if (value == null) {
      throw ApiException.invalidRequest(name + " is missing");
    }
    return value;
  }

  /** The parameter {@code did}, which must be there. */
  public Did did() {
    try {
      return Did.parse(required("did"));
    } catch (InvalidSyntaxException e) {
      throw ApiException.invalidRequest("did is not a DID");
    }
  }

  /** The parameter {@code limit}, from 1 to 1000. */
  public int limit(int fallback) {
    return (int) number("limit", 1, MAX_PAGE, fallback);
  }

  /** The parameter {@code cursor} of a list that we numbered; 0 if it is not there. */
  public long cursor() {
    return number("cursor", 0, Long.MAX_VALUE, 0);
  }

  /** A number that must be there. */
  public long requiredNumber(String name, long low, long high) {
    required(name);
    return number(name, low, high, low);
  }

  /** True or false, which must be there; also as 1 or 0. */
  public boolean requiredFlag(String name) {
    return switch (required(name).toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw ApiException.invalidRequest(name + " must be true or false");
    };
  }

  /** Whose request it is, without a port; behind a proxy of the operator, what that says. */
  public InetAddress address() {
    return exchange.getSourceAddress().getAddress();
  }

  /** A parameter that is a number in a range. */
  public long number(String name, long low, long high, long fallback) {
    String text = parameter(name);
    if (text == null) {
      return fallback;
    }
    if (text.matches("[0-9]{1,18}")) {
      long value = Long.parseLong(text);
      if (value >= low && value <= high) {
        return value;
      }
    }
    throw ApiException.invalidRequest(
        name + " must be a number from " + low + (high == Long.MAX_VALUE ? "" : " to " + high));
  }

  /** The query as it came, without the question mark; may be empty. */
  public String query() {
    return exchange.getQueryString();
  }

  /** The name of the administrator's key. */
  public String actor() {
    String actor = exchange.getAttachment(ACTOR);
    if (actor == null) {
      throw new IllegalStateException(exchange.getRequestPath() + " is not behind the gate");
    }
    return actor;
  }

  /** The body as a JSON object. */
  public JsonObject json() {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    // Also what keeps a form on another site from using a browser's stored password.
    if (!media.equals(Json.TYPE)) {
      throw ApiException.invalidRequest("the content type must be application/json");
    }
    return JsonObject.read(body);
  }
}
