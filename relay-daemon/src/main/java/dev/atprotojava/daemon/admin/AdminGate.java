// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.daemon.http.Errors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets only administrators through to what is below {@code /admin}: Basic with the user {@code
 * admin} and one of the passwords, or Bearer with one of them.
 *
 * <p>The whole header is compared with each that would be right, by their hashes and always all of
 * them, so that the time it takes tells nothing about how near a guess was.
 */
public final class AdminGate implements HttpHandler {
  private static final String PREFIX = "/admin/";
  private static final String USER = "admin";

  private final List<byte[]> accepted = new ArrayList<>();
  private final AtomicLong refused = new AtomicLong();
  private final HttpHandler next;

  /**
   * A gate.
   *
   * @param passwords what may be given, at least one
   * @param next what is behind, for all paths
   */
  public AdminGate(List<String> passwords, HttpHandler next) {
    if (passwords.isEmpty()) {
      throw new IllegalArgumentException("without a password nobody could enter");
    }
    for (String password : passwords) {
      byte[] basic = (USER + ":" + password).getBytes(StandardCharsets.UTF_8);
      accepted.add(hash("basic " + Base64.getEncoder().encodeToString(basic)));
      accepted.add(hash("bearer " + password));
    }
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (exchange.getRequestPath().startsWith(PREFIX) && !isAdmin(exchange)) {
      refused.incrementAndGet();
      exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Basic realm=\"admin\"");
      Errors.send(
          exchange, StatusCodes.UNAUTHORIZED, "AuthenticationRequired", "give an admin password");
      return;
    }
    next.handleRequest(exchange);
  }

  private boolean isAdmin(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (given == null) {
      return false;
    }
    byte[] hash = hash(normal(given));
    boolean known = false;
    for (byte[] each : accepted) {
      known |= MessageDigest.isEqual(each, hash);
    }
    return known;
  }

  /** The scheme in lower case, one blank, the rest: schemes may be written in any case. */
  private static String normal(String header) {
    int blank = header.indexOf(' ');
    if (blank < 0) {
      return header;
    }
    return header.substring(0, blank).toLowerCase(java.util.Locale.ROOT)
        + " "
        + header.substring(blank + 1).strip();
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** How many requests were refused since the start. */
  public long refused() {
    return refused.get();
  }
}
