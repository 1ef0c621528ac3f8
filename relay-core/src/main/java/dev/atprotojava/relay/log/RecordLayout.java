// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.EventKind;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One event in a segment, and in the memory of {@link LiveTail}, which has the same bytes. Numbers
 * are little-endian; records begin at multiples of eight.
 *
 * <pre>
 *    0  u32  length of what follows from byte 8, padding not counted
 *    4  u32  CRC-32C of that
 *    8  u64  seq
 *   16  u64  time of receipt, microseconds since the epoch, never below the record before
 *   24  u8   kind: 1 commit, 2 sync, 3 identity, 4 account
 *   25  u8   flags: 1 verified, 2 waived, 4 erased
 *   26  u8   status after: upstream in the low four bits, local in the high four
 *   27  u8   length of the WebSocket header: 2, 4 or 10
 *   28  u32  host
 *   32  u32  epoch of the host
 *   36  u32  mark of the log: the low half of the id of the key that DIDs are hashed with
 *   40  u64  the host's own seq
 *   48  u64  rev, as a TID's number; 0 if the kind has none
 *   56  u64  hash of the DID
 *   64  32   digest of the CID of data after; zeros if nothing is known
 *   96       WebSocket header, and directly behind it the frame: both go out as one slice
 *            zeros to the next multiple of eight
 * </pre>
 *
 * <p>The mark is what nobody outside knows. Behind damage a reader looks for the next record at
 * every multiple of eight, also inside the frames of others, and the author of a frame can put into
 * it whatever else a record has, checksum included: without the mark one lost sector would be
 * enough to have his own unverified event sent.
 */
public final class RecordLayout {
  static final int LENGTH = 0;
  static final int CRC = 4;
  static final int SEQ = 8;
  static final int RECEIVED = 16;
  static final int KIND = 24;
  static final int FLAGS = 25;
  static final int STATUS = 26;
  static final int WS_HEADER = 27;
  static final int HOST = 28;
  static final int EPOCH = 32;
  static final int MARK = 36;
  static final int UPSTREAM_SEQ = 40;
  static final int REV = 48;
  static final int DID_HASH = 56;
  static final int DATA = 64;
  static final int PAYLOAD = 96;

  static final int FLAG_VERIFIED = 1;
  static final int FLAG_WAIVED = 2;
  static final int FLAG_ERASED = 4;

  static final int ALIGNMENT = 8;

  /** The longest WebSocket header of a server's frame. */
  static final int MAX_WS_HEADER = 10;

  /** The longest frame that is stored. */
  static final int MAX_FRAME = 5_000_000;

  /** The size of the largest record. */
  static final int MAX_SIZE = size(MAX_FRAME);

  private static final int MIN_LENGTH = PAYLOAD - SEQ + 2;
  private static final int MAX_LENGTH = PAYLOAD - SEQ + MAX_WS_HEADER + MAX_FRAME;

  private RecordLayout() {}

  /** The length of the header of a binary WebSocket message of a server (RFC 6455 section 5.2). */
  static int wsHeaderLength(int frameLength) {
    return frameLength < 126 ? 2 : frameLength < 1 << 16 ? 4 : 10;
  }

  /** Writes that header. */
  static void putWsHeader(ByteBuffer out, int at, int frameLength) {
    out.put(at, (byte) 0x82);
    if (frameLength < 126) {
      out.put(at + 1, (byte) frameLength);
    } else if (frameLength < 1 << 16) {
      out.put(at + 1, (byte) 126);
      out.put(at + 2, (byte) (frameLength >>> 8));
      out.put(at + 3, (byte) frameLength);
    } else {
      out.put(at + 1, (byte) 127);
      for (int i = 0; i < 8; i++) {
        out.put(at + 2 + i, (byte) ((long) frameLength >>> (56 - 8 * i)));
      }
    }
  }

  /** The size of a record with a frame of this length, padding included. */
  static int size(int frameLength) {
    return padded(PAYLOAD + wsHeaderLength(frameLength) + frameLength);
  }

  private static int padded(int length) {
    return length + ALIGNMENT - 1 & -ALIGNMENT;
  }

  /** The size of the record at {@code at}, padding included. */
  static int sizeAt(ByteBuffer in, int at) {
    return padded(SEQ + in.getInt(at + LENGTH));
  }

  /** The seq of the record at {@code at}. */
  static long seqAt(ByteBuffer in, int at) {
    return in.getLong(at + SEQ);
  }

  /** The length of WebSocket header and frame together. */
  static int payloadLengthAt(ByteBuffer in, int at) {
    return SEQ + in.getInt(at + LENGTH) - PAYLOAD;
  }

  /** The mark of the records of a log whose DIDs are hashed with the key of this id. */
  static int mark(long didKeyId) {
    return (int) didKeyId;
  }

  /** True if a whole record of a log begins at {@code at} and ends, padded, before the limit. */
  static boolean isValid(ByteBuffer in, int at, int limit, int mark) {
    return limit - at >= PAYLOAD
        && isPlausible(in, at, mark)
        && sizeAt(in, at) <= limit - at
        && isIntact(in, at);
  }

  /**
   * True if the 96 bytes at {@code at} have the looks of a record of a log. Says no to nearly all
   * that is none, so that a search through a damaged stretch computes few checksums.
   */
  static boolean isPlausible(ByteBuffer in, int at, int mark) {
    int length = in.getInt(at + LENGTH);
    return length >= MIN_LENGTH
        && length <= MAX_LENGTH
        && in.getInt(at + MARK) == mark
        && EventKind.isCode(in.get(at + KIND))
        && in.getLong(at + SEQ) > 0;
  }

  /** True if the record at {@code at}, which must be there as a whole, has its checksum. */
  static boolean isIntact(ByteBuffer in, int at) {
    CRC32C crc = new CRC32C();
    crc.update(in.slice(at + SEQ, in.getInt(at + LENGTH)));
    return (int) crc.getValue() == in.getInt(at + CRC);
  }
}
