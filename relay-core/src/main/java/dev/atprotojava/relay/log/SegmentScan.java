// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Goes through the records of a segment file from some place on and finds what is whole.
 *
 * <p>Where a record is damaged the scan looks, at every multiple of eight behind it, for one that
 * is whole and has a higher seq. Found, the damage between is a hole: reported, and passed over for
 * ever. Not found, the damage is a torn tail.
 */
final class SegmentScan {
  /** What a scan finds. */
  interface Visitor {
    /** A whole record, at {@code at} of {@code buffer} and at {@code offset} of the file. */
    void record(ByteBuffer buffer, int at, long offset);

    /** Damage between whole records. */
    void hole(long fromOffset, long toOffset);
  }

  private static final int WINDOW = 1 << 20;
  private static final int LONGEST = RecordLayout.size(RecordLayout.MAX_FRAME);

  private final LogFile file;
  private final long size;
  private ByteBuffer buffer =
      ByteBuffer.allocateDirect(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long bufferOffset;

  SegmentScan(LogFile file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /**
   * Scans from an offset where a record should begin.
   *
   * @param afterSeq the seq of the record before; those behind are higher
   * @return the offset behind the last whole record: what follows is a torn tail
   */
  long run(long from, long afterSeq, Visitor visitor) throws IOException {
    long offset = from;
    long last = afterSeq;
    while (true) {
      int at = validAt(offset, last);
      if (at >= 0) {
        last = RecordLayout.seqAt(buffer, at);
        int recordSize = RecordLayout.sizeAt(buffer, at);
        visitor.record(buffer, at, offset);
        offset += recordSize;
        continue;
      }
      long next = nextValid(offset, last);
      if (next < 0) {
        return offset;
      }
      visitor.hole(offset, next);
      offset = next;
    }
  }

  private long nextValid(long damaged, long last) throws IOException {
    for (long offset = damaged + RecordLayout.ALIGNMENT;
        offset + RecordLayout.PAYLOAD <= size;
        offset += RecordLayout.ALIGNMENT) {
      if (validAt(offset, last) >= 0) {
        return offset;
      }
    }
    return -1;
  }

  /** Where in the buffer a whole record at this offset begins, or -1. */
  private int validAt(long offset, long last) throws IOException {
    if (size - offset < RecordLayout.PAYLOAD) {
      return -1;
    }
    int at = load(offset, RecordLayout.PAYLOAD);
    int claimed = RecordLayout.SEQ + buffer.getInt(at + RecordLayout.LENGTH);
    if (claimed < RecordLayout.PAYLOAD || claimed > LONGEST || claimed > size - offset) {
      return -1;
    }
    // The padding of the very last record may be what was not written; it says nothing.
    int whole = (int) Math.min(RecordLayout.sizeAt(buffer, at), size - offset);
    at = load(offset, whole);
    return RecordLayout.isValid(buffer, at, at + RecordLayout.sizeAt(buffer, at))
            && whole == RecordLayout.sizeAt(buffer, at)
            && RecordLayout.seqAt(buffer, at) > last
        ? at
        : -1;
  }

  /** Makes sure that bytes from an offset are in the buffer and returns where they begin. */
  private int load(long offset, int length) throws IOException {
    long at = offset - bufferOffset;
    if (at >= 0 && at + length <= buffer.limit()) {
      return (int) at;
    }
    if (length > buffer.capacity()) {
      buffer = ByteBuffer.allocateDirect(LONGEST).order(ByteOrder.LITTLE_ENDIAN);
    }
    buffer.clear();
    file.read(buffer, offset);
    buffer.flip();
    bufferOffset = offset;
    return 0;
  }
}
