// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overwrites the content of accounts in the segments with zeros.
 *
 * <p>A segment with such content is written anew beside the old one, {@code
 * 0000000004294967296.log.new}, with the same records at the same offsets: those that go keep what
 * stands before the payload, have the flag for it, and a checksum that is right. It is forced, and
 * takes the old one's name, which is made durable before anything is said to be done. A crash
 * leaves the one or the other; a file that is not finished is removed by the next start. Who reads
 * the old file goes on with it until it is closed, and the index leads to the same places.
 *
 * <p>The newest segment is the appender's: if there is something in it, the appender is asked to
 * begin another one. Damage is copied as it is, since nobody can say whose it was.
 *
 * <p>Runs on a thread of its own and keeps the appender from nothing: what is written is forced
 * every few megabytes, so that a force of the log has little before it.
 */
public final class LogEraser {
  /** What the name of an unfinished segment has behind that of the segment. */
  static final String SUFFIX = ".new";

  private static final Logger LOG = LoggerFactory.getLogger(LogEraser.class);
  private static final int BUFFER = 1 << 20;
  private static final int FORCE_EVERY = 4 << 20;

  /** What is to go, and whether that still stands. */
  public interface Order {
    /** True if the content of an account is to go. */
    boolean covers(long didHash);

    /** True if there is no need to go on. */
    boolean isCalledOff();

    /**
     * Takes the step that cannot be taken back, unless the order was called off.
     *
     * @param upToSeq the last number that the segment may have
     * @return false if it was called off and nothing was done
     */
    boolean carryOut(long upToSeq, Step step) throws IOException;
  }

  /** Gives a segment that was written anew its place. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void take() throws IOException;
  }

  /** How it ended. */
  public enum Outcome {
    /** Nothing is left, and that is durable. */
    DONE,
    /** There is something in the newest segment; to be tried again when that is sealed. */
    NOT_YET,
    /** The order was called off; what was erased before stays erased. */
    CALLED_OFF,
  }

  private final SegmentedEventLog log;
  private final LogStorage storage;

  /** An eraser of a log; there may be one. */
  public LogEraser(SegmentedEventLog log) {
    this.log = log;
    this.storage = log.storage();
  }

  /** True if a file is a segment that was not finished. */
  static boolean isUnfinished(String fileName) {
    return fileName.endsWith(SUFFIX)
        && SegmentLayout.firstSeqOf(fileName.substring(0, fileName.length() - SUFFIX.length()))
            >= 0;
  }

  /**
   * Erases.
   *
   * @param upToSeq no content that is to go has a higher number
   * @throws IOException if a file cannot be read or written: to be tried again later
   */
  public Outcome run(Order order, long upToSeq) throws IOException {
    for (Segment segment : log.segments()) {
      if (segment.firstSeq > upToSeq) {
        break;
      }
      if (order.isCalledOff()) {
        return Outcome.CALLED_OFF;
      }
      long[] found;
      try {
        found = find(segment, order);
      } catch (NoSuchFileException e) {
        if (log.segments().contains(segment)) {
          throw e;
        }
        continue; // too old by now
      }
      if (found.length > 0) {
        if (log.segments().getLast() == segment) {
          log.askToRoll();
          return Outcome.NOT_YET;
        }
        if (!rewrite(segment, found, order)) {
          return Outcome.CALLED_OFF;
        }
      }
    }
    storage.syncDirectory(); // for what an earlier run replaced and then failed
    return Outcome.DONE;
  }

