// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import okio.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a WebSocket after the handshake (RFC 6455 section 5):
 *
 * <pre>
 *   FIN 000 opcode | MASK length:7 | length:16 or :64 if 126 or 127 | payload
 * </pre>
 *
 * <p>A server never masks; a client always does. Reading belongs to one thread; what is written
 * (pongs, pings, a close) is small and goes through a lock. A stream may be quiet for ever (SC-07):
 * that its other end is still there is asked with a ping.
 */
final class WebSocketConnection implements FrameConnection {
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int MAX_CONTROL = 125;
  private static final int GOING_AWAY = 1001;
  private static final long WRITE_TIMEOUT_SECONDS = 10;

  private final Call call;
  private final Socket socket;
  private final BufferedSource source;
  private final BufferedSink sink;
  private final @Nullable String server;
  private final int maxBytes;
  private final NanoClock clock;
  private final Random random;
  private final ReentrantLock writing = new ReentrantLock();
  private boolean released; // owned by the lock
  private volatile long heardNanos;

  // The message that was announced: what is left of its current piece, and whether more follow.
  private boolean pending;
  private long left;
  private boolean last;
  private String closeReason = "";

  WebSocketConnection(
      Call call,
      Socket socket,
      @Nullable String server,
      int maxBytes,
      NanoClock clock,
      Random random) {
    this.call = call;
    this.socket = socket;
    this.source = Okio.buffer(socket.getSource());
    this.sink = Okio.buffer(socket.getSink());
    this.server = server;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.random = random;
    source.timeout().clearTimeout();
    sink.timeout().timeout(WRITE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    heardNanos = clock.nanos();
  }

  @Override
  public Optional<String> server() {
    return Optional.ofNullable(server);
  }

  @Override
  public Arrival await() throws IOException {
    if (pending) {
      throw new IllegalStateException("the message before was not read");
    }
    int opcode = nextDataFrame();
    pending = opcode != CLOSE;
    return switch (opcode) {
      case CLOSE -> Arrival.CLOSED;
      case TEXT -> Arrival.TEXT;
      case BINARY -> left > maxBytes ? Arrival.OVERSIZED : Arrival.BINARY;
      default -> throw new IOException("WebSocket opcode " + opcode + " out of place");
    };
  }

  /** Reads heads until one of a data frame or a close; control frames in between are answered. */
  private int nextDataFrame() throws IOException {
    while (true) {
      int first = source.readByte() & 0xff;
      int second = source.readByte() & 0xff;
      heardNanos = clock.nanos();
      int opcode = first & 0xf;
      if ((first & 0x70) != 0 || (second & 0x80) != 0) {
        throw new IOException("WebSocket frame with reserved bits or a mask");
      }
      long length = second & 0x7f;
      if (length == 126) {
        length = source.readShort() & 0xffff;
      } else if (length == 127) {
        length = source.readLong();
      }
      if (length < 0) {
        throw new IOException("WebSocket frame of negative length");
      }
      boolean fin = (first & 0x80) != 0;
      if (opcode < CLOSE) {
        left = length;
        last = fin;
        return opcode;
      }
      if (!fin || length > MAX_CONTROL) {
        throw new IOException("WebSocket control frame in pieces or too long");
      }
      byte[] payload = source.readByteArray(length);
      if (opcode == CLOSE) {
        closed(payload);
        return CLOSE;
      }
      if (opcode == PING) {
        write(PONG, payload);
      }
    }
  }

  private void closed(byte[] payload) {
    if (payload.length >= 2) {
      int code = (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
      String text = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
      closeReason = text.isEmpty() ? "closed with " + code : "closed with " + code + ": " + text;
    } else {
      closeReason = "closed";
    }
    try {
      write(CLOSE, payload.length >= 2 ? new byte[] {payload[0], payload[1]} : new byte[0]);
    } catch (IOException e) {
      closeReason += " and gone";
    }
  }

  @Override
  public int announcedBytes() {
    return last ? (int) Math.min(left, maxBytes) : maxBytes;
  }

  @Override
  public @Nullable Bytes read() throws IOException {
    requirePending();
    if (last && left <= maxBytes) {
      byte[] whole = new byte[(int) left];
      source.readFully(whole);
      pending = false;
      return Bytes.wrap(whole);
    }
    Buffer pieces = new Buffer();
    while (true) {
      if (pieces.size() + left > maxBytes) {
        pieces.clear();
        discard();
        return null;
      }
      source.readFully(pieces, left);
      if (last) {
        pending = false;
        return Bytes.wrap(pieces.readByteArray());
      }
      nextPiece();
    }
  }

  @Override
  public void discard() throws IOException {
    requirePending();
    source.skip(left);
    while (!last) {
      nextPiece();
      source.skip(left);
    }
    pending = false;
  }

  private void nextPiece() throws IOException {
    int opcode = nextDataFrame();
    if (opcode != CONTINUATION) {
      throw new IOException("WebSocket opcode " + opcode + " inside a message");
    }
  }

  private void requirePending() {
    if (!pending) {
      throw new IllegalStateException("no message was announced");
    }
  }

  @Override
  public String closeReason() {
    return closeReason;
  }

  @Override
  public long heardNanos() {
    return heardNanos;
  }

  @Override
  public void ping() throws IOException {
    write(PING, new byte[0]);
  }

  private void write(int opcode, byte[] payload) throws IOException {
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    writing.lock();
    try {
      if (released) { // whoever pings may come at any time
        throw new IOException("closed");
      }
      sink.writeByte(0x80 | opcode).writeByte(0x80 | payload.length).write(mask);
      for (int i = 0; i < payload.length; i++) {
        sink.writeByte(payload[i] ^ mask[i & 3]);
      }
      sink.flush();
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void abort() {
    socket.cancel();
    call.cancel();
  }

  @Override
  public void close() {
    try {
      write(CLOSE, new byte[] {(byte) (GOING_AWAY >>> 8), (byte) GOING_AWAY});
    } catch (IOException e) {
      closeReason = "gone";
    } finally {
      abort();
      release();
    }
  }

  /** An upgraded connection is its user's: the client lets go of it when both sides are closed. */
  private void release() {
    writing.lock();
    try (source;
        sink) {
      released = true;
    } catch (IOException e) {
      // It was aborted.
    } finally {
      writing.unlock();
    }
  }
}
