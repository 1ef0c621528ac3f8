// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.admin;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.daemon.config.AdminKey;
import dev.atprotojava.daemon.http.Errors;
import dev.atprotojava.daemon.http.Request;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets only administrators through to what is below {@code /admin} and to the methods of {@code
 * dev.atprotojava.relay}: Basic with the user {@code admin} and one of the keys' secrets, or Bearer
 * with one of them. What is behind learns the name of the key.
 *
 * <p>The whole header is compared with each that would be right, by their hashes and always all of
 * them, so that the time it takes tells nothing about how near a guess was.
 */
public final class AdminGate implements HttpHandler {
  private static final String PREFIX = "/admin/";
  private static final String OWN_METHODS = "/xrpc/dev.atprotojava.relay.";
  private static final String USER = "admin";

  private final List<Accepted> accepted = new ArrayList<>();
  private final AtomicLong refused = new AtomicLong();
  private final HttpHandler next;

  /** The hash of a header that is right, and the name of the key in it. */
  private record Accepted(String key, Bytes hash) {}

  /**
   * A gate.
   *
   * @param keys what may be given, at least one
   * @param next what is behind, for all paths
   */
  public AdminGate(List<AdminKey> keys, HttpHandler next) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("without a password nobody could enter");
    }
    for (AdminKey key : keys) {
      byte[] basic = (USER + ":" + key.secret()).getBytes(StandardCharsets.UTF_8);
      accept(key, "basic " + Base64.getEncoder().encodeToString(basic));
      accept(key, "bearer " + key.secret());
    }
    this.next = next;
  }

  private void accept(AdminKey key, String header) {
    accepted.add(new Accepted(key.name(), Bytes.wrap(hash(header))));
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (isGuarded(exchange.getRequestPath())) {
      String key = keyOf(exchange);
      if (key == null) {
        refused.incrementAndGet();
        exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Basic realm=\"admin\"");
        Errors.send(
            exchange, StatusCodes.UNAUTHORIZED, "AuthenticationRequired", "give an admin password");
        return;
      }
      if (isOfAnotherSite(exchange)) {
        Errors.send(
            exchange,
            StatusCodes.FORBIDDEN,
            "Forbidden",
            "pages of other sites may do nothing here");
        return;
      }
      exchange.putAttachment(Request.ACTOR, key);
    }
    next.handleRequest(exchange);
  }

  /**
   * Whether a browser says that a page of another site wants something done, which it would do with
   * the password that it remembers: a route whose parameters are in the query needs no more than a
   * form. Tools that are no browsers say nothing.
   */
  private static boolean isOfAnotherSite(HttpServerExchange exchange) {
    String site = exchange.getRequestHeaders().getFirst("Sec-Fetch-Site");
    boolean reads =
        exchange.getRequestMethod().equals(Methods.GET)
            || exchange.getRequestMethod().equals(Methods.HEAD);
    return !reads && site != null && !site.equals("same-origin") && !site.equals("none");
  }

  private static boolean isGuarded(String path) {
    return path.startsWith(PREFIX) || path.startsWith(OWN_METHODS);
  }

  /** The name of the key that was given, or null if there is no such key. */
  private @Nullable String keyOf(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (given == null) {
      return null;
    }
    byte[] hash = hash(normal(given));
    String name = null;
    for (Accepted each : accepted) {
      boolean right = MessageDigest.isEqual(each.hash().toByteArray(), hash);
      name = right ? each.key() : name;
    }
    return name;
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
