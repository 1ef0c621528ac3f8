// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A server on loopback that says exactly what a test wants, byte for byte. */
final class RawServer implements AutoCloseable {
  /** What a test does with a connection after the request was read. */
  interface Script {
    void run(Connection connection) throws Exception;
  }

  /** One connection. */
  static final class Connection {
    final List<String> request;
    final DataInputStream in;
    final OutputStream out;

    Connection(List<String> request, DataInputStream in, OutputStream out) {
      this.request = request;
      this.in = in;
      this.out = out;
    }

    String header(String name) {
      for (String line : request) {
        if (line.toLowerCase(java.util.Locale.ROOT)
            .startsWith(name.toLowerCase(java.util.Locale.ROOT) + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    void upgrade(String... extraHeaders) throws Exception {
      String accept =
          Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-1")
                      .digest(
                          (header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                              .getBytes(StandardCharsets.US_ASCII)));
      StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
      answer.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
      answer.append("Sec-WebSocket-Accept: ").append(accept).append("\r\n");
      for (String extra : extraHeaders) {
        answer.append(extra).append("\r\n");
      }
      send(answer.append("\r\n").toString());
    }

    void frame(int first, byte[] payload) throws IOException {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(first);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else if (payload.length < 1 << 16) {
        frame.write(126);
        frame.write(payload.length >>> 8);
        frame.write(payload.length);
      } else {
        frame.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >>> shift));
        }
      }
      frame.writeBytes(payload);
      out.write(frame.toByteArray());
      out.flush();
    }

    /** Reads a frame of the client: its first byte and its payload, unmasked. */
    byte[] readFrame() throws IOException {
      int first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      if ((length & 0x80) == 0 || (length & 0x7f) > 125) {
        throw new IOException("not masked, or long");
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length & 0x7f);
      byte[] result = new byte[1 + payload.length];
      result[0] = (byte) first;
      for (int i = 0; i < payload.length; i++) {
        result[1 + i] = (byte) (payload[i] ^ mask[i & 3]);
      }
      return result;
    }
  }

  private final ServerSocket listener;
  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
  private volatile @Nullable Script every;
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  RawServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI address() {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/stream");
  }

  /** What to do with the next connection that nobody has handled yet. */
  void onConnection(Script script) {
    scripts.add(script);
  }

  /** What went wrong in a script; empty if nothing did. */
  List<Throwable> failures() {
    return new ArrayList<>(failures);
  }

  /** What to do with each connection for which nothing else is said. */
  void onEveryConnection(Script script) {
    every = script;
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException closed) {
        return;
      }
      Thread.ofVirtual().start(() -> serve(socket));
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      List<String> request = new ArrayList<>();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        request.add(line);
      }
      Script script = every == null ? scripts.take() : every;
      script.run(new Connection(request, in, socket.getOutputStream()));
    } catch (Exception | AssertionError e) {
      failures.add(e);
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

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
