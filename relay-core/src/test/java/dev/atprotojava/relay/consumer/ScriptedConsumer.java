// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import dev.atprotojava.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A consumer's socket that takes as many bytes as a test says, and what it took. */
final class ScriptedConsumer implements ConsumerSink {
  /** A frame as RFC 6455 section 5.2 has it, whole with its header. */
  record Message(int opcode, Bytes whole, Bytes payload) {}

  long room = Long.MAX_VALUE;
  boolean waits;
  boolean closed;
  boolean broken;
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

  @Override
  public long write(ByteBuffer[] buffers, int count) throws IOException {
    if (broken) {
      throw new IOException("connection reset");
    }
    if (closed) {
      throw new AssertionError("written after it was closed");
    }
    long written = 0;
    for (int i = 0; i < count && room > 0; i++) {
      byte[] bytes = new byte[(int) Math.min(room, buffers[i].remaining())];
      buffers[i].get(bytes);
      taken.writeBytes(bytes);
      room -= bytes.length;
      written += bytes.length;
      if (buffers[i].hasRemaining()) {
        break;
      }
    }
    return written;
  }

  @Override
  public void awaitWritable() {
    waits = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  int bytes() {
    return taken.size();
  }

  /** What came, frame by frame; the last one may be there in part, and is left out. */
  List<Message> messages() {
    List<Message> messages = new ArrayList<>();
    byte[] all = taken.toByteArray();
    ByteBuffer in = ByteBuffer.wrap(all);
    while (in.remaining() >= 2) {
      int start = in.position();
      int opcode = in.get() & 0x0f;
      int length = in.get() & 0xff;
      if (length >= 126 && in.remaining() < 8) {
        break;
      }
      if (length == 126) {
        length = in.getShort() & 0xffff;
      } else if (length == 127) {
        length = Math.toIntExact(in.getLong());
      }
      if (in.remaining() < length) {
        break;
      }
      int from = in.position();
      in.position(from + length);
      messages.add(
          new Message(
              opcode,
              Bytes.wrap(all, start, in.position() - start),
              Bytes.wrap(all, from, length)));
    }
    return messages;
  }

  /** The binary messages, whole with their headers. */
  List<Bytes> events() {
    return messages().stream().filter(m -> m.opcode == 2).map(Message::whole).toList();
  }
}
