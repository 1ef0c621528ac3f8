// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The frame of a record, copied out, and the WebSocket header that was before it.
 *
 * @param wsHeader the WebSocket header
 * @param bytes the frame
 */
record LogFrame(Bytes wsHeader, Bytes bytes) {
  /** Of the whole record at {@code at}. */
  static LogFrame read(ByteBuffer in, int at) {
    byte[] payload = new byte[RecordLayout.payloadLengthAt(in, at)];
    in.get(at + RecordLayout.PAYLOAD, payload);
    int header = Math.clamp(in.get(at + RecordLayout.WS_HEADER), 0, payload.length);
    return new LogFrame(
        Bytes.wrap(payload, 0, header), Bytes.wrap(payload, header, payload.length - header));
  }

  /** True if the header is that of a message with this frame. */
  boolean hasItsWsHeader() {
    ByteBuffer expected =
        ByteBuffer.allocate(RecordLayout.MAX_WS_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    RecordLayout.putWsHeader(expected, 0, bytes.length());
    int length = RecordLayout.wsHeaderLength(bytes.length());
    return wsHeader.equals(Bytes.wrap(Arrays.copyOf(expected.array(), length)));
  }
}
