// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import dev.atprotojava.cbor.CborWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The WebSocket frames of a server that are not events, whole with their headers. */
final class StreamFrames {
  private static final int BINARY = 0x82;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  private StreamFrames() {}

  /** {@code #info}: a word about the stream. */
  static ByteBuffer info(String name, String message) {
    CborWriter out = new CborWriter(128);
    out.writeMap(2).writeText("t").writeText("#info").writeText("op").writeInteger(1);
    out.writeMap(2).writeText("name").writeText(name).writeText("message").writeText(message);
    return frame(BINARY, out.toByteArray());
  }

  /** The last word before the stream is closed. */
  static ByteBuffer error(String error, String message) {
    CborWriter out = new CborWriter(128);
    out.writeMap(1).writeText("op").writeInteger(-1);
    out.writeMap(2).writeText("error").writeText(error).writeText("message").writeText(message);
    return frame(BINARY, out.toByteArray());
  }

  static ByteBuffer ping() {
    return frame(PING, new byte[0]);
  }

  static ByteBuffer pong(byte[] payload) {
    return frame(PONG, payload);
  }

  static ByteBuffer close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >>> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return frame(CLOSE, payload);
  }

  private static ByteBuffer frame(int first, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(4 + payload.length);
    out.put((byte) first);
    if (payload.length < 126) {
      out.put((byte) payload.length);
    } else {
      out.put((byte) 126).putShort((short) payload.length);
    }
    return out.put(payload).flip();
  }
}
