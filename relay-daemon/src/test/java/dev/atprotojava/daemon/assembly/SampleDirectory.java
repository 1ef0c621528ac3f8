// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PLC directory on loopback that knows when it was asked for what. */
final class SampleDirectory implements AutoCloseable {
  private static final Pattern AFTER = Pattern.compile("after=([^&]+)");
  private static final Pattern CREATED = Pattern.compile("\"createdAt\":\"([^\"]+)\"");

  private final HttpServer server;
  private final Map<String, String> documents = new ConcurrentHashMap<>();
  private final List<String> rows = new ArrayList<>();
  private final List<Instant> asked = new ArrayList<>();
  private volatile boolean broken;

  SampleDirectory() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on the account is on this host. */
  void place(SampleAccount account, SampleHost host) {
    documents.put("/" + account.did(), account.document(host.url()));
  }

  /** A row of the export that says so. */
  synchronized void log(SampleAccount account, SampleHost host, Instant at) {
    rows.add(row(account, host.url(), at));
  }

  static String row(SampleAccount account, String pds, Instant at) {
    return """
    {"did":"%1$s","operation":{"type":"plc_operation","rotationKeys":["%2$s"],\
    "verificationMethods":{"atproto":"%2$s"},"alsoKnownAs":["at://alice.test"],\
    "services":{"atproto_pds":{"type":"AtprotoPersonalDataServer","endpoint":"%3$s"}},\
    "prev":null,"sig":"c2ln"},"cid":"%4$s","nullified":false,"createdAt":"%5$s"}\
    """
        .formatted(
            account.did(),
            account.didKey(),
            pds,
            dev.atprotojava.cid.Cid.ofDagCbor(
                (account.did() + " " + at).getBytes(StandardCharsets.UTF_8)),
            at);
  }

  /** Fails from now on. */
  void breakDown() {
    broken = true;
  }

  /** When it was asked for an identity. */
  synchronized List<Instant> asked() {
    return List.copyOf(asked);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!path.equals("/export")) {
      asked.add(Instant.now());
    }
    String body = path.equals("/export") ? export(exchange) : documents.get(path);
    if (broken || body == null) {
      exchange.sendResponseHeaders(broken ? 500 : 404, -1);
    } else {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private String export(HttpExchange exchange) {
    Matcher given = AFTER.matcher(exchange.getRequestURI().getQuery());
    Instant after = given.find() ? Instant.parse(given.group(1)) : Instant.EPOCH;
    return String.join("\n", rows.stream().filter(row -> created(row).isAfter(after)).toList());
  }

  private static Instant created(String row) {
    Matcher matcher = CREATED.matcher(row);
    if (!matcher.find()) {
      throw new IllegalStateException(row);
    }
    return Instant.parse(matcher.group(1));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
