// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.consumer.ConsumerLoop;
import dev.atprotojava.relay.consumer.ConsumerSink;
import dev.atprotojava.relay.consumer.Consumers;
import dev.atprotojava.sync.Cursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A consumer of a relay in the same process, with everything of a real one but the socket: it takes
 * what a session writes, from the start of the log, and keeps the messages.
 */
@SuppressWarnings("exports") // of a test jar, which has no module
public final class InProcessConsumer implements ConsumerSink, AutoCloseable {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("consumer").factory());
  private final ByteArrayOutputStream unread = new ByteArrayOutputStream(); // of the loop's thread
  private final List<Bytes> messages = new ArrayList<>(); // guarded by itself

  /** One that consumes nothing yet. */
  public InProcessConsumer() {}

  /** Begins to consume, at the oldest event. */
  public void open(Consumers consumers) throws InterruptedException, ExecutionException {
    ConsumerLoop loop =
        new ConsumerLoop() {
          @Override
          public void execute(Runnable task) {
            thread.execute(task);
          }

          @Override
          public void executeAfter(Runnable task, long delayNanos) {
            Future<?> _ = thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
          }
        };
    Consumers.Peer peer = new Consumers.Peer("127.0.0.1", "test");
    thread.submit(() -> consumers.open(new Cursor.Oldest(), peer, this, loop)).get();
  }

  @Override
  public long write(ByteBuffer[] buffers, int count) {
    long written = 0;
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[buffers[i].remaining()];
      buffers[i].get(bytes);
      unread.writeBytes(bytes);
      written += bytes.length;
    }
    take(unread.toByteArray());
    return written;
  }

  /** Cuts whole WebSocket messages off. */
  private void take(byte[] bytes) {
    unread.reset();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int start = in.position();
      int opcode = in.get() & 0x0f;
      long length = in.get();
      length = length == 126 ? in.getShort() & 0xffff : length == 127 ? in.getLong() : length;
      if (length > in.remaining()) {
        unread.write(bytes, start, bytes.length - start);
        return;
      }
      byte[] payload = new byte[(int) length];
      in.get(payload);
      if (opcode == WebSocketWire.BINARY) {
        synchronized (messages) {
          messages.add(Bytes.wrap(payload));
        }
      }
    }
  }

  @Override
  public void awaitWritable() {
    throw new AssertionError("everything is taken at once");
  }

  /** What has come so far. */
  public List<Bytes> messages() {
    synchronized (messages) {
      return List.copyOf(messages);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
