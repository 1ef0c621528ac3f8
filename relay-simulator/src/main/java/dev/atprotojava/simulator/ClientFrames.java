// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Reads what a subscriber sends, however the socket cuts it up: a ping is answered, a close ends,
 * and all else is passed over (SC-06).
 */
final class ClientFrames {
  private static final int OPCODE = 0x0f;
  private static final int MASKED = 0x80;

  private final byte[] head = new byte[14];
  private final byte[] payload = new byte[WebSocketWire.MAX_CONTROL];
  private int headRead;
  private long payloadLength;
  private long payloadRead;

  /**
   * Takes what was read.
   *
   * @param reply gets the answers to pings
   * @return false if the client closes, or speaks in a way that no client does
   */
  boolean accept(ByteBuffer in, Consumer<ByteBuffer> reply) {
    while (in.hasRemaining()) {
      if (headRead < headLength()) {
        head[headRead++] = in.get();
        if (headRead == headLength() && !beginPayload()) {
          return false;
        }
      } else {
        byte masked = in.get();
        if (payloadRead < payload.length) {
          payload[(int) payloadRead] =
              (byte) (masked ^ head[headRead - 4 + (int) (payloadRead & 3)]);
        }
        payloadRead++;
      }
      if (headRead == headLength() && payloadRead == payloadLength && !end(reply)) {
        return false;
      }
    }
    return true;
  }

  /** The length of the header, as far as it is known: a client's messages are all masked. */
  private int headLength() {
    int length = headRead < 2 ? 0 : head[1] & 0x7f;
    return length == 127 ? 14 : length == 126 ? 8 : 6;
  }

  private boolean beginPayload() {
    ByteBuffer lengths = ByteBuffer.wrap(head, 2, 12);
    payloadLength =
        switch (head[1] & 0x7f) {
          case 126 -> lengths.getShort() & 0xffff;
          case 127 -> lengths.getLong();
          default -> head[1] & 0x7f;
        };
    payloadRead = 0;
    boolean control = (head[0] & OPCODE) >= WebSocketWire.CLOSE;
    return (head[1] & MASKED) != 0
        && payloadLength >= 0
        && !(control && payloadLength > WebSocketWire.MAX_CONTROL);
  }

  private boolean end(Consumer<ByteBuffer> reply) {
    headRead = 0;
    int opcode = head[0] & OPCODE;
    if (opcode == WebSocketWire.PING) {
      reply.accept(WebSocketWire.control(WebSocketWire.PONG, payload, (int) payloadLength));
    }
    return opcode != WebSocketWire.CLOSE;
  }
}
