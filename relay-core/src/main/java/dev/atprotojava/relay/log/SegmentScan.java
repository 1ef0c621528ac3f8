// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Goes through the records of a segment file from some place on and finds what is whole.
 *
 * <p>Where a record is damaged the scan looks, at every multiple of eight behind it, for one that
 * is whole and has a higher seq. Found, the damage between is a hole: reported, and passed over for
 * ever. Not found, the damage is a torn tail.
 *
 * <p>Memory: a window of at most 1 MB, which grows to the size of the largest record if there is
 * one that large.
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

  private final LogFile file;
  private final long size;
  private final int mark;
  private ByteBuffer buffer;
  private long bufferOffset;

  /**
   * A scan of what a file has now.
   *
   * @param mark the mark of the log's records
   */
  SegmentScan(LogFile file, int mark) throws IOException {
    this(file, mark, file.size());
  }

  /** A scan that takes the file to end at {@code size}. */
  SegmentScan(LogFile file, int mark, long size) {
    this.file = file;
    this.size = size;
    this.mark = mark;
    this.buffer = allocate((int) Math.min(WINDOW, size));
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).limit(0);
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
      int at = wholeAt(offset, last);
      if (at >= 0) {
        last = RecordLayout.seqAt(buffer, at);
        int recordSize = RecordLayout.sizeAt(buffer, at);
        visitor.record(buffer, at, offset);
        offset += recordSize;
        continue;
      }
      long next = nextWhole(offset, last);
      if (next < 0) {
        return offset;
      }
      visitor.hole(offset, next);
      offset = next;
    }
  }

  private long nextWhole(long damaged, long last) throws IOException {
    for (long offset = damaged + RecordLayout.ALIGNMENT;
        offset + RecordLayout.PAYLOAD <= size;
        offset += RecordLayout.ALIGNMENT) {
      if (wholeAt(offset, last) >= 0) {
        return offset;
      }
    }
    return -1;
  }

  /** Where in the buffer a whole record at this offset begins, or -1. */
  private int wholeAt(long offset, long last) throws IOException {
    if (size - offset < RecordLayout.PAYLOAD) {
      return -1;
    }
    int at = load(offset, RecordLayout.PAYLOAD);
    if (!RecordLayout.isPlausible(buffer, at, mark) || RecordLayout.seqAt(buffer, at) <= last) {
      return -1;
    }
    int whole = RecordLayout.sizeAt(buffer, at);
    if (whole > size - offset) {
      return -1;
    }
    at = load(offset, whole);
    return RecordLayout.isIntact(buffer, at) ? at : -1;
  }

  /** Makes sure that bytes from an offset are in the buffer and returns where they begin. */
  private int load(long offset, int length) throws IOException {
    long at = offset - bufferOffset;
    if (at >= 0 && at + length <= buffer.limit()) {
      return (int) at;
    }
    if (length > buffer.capacity()) {
      buffer = allocate(RecordLayout.MAX_SIZE);
    }
    buffer.clear();
    file.read(buffer, offset);
    buffer.flip();
    bufferOffset = offset;
    if (buffer.limit() < length) {
      throw new EOFException("the file became shorter while it was read");
    }
    return 0;
  }
}
