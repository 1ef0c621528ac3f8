// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.log.LogReport.Fence;
import dev.atprotojava.relay.log.LogReport.Index;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One segment, looked through from its header to its end. Beyond what a reader checks, each record
 * must say the same as its frame, and times must not go back.
 */
final class SegmentInspection implements SegmentScan.Visitor {
  private static final int MAX_PROBLEMS = 10;

  private final LogStorage storage;
  private final SegmentLayout.Header header;
  private final boolean isNewest;
  private final FrameCodec codec = new FrameCodec();
  private final SegmentIndex rebuilt = new SegmentIndex();
  private final List<Fence> fences = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private long moreProblems;
  private long records;
  private long erased;
  private long firstSeq;
  private long lastSeq;
  private long lastMicros;

  private SegmentInspection(LogStorage storage, SegmentLayout.Header header, boolean isNewest) {
    this.storage = storage;
    this.header = header;
    this.isNewest = isNewest;
  }

  /** Looks through a segment that has a header. */
  static LogReport.Segment run(
      LogStorage storage, LogFile file, SegmentLayout.Header header, boolean isNewest)
      throws IOException {
    return new SegmentInspection(storage, header, isNewest).inspect(file);
  }

  private LogReport.Segment inspect(LogFile file) throws IOException {
    long size = file.size();
    String name = SegmentLayout.fileName(header.firstSeq());
    long end =
        new SegmentScan(file, RecordLayout.mark(header.didKeyId()), size)
            .run(SegmentLayout.HEADER, header.firstSeq() - 1, this);
    if (end < size && !isNewest) {
      problem("damaged from byte " + end + " to its end");
    }
    Index index = index(size);
    if (index == Index.WRONG) {
      problem("the index leads elsewhere: delete " + SegmentIndex.fileName(header.firstSeq()));
    }
    if (moreProblems > 0) {
      problems.add("and " + moreProblems + " more");
    }
    return new LogReport.Segment(
        name,
        size,
        instant(header.createdMicros()),
        records,
        erased,
        firstSeq,
        lastSeq,
        fences,
        size - end,
        index,
        problems);
  }

  private Index index(long size) throws IOException {
    if (!storage.list().contains(SegmentIndex.fileName(header.firstSeq()))) {
      return Index.NONE;
    }
    SegmentIndex.Snapshot stored = SegmentIndex.load(storage, header.firstSeq(), size);
    if (stored == null) {
      return Index.STALE;
    }
    // What is damaged now may have been whole, and entered, when the index was made.
    boolean leads = !fences.isEmpty() || stored.sameAs(rebuilt.snapshot());
    return leads ? Index.USABLE : Index.WRONG;
  }

  @Override
  public void record(ByteBuffer buffer, int at, long offset) {
    RecordHeader record = RecordHeader.read(buffer, at);
    records++;
    firstSeq = firstSeq == 0 ? record.seq() : firstSeq;
    lastSeq = record.seq();
    rebuilt.add(record.seq(), offset);
    if (record.receivedMicros() < lastMicros) {
      problem("seq " + record.seq() + " has a time before that of the record before it");
    }
    lastMicros = Math.max(lastMicros, record.receivedMicros());
    if (record.erased()) {
      checkErased(record, LogFrame.read(buffer, at));
    } else {
      check(record, LogFrame.read(buffer, at));
    }
  }

  private void checkErased(RecordHeader record, LogFrame frame) {
    erased++;
    if (!isZeros(frame.wsHeader()) || !isZeros(frame.bytes())) {
      problem("seq " + record.seq() + " is marked as erased, and is not");
    }
  }

  private static boolean isZeros(Bytes bytes) {
    return bytes.equals(Bytes.wrap(new byte[bytes.length()]));
  }

  private void check(RecordHeader record, LogFrame frame) {
    if (!frame.hasItsWsHeader()) {
      problem("seq " + record.seq() + " has a WebSocket header that is not that of its frame");
    } else if (!saysTheSame(record, frame)) {
      problem("seq " + record.seq() + " has a frame that is another event");
    }
  }

  private boolean saysTheSame(RecordHeader record, LogFrame frame) {
    try {
      return codec.decode(frame.bytes()) instanceof Frame.Message(RepoEvent.Sequenced event)
          && event.seq() == record.seq()
          && EventKind.of(event) == record.kind();
    } catch (FrameException e) {
      return false;
    }
  }

  @Override
  public void hole(long fromOffset, long toOffset) {
    fences.add(new Fence(fromOffset, toOffset));
  }

  private void problem(String sentence) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(sentence);
    } else {
      moreProblems++;
    }
  }

  /** A moment of the log's files. */
  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }
}