  /** Where in a segment the records are that are to go. */
  private long[] find(Segment segment, Order order) throws IOException {
    LongStream.Builder found = LongStream.builder();
    try (LogFile file = storage.openToRead(segment.fileName)) {
      new SegmentScan(file, segment.mark(), segment.end())
          .run(
              SegmentLayout.HEADER,
              segment.firstSeq - 1,
              new SegmentScan.Visitor() {
                @Override
                public void record(ByteBuffer buffer, int at, long offset) {
                  boolean erased =
                      (buffer.get(at + RecordLayout.FLAGS) & RecordLayout.FLAG_ERASED) != 0;
                  if (!erased
                      && HiddenAccounts.isContent(buffer, at)
                      && order.covers(buffer.getLong(at + RecordLayout.DID_HASH))) {
                    found.add(offset);
                  }
                }

                @Override
                public void hole(long fromOffset, long toOffset) {}
              });
    }
    return found.build().toArray();
  }

  private boolean rewrite(Segment segment, long[] offsets, Order order) throws IOException {
    String unfinished = segment.fileName + SUFFIX;
    storage.delete(unfinished);
    try {
      if (!write(segment, offsets, unfinished, order)
          || !order.carryOut(lastSeqOf(segment), () -> log.replace(segment, unfinished))) {
        return false;
      }
      storage.syncDirectory();
      LOG.info("segment={} erased={} records", segment.fileName, offsets.length);
      return true;
    } finally {
      storage.delete(unfinished); // which it has no more if all went well
    }
  }

  private long lastSeqOf(Segment segment) {
    var segments = log.segments();
    int next = segments.indexOf(segment) + 1;
    return next > 0 && next < segments.size() ? segments.get(next).firstSeq - 1 : segment.firstSeq;
  }

  /** Writes the segment anew, durably; false if that was called off. */
  private boolean write(Segment segment, long[] offsets, String name, Order order)
      throws IOException {
    try (LogFile from = storage.openToRead(segment.fileName);
        LogFile to = storage.create(name)) {
      Copy copy = new Copy(from, to);
      for (long offset : offsets) {
        if (!copy.upTo(offset, order)) {
          return false;
        }
        copy.erased();
      }
      if (!copy.upTo(segment.end(), order)) {
        return false;
      }
      to.force();
      return true;
    }
  }

  /** A segment on its way from one file to another. */
  private static final class Copy {
    private final LogFile from;
    private final LogFile to;
    private ByteBuffer buffer = allocate(BUFFER);
    private long done;
    private long forced;

    Copy(LogFile from, LogFile to) {
      this.from = from;
      this.to = to;
    }

    private static ByteBuffer allocate(int bytes) {
      return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Copies what stands before an offset; false if there is no need to go on. */
    boolean upTo(long offset, Order order) throws IOException {
      while (done < offset) {
        if (order.isCalledOff()) {
          return false;
        }
        read((int) Math.min(BUFFER, offset - done));
        write();
      }
      return true;
    }

    /** Writes the next record without its payload. */
    void erased() throws IOException {
      read(RecordLayout.PAYLOAD);
      read(RecordLayout.sizeAt(buffer, 0));
      erase(buffer);
      write();
    }

    private void read(int length) throws IOException {
      if (buffer.capacity() < length) {
        buffer = allocate(RecordLayout.MAX_SIZE);
      }
      buffer.clear().limit(length);
      if (from.read(buffer, done) < length) {
        throw new EOFException("the segment became shorter");
      }
      buffer.flip();
    }

    private void write() throws IOException {
      done += buffer.limit();
      to.append(buffer);
      if (done - forced >= FORCE_EVERY) {
        to.force();
        forced = done;
      }
    }
  }

  /** Erases the record at the beginning of a buffer. */
  private static void erase(ByteBuffer record) {
    int length = record.getInt(RecordLayout.LENGTH);
    int end = RecordLayout.SEQ + length;
    record.put(
        RecordLayout.FLAGS, (byte) (record.get(RecordLayout.FLAGS) | RecordLayout.FLAG_ERASED));
    record.put(RecordLayout.PAYLOAD, new byte[end - RecordLayout.PAYLOAD]);
    CRC32C crc = new CRC32C();
    crc.update(record.slice(RecordLayout.SEQ, length));
    record.putInt(RecordLayout.CRC, (int) crc.getValue());
  }
}
