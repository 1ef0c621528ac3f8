// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A directory on loopback that pages its log by time. */
final class ExportServer implements AutoCloseable {
  private static final Pattern CREATED = Pattern.compile("\"createdAt\":\"([^\"]+)\"");

  private final HttpServer server;
  final ExportLines log = new ExportLines();

  volatile int failsFrom = Integer.MAX_VALUE;
  volatile boolean limitedOnce;
  volatile int rowsGiven;
  private int pages;

  ExportServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/export", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    if (limitedOnce) {
      limitedOnce = false;
      exchange.getResponseHeaders().add("Retry-After", "7");
      exchange.sendResponseHeaders(429, -1);
    } else if (pages++ >= failsFrom) {
      exchange.sendResponseHeaders(500, -1);
    } else {
      String query = exchange.getRequestURI().getRawQuery();
      String after = parameter(query, "after");
      int count = Integer.parseInt(parameter(query, "count"));
      List<String> rows =
          log.lines().stream()
              .filter(row -> after.isEmpty() || created(row).isAfter(Instant.parse(after)))
              .limit(count)
              .toList();
      rowsGiven += rows.size();
      byte[] body = String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static Instant created(String row) {
    Matcher matcher = CREATED.matcher(row);
    if (!matcher.find()) {
      throw new IllegalStateException(row);
    }
    return Instant.parse(matcher.group(1));
  }

  private static String parameter(String query, String name) {
    for (String part : query.split("&", -1)) {
      if (part.startsWith(name + "=")) {
        return URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
