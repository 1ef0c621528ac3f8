// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on loopback that answers every request in the way it was told last, down to
 * ways in which no proper server answers.
 */
final class LocalServer implements AutoCloseable {
  /** A request: its path and its headers, whose names are in lower case. */
  record Request(String path, Map<String, String> headers) {
    @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /** What to do with a request. */
  interface Answer {
    void give(Request request, OutputStream to) throws IOException;
  }

  private final ServerSocket listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile Answer answer = status(500, "");

  LocalServer() {
    this("127.0.0.1");
  }

  LocalServer(String address) {
    try {
      listener = new ServerSocket(0, 2_000, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connection.setTcpNoDelay(true);
        connections.add(connection);
        Thread.ofPlatform().daemon().start(() -> serve(connection));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream from = new BufferedInputStream(connection.getInputStream());
      OutputStream to = new BufferedOutputStream(connection.getOutputStream());
      for (Request request = read(from); request != null; request = read(from)) {
        requests.add(request);
        answer.give(request, to);
        to.flush();
      }
    } catch (IOException gone) {
      // The client, or the test.
    }
  }

  private static @Nullable Request read(InputStream from) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c >= 0; c = from.read()) {
      if (c == '\n' && line.isEmpty()) {
        Map<String, String> headers = new TreeMap<>();
        for (String header : lines.subList(1, lines.size())) {
          int colon = header.indexOf(':');
          headers.put(
              header.substring(0, colon).toLowerCase(Locale.ROOT),
              header.substring(colon + 1).trim());
        }
        return new Request(lines.get(0).split(" ")[1], headers);
      }
      if (c == '\n') {
        lines.add(line.toString());
        line.setLength(0);
      } else if (c != '\r') {
        line.append((char) c);
      }
    }
    return null;
  }

  void answer(Answer next) {
    answer = next;
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** How many connections were opened. */
  int connections() {
    return connections.size();
  }

  /** A lookup that finds every host on this machine. */
  static List<InetAddress> loopback(String host) {
    return List.of(InetAddress.getLoopbackAddress());
  }

  List<Request> requests() {
    return requests;
  }

  List<String> paths() {
    return requests.stream().map(Request::path).toList();
  }

  static Answer ok(String body) {
    return status(200, body);
  }

  static Answer status(int status, String body, String... namesAndValues) {
    byte[] bytes = body.getBytes(UTF_8);
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\n");
    head.append("Content-Length: ").append(bytes.length).append("\r\n");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      head.append(namesAndValues[i]).append(": ").append(namesAndValues[i + 1]).append("\r\n");
    }
    head.append("\r\n");
    return (request, to) -> {
      to.write(head.toString().getBytes(ISO_8859_1));
      to.write(bytes);
    };
  }

  /** Anything at all, after which the connection closes. */
  static Answer raw(String response) {
    return (request, to) -> {
      to.write(response.getBytes(ISO_8859_1));
      to.flush();
      throw new IOException("closing");
    };
  }

  /** Takes the request and says nothing until the server closes. */
  Answer silence() {
    return (request, to) -> untilClosed();
  }

  /** A beginning, and then nothing until the server closes. */
  Answer stall(String beginning) {
    return (request, to) -> {
      to.write(("HTTP/1.1 200 x\r\nContent-Length: 1000\r\n\r\n" + beginning).getBytes(ISO_8859_1));
      to.flush();
      untilClosed();
    };
  }

  /** A byte now and then, each in time for any timeout of a single read, until nobody listens. */
  Answer drip() {
    return (request, to) -> {
      to.write("HTTP/1.1 200 x\r\nContent-Length: 200000\r\n\r\n".getBytes(ISO_8859_1));
      while (!isClosed(20)) {
        to.write(' ');
        to.flush();
      }
    };
  }

  /** Blanks without a length and without an end, until nobody listens. */
  static Answer flood() {
    return (request, to) -> {
      to.write("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(ISO_8859_1));
      byte[] chunk = ("1000\r\n" + " ".repeat(0x1000) + "\r\n").getBytes(ISO_8859_1);
      while (true) {
        to.write(chunk);
      }
    };
  }

  private void untilClosed() {
    while (!isClosed(1_000)) {}
  }

  private boolean isClosed(long afterMillis) {
    try {
      return closing.await(afterMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      listener.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
