// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.nio.ByteBuffer;

/**
 * The little of RFC 6455 that both ends of the simulator speak: headers of unfragmented messages.
 *
 * <pre>
 *   1 0 0 0 opcode | mask, length 0..125, 126 or 127 | [16 or 64 bits of length] | [mask, 4 bytes]
 * </pre>
 */
final class WebSocketWire {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** The longest header that a server writes. */
  static final int MAX_HEADER = 10;

  /** The longest payload of a ping, pong or close. */
  static final int MAX_CONTROL = 125;

  /** A close for a reason of policy, as hosts send it behind an error frame (T-82). */
  static final int CLOSE_POLICY = 1008;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;

  private WebSocketWire() {}

  /** The number of bytes of the header of a server's message. */
  static int headerLength(int payloadLength) {
    return payloadLength < SHORT_LENGTH ? 2 : payloadLength < 1 << 16 ? 4 : MAX_HEADER;
  }

  /** Writes the header of a server's message. */
  static void writeHeader(ByteBuffer out, int opcode, int payloadLength) {
    out.put((byte) (FINAL | opcode));
    if (payloadLength < SHORT_LENGTH) {
      out.put((byte) payloadLength);
    } else if (payloadLength < 1 << 16) {
      out.put((byte) SHORT_LENGTH).putShort((short) payloadLength);
    } else {
      out.put((byte) LONG_LENGTH).putLong(payloadLength);
    }
  }

  /** A small message of a server. */
  static ByteBuffer control(int opcode, byte[] payload, int length) {
    ByteBuffer out = ByteBuffer.allocate(2 + length);
    writeHeader(out, opcode, length);
    return out.put(payload, 0, length).flip();
  }

  /** The server's word that it closes. */
  static ByteBuffer close(int code) {
    return control(CLOSE, new byte[] {(byte) (code >>> 8), (byte) code}, 2);
  }

  /**
   * A small message of a client, masked with zeros: the mask protects proxies, of which none is.
   */
  static byte[] maskedControl(int opcode, byte[] payload, int offset, int length) {
    byte[] out = new byte[6 + length];
    out[0] = (byte) (FINAL | opcode);
    out[1] = (byte) (MASKED | length);
    System.arraycopy(payload, offset, out, 6, length);
    return out;
  }
}
