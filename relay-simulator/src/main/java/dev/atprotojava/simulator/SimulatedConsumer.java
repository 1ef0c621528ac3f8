// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A reader of a firehose on the bare socket, because a client library would cost more than the
 * relay that it measures. It understands unfragmented, unmasked, uncompressed messages over {@code
 * ws}, which is what firehoses send, and answers pings.
 *
 * <p>A reader that takes its time takes it from the sender: what it has not read stays in the
 * socket. Belongs to one thread, but {@link #close} may come from any.
 */
public final class SimulatedConsumer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final Socket socket;
  private final InputStream input;
  private final OutputStream output;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;

  private SimulatedConsumer(Socket socket) throws IOException {
    this.socket = socket;
    this.input = socket.getInputStream();
    this.output = socket.getOutputStream();
  }

  /**
   * Connects and waits for the answer to the handshake.
   *
   * @param url {@code ws://HOST:PORT/PATH?QUERY}
   * @throws IOException if nobody is there, or the answer is not a WebSocket's
   */
  public static SimulatedConsumer connect(URI url) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), CONNECT_MILLIS);
      SimulatedConsumer consumer = new SimulatedConsumer(socket);
      consumer.shakeHands(url);
      return consumer;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void shakeHands(URI url) throws IOException {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String request =
        """
        GET %s%s HTTP/1.1
        Host: %s
        User-Agent: relay-simulator
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: cmVsYXktc2ltdWxhdG9yIQ==

        """
            .formatted(url.getRawPath(), query, url.getAuthority())
            .replace("\n", "\r\n");
    socket.setSoTimeout(CONNECT_MILLIS);
    output.write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = "";
    int end;
    while ((end = answer.indexOf("\r\n\r\n")) < 0) {
      require(to + 1);
      answer = new String(buffer, 0, to, StandardCharsets.ISO_8859_1);
    }
    if (!answer.startsWith("HTTP/1.1 101 ")) {
      throw new ProtocolException("not a WebSocket: HTTP status " + status(answer));
    }
    from = end + 4;
    socket.setSoTimeout(0);
  }

  private static String status(String answer) {
    return answer.length() > 12 ? answer.substring(9, 12) : "missing";
  }

  /**
   * Hands over one message after another until the other side closes or {@link #close} is called.
   *
   * @param onMessage gets a message, whose bytes are only valid during the call
   * @throws IOException if the connection breaks, or what comes is not a stream of whole messages
   */
  public void read(Consumer<StreamMessage> onMessage) throws IOException {
    while (true) {
      require(2);
      int opcode = buffer[from] & 0xff;
      int shortLength = buffer[from + 1] & 0xff;
      int header = shortLength == 127 ? 10 : shortLength == 126 ? 4 : 2;
      require(header);
      ByteBuffer lengths = ByteBuffer.wrap(buffer, from + 2, header - 2);
      long length =
          switch (shortLength) {
            case 126 -> lengths.getShort() & 0xffff;
            case 127 -> lengths.getLong();
            default -> shortLength;
          };
      if ((opcode & 0x80) == 0 || shortLength > 127 || length < 0 || length > MAX_MESSAGE_BYTES) {
        throw new ProtocolException("a fragment, a masked message or one of " + length + " bytes");
      }
      require(header + (int) length);
      int payload = from + header;
      from = payload + (int) length;
      switch (opcode & 0x0f) {
        case WebSocketWire.PING ->
            output.write(
                WebSocketWire.maskedControl(WebSocketWire.PONG, buffer, payload, (int) length));
        case WebSocketWire.CLOSE -> {
          return;
        }
        case WebSocketWire.PONG -> {}
        default -> {
          boolean text = (opcode & 0x0f) == WebSocketWire.TEXT;
          onMessage.accept(new StreamMessage(0, text, Bytes.wrap(buffer, payload, (int) length)));
        }
      }
    }
  }

  /** Reads until this many bytes are there from {@code from} on. */
  private void require(int count) throws IOException {
    if (to - from >= count) {
      return;
    }
    if (buffer.length - from < Math.max(count, 16)) {
      byte[] target = count > buffer.length / 2 ? new byte[count * 2] : buffer;
      System.arraycopy(buffer, from, target, 0, to - from);
      buffer = target;
      to -= from;
      from = 0;
    }
    while (to - from < count) {
      int read = input.read(buffer, to, buffer.length - to);
      if (read < 0) {
        throw new EOFException("the connection ended without a close");
      }
      to += read;
    }
  }

  /** Breaks the connection; {@link #read} ends with an exception if it is running. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
