// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.Cursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * A socket after the WebSocket handshake. Undertow's own WebSocket layer takes a system call and
 * several objects for each message; this writes as many as the socket takes at once.
 *
 * <p>Everything happens on the connection's I/O thread. {@link #wake} may be called from any thread
 * and is cheap when the connection is busy anyway.
 */
final class SubscriberConnection {
  /** After so many chunks other connections of the thread have their turn. */
  private static final int CHUNKS_IN_A_ROW = 8;

  private final StreamConnection connection;
  private final ConduitStreamSinkChannel sink;
  private final ConduitStreamSourceChannel source;
  private final ClientFrames client = new ClientFrames();
  private final ByteBuffer in = ByteBuffer.allocate(1024);
  private final Deque<ByteBuffer> replies = new ArrayDeque<>();
  private final AtomicBoolean woken = new AtomicBoolean(true);
  private final FrameFeed feed;
  private @Nullable ByteBuffer out;
  private boolean closing;

  private SubscriberConnection(
      StreamConnection connection, FrameFeed.Source frames, Cursor cursor) {
    this.connection = connection;
    this.sink = connection.getSinkChannel();
    this.source = connection.getSourceChannel();
    this.feed = frames.subscribe(cursor, this::wake);
  }

  /** Takes a connection over. */
  static void start(StreamConnection connection, FrameFeed.Source frames, Cursor cursor) {
    connection
        .getIoThread()
        .execute(() -> new SubscriberConnection(connection, frames, cursor).begin());
  }

  private void begin() {
    connection.setCloseListener(closed -> feed.close());
    sink.setWriteListener(channel -> write());
    source.setReadListener(channel -> read());
    source.resumeReads();
    write();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      connection.getIoThread().execute(this::write);
    }
  }

  private void read() {
    try {
      while (true) {
        in.clear();
        int count = source.read(in);
        if (count == 0) {
          break;
        }
        if (count < 0 || !client.accept(in.flip(), replies::add)) {
          close();
          return;
        }
      }
    } catch (IOException gone) {
      close();
      return;
    }
    if (!replies.isEmpty()) {
      write();
    }
  }

  private void write() {
    woken.set(false); // before looking: whatever is appended from now on wakes again
    try {
      for (int chunk = 0; chunk < CHUNKS_IN_A_ROW; chunk++) {
        ByteBuffer next = pending();
        if (next == null) {
          sink.suspendWrites();
          return;
        }
        sink.write(next);
        if (next.hasRemaining()) {
          break;
        }
      }
      sink.resumeWrites();
    } catch (IOException gone) {
      close();
    }
  }

  /** What is to be written, null if there is nothing. */
  private @Nullable ByteBuffer pending() {
    if (out != null && out.hasRemaining()) {
      return out;
    }
    if (closing) {
      close();
      return null;
    }
    out = replies.poll();
    if (out == null) {
      out = feed.next();
    }
    if (out == null && feed.ended()) {
      closing = true;
      out = WebSocketWire.close(WebSocketWire.CLOSE_POLICY);
    }
    return out;
  }

  private void close() {
    IoUtils.safeClose(connection);
  }
}
