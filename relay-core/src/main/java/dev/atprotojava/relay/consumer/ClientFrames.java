// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import java.nio.ByteBuffer;

/**
 * Reads what a WebSocket client sends: masked frames, of which only pings and a close mean
 * something (SC-06, RL-16). Messages are passed over without being kept, however long. A state
 * machine over bytes as they come.
 */
final class ClientFrames {
  /** What the session does about a frame. */
  interface Listener {
    void ping(byte[] payload);

    void closed();
  }

  private static final int MAX_CONTROL = 125;

  private final byte[] header = new byte[14];
  private int headerLength;
  private int headerNeeded = 2;
  private long payloadLeft;
  private int opcode;
  private final byte[] control = new byte[MAX_CONTROL];
  private int controlLength;
  private int maskAt;

  /**
   * Takes bytes.
   *
   * @return false if they are nothing that a client may send
   */
  boolean take(ByteBuffer in, Listener listener) {
    while (in.hasRemaining() || (headerLength == headerNeeded && payloadLeft == 0)) {
      if (headerLength < headerNeeded) {
        header[headerLength++] = in.get();
        if (headerLength == headerNeeded && !parseHeader()) {
          return false;
        }
        continue;
      }
      takePayload(in);
      if (payloadLeft == 0) {
        finish(listener);
      }
    }
    return true;
  }

  private boolean parseHeader() {
    int length = header[1] & 0x7f;
    boolean masked = (header[1] & 0x80) != 0;
    int extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    int needed = 2 + extended + 4;
    if (!masked || (header[0] & 0x70) != 0) {
      return false;
    }
    if (headerNeeded < needed) {
      headerNeeded = needed;
      return true;
    }
    opcode = header[0] & 0xf;
    payloadLeft = length;
    if (extended > 0) {
      payloadLeft = 0;
      for (int i = 2; i < 2 + extended; i++) {
        payloadLeft = payloadLeft << 8 | (header[i] & 0xff);
      }
    }
    boolean isControl = opcode >= 8;
    controlLength = 0;
    maskAt = 2 + extended;
    return payloadLeft >= 0
        && !(isControl && (payloadLeft > MAX_CONTROL || (header[0] & 0x80) == 0))
        && opcode <= 10
        && !(opcode > 2 && opcode < 8);
  }

  private void takePayload(ByteBuffer in) {
    int count = (int) Math.min(in.remaining(), payloadLeft);
    if (opcode >= 8) {
      for (int i = 0; i < count; i++) {
        control[controlLength] = (byte) (in.get() ^ header[maskAt + (controlLength & 3)]);
        controlLength++;
      }
    } else {
      in.position(in.position() + count);
    }
    payloadLeft -= count;
  }

  private void finish(Listener listener) {
    headerLength = 0;
    headerNeeded = 2;
    if (opcode == 8) {
      listener.closed();
    } else if (opcode == 9) {
      byte[] payload = new byte[controlLength];
      System.arraycopy(control, 0, payload, 0, controlLength);
      listener.ping(payload);
    }
  }
}
