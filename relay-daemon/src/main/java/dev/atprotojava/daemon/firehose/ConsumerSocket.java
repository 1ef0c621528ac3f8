// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.firehose;

import dev.atprotojava.relay.consumer.ConsumerLoop;
import dev.atprotojava.relay.consumer.ConsumerSession;
import dev.atprotojava.relay.consumer.ConsumerSink;
import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.sync.Cursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/** An upgraded connection, between XNIO and the session that owns it. Lives on its I/O thread. */
final class ConsumerSocket implements ConsumerSink {
  private static final int READ_BUFFER = 1024;

  private final StreamConnection connection;
  private final ConduitStreamSinkChannel sink;
  private final ConduitStreamSourceChannel source;
  private final ByteBuffer readBuffer = ByteBuffer.allocate(READ_BUFFER);
  private final Runnable whenClosed;
  private @Nullable ConsumerSession session;
  private boolean closed;

  /** An I/O thread; equal for all sessions on it, which are woken together. */
  private record Loop(XnioIoThread thread) implements ConsumerLoop {
    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
      thread.executeAfter(task, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private ConsumerSocket(StreamConnection connection, Runnable whenClosed) {
    this.connection = connection;
    this.whenClosed = whenClosed;
    this.sink = connection.getSinkChannel();
    this.source = connection.getSourceChannel();
  }

  /**
   * Begins a session on an upgraded connection.
   *
   * @param whenClosed told that the connection is closed, perhaps more than once
   */
  static void open(
      StreamConnection connection,
      Consumers consumers,
      Cursor cursor,
      Consumers.Peer peer,
      Runnable whenClosed) {
    ConsumerSocket socket = new ConsumerSocket(connection, whenClosed);
    Loop loop = new Loop(connection.getIoThread());
    socket.sink.setWriteListener(_ -> socket.onWritable());
    socket.source.setReadListener(_ -> socket.onReadable());
    connection.setCloseListener(_ -> socket.onClosed());
    ConsumerSession session = consumers.open(cursor, peer, socket, loop);
    socket.session = session;
    if (socket.closed) {
      session.disconnected();
    } else {
      socket.source.resumeReads();
    }
  }

  @Override
  public long write(ByteBuffer[] buffers, int count) throws IOException {
    long total = 0;
    while (true) {
      long written = sink.write(buffers, 0, count);
      total += written;
      if (written <= 0 || !buffers[count - 1].hasRemaining()) {
        return total;
      }
    }
  }

  @Override
  public void awaitWritable() {
    sink.resumeWrites();
  }

  private void onWritable() {
    sink.suspendWrites();
    if (session != null) {
      session.writable();
    }
  }

  private void onReadable() {
    try {
      while (!closed) {
        readBuffer.clear();
        int read = source.read(readBuffer);
        if (read == 0) {
          return;
        }
        if (read < 0) {
          onClosed();
          return;
        }
        if (session != null) {
          session.received(readBuffer.flip());
        }
      }
    } catch (IOException e) {
      onClosed();
    }
  }

  private void onClosed() {
    if (!closed) {
      closed = true;
      if (session != null) {
        session.disconnected();
      }
      IoUtils.safeClose(connection);
      whenClosed.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    IoUtils.safeClose(connection);
    whenClosed.run();
  }
}
