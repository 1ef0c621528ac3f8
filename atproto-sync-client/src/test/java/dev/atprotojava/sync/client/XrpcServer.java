// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server on loopback that answers each method as a test says, a request a connection. */
final class XrpcServer implements AutoCloseable {
  /** What to do with a request, whose body is text. */
  interface Answer {
    void give(String body, OutputStream to) throws IOException;
  }

  private static final String METHOD = "/xrpc/com.atproto.sync.";

  private final ServerSocket listener;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  /** The requests so far: method, path and query. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  XrpcServer() {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      String first = line(in);
      int length = 0;
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring("content-length:".length()).strip());
        }
      }
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      String[] request = first.split(" ");
      requests.add(request[0] + " " + request[1]);
      String method = request[1].replaceFirst("[?].*", "").replace(METHOD, "");
      answers
          .getOrDefault(method, json(501, "{\"error\":\"MethodNotImplemented\"}"))
          .give(body, connection.getOutputStream());
    } catch (IOException gone) {
      // The client, or the test.
    }
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  XrpcServer on(String method, Answer answer) {
    answers.put(method, answer);
    return this;
  }

  static Answer json(int status, String body, String... headers) {
    return bytes(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Answer bytes(int status, byte[] body, String... headers) {
    return (asked, to) -> {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Any\r\n");
      head.append("Connection: close\r\nContent-Length: ").append(body.length).append("\r\n");
      for (int i = 0; i < headers.length; i += 2) {
        head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
      }
      to.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      to.write(body);
      to.flush();
    };
  }

  /** Each request gets the next answer; the last one is for all that follow. */
  static Answer inTurn(Answer... answers) {
    List<Answer> left = new CopyOnWriteArrayList<>(answers);
    return (asked, to) -> (left.size() > 1 ? left.remove(0) : left.get(0)).give(asked, to);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  @Override
  public void close() {
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
