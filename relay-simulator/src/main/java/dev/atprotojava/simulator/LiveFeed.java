// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of a {@link SimulatedPds}. */
final class LiveFeed implements FrameFeed {
  private final PdsStream stream;
  private final List<StreamMessage> batch = new ArrayList<>();

  LiveFeed(PdsStream stream) {
    this.stream = stream;
  }

  @Override
  public @Nullable ByteBuffer next() {
    batch.clear();
    int bytes = 0;
    while (bytes < CHUNK_BYTES) {
      StreamMessage message = stream.next();
      if (message == null) {
        break;
      }
      batch.add(message);
      int length = message.payload().length();
      bytes += WebSocketWire.headerLength(length) + length;
    }
    if (batch.isEmpty()) {
      return null;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    batch.forEach(message -> write(message, out));
    return out.flip();
  }

  private static void write(StreamMessage message, ByteBuffer out) {
    int opcode = message.text() ? WebSocketWire.TEXT : WebSocketWire.BINARY;
    WebSocketWire.writeHeader(out, opcode, message.payload().length());
    out.put(message.payload().asByteBuffer());
  }

  @Override
  public boolean ended() {
    return stream.ended();
  }

  @Override
  public void close() {
    stream.close();
  }
}
