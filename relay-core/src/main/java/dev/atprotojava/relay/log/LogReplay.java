// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes through the whole records of a log from some number on, in order; at the start, or beside
 * the one who appends, up to wherever that is.
 */
public final class LogReplay {
  /** Takes records. */
  @FunctionalInterface
  public interface Visitor {
    /** A record: what it says, and its frame, which the visitor owns. */
    void record(RecordHeader header, Bytes frame);
  }

  private LogReplay() {}

  /** Hands over the records with {@code fromSeq} or more. */
  public static void run(SegmentedEventLog log, long fromSeq, Visitor visitor) {
    var segments = log.segments();
    for (int i = 0; i < segments.size(); i++) {
      boolean isOlder = i + 1 < segments.size() && segments.get(i + 1).firstSeq <= fromSeq;
      if (!isOlder) {
        replay(log, segments.get(i), fromSeq, visitor);
      }
    }
  }

  /** Hands over the records that were received from some moment on, in microseconds. */
  public static void runSince(SegmentedEventLog log, long micros, Visitor visitor) {
    long from = log.oldestSeq();
    for (Segment segment : log.segments()) {
      from = segment.createdMicros <= micros ? segment.firstSeq : from;
    }
    run(
        log,
        from,
        (header, frame) -> {
          if (header.receivedMicros() >= micros) {
            visitor.record(header, frame);
          }
        });
  }

  private static void replay(
      SegmentedEventLog log, Segment segment, long fromSeq, Visitor visitor) {
    try (LogStorage.LogFile file = log.storage().openToRead(segment.fileName)) {
      SegmentIndex.Snapshot index = segment.index(log.storage());
      if (index.count() == 0) {
        return;
      }
      long start = index.offset(index.chunkOf(fromSeq));
      new SegmentScan(file, segment.mark())
          .run(start, segment.firstSeq - 1, visitorOf(fromSeq, visitor));
    } catch (IOException e) {
      throw RelayException.fatal(
          segment.fileName + " of the event log cannot be read: " + e.getMessage(), e);
    }
  }

  private static SegmentScan.Visitor visitorOf(long fromSeq, Visitor visitor) {
    return new SegmentScan.Visitor() {
      @Override
      public void record(ByteBuffer buffer, int at, long offset) {
        RecordHeader header = RecordHeader.read(buffer, at);
        if (header.seq() < fromSeq) {
          return;
        }
        visitor.record(header, LogFrame.read(buffer, at).bytes());
      }

      @Override
      public void hole(long fromOffset, long toOffset) {} // was reported when the log was opened
    };
  }
}
