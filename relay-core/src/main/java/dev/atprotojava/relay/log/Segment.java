// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A segment as readers see it: how far it may be read, and where its chunks begin. The appender
 * moves the end of the newest one; the others do not change.
 */
final class Segment {
  private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

  final long firstSeq;
  final String fileName;

  /** When it was begun; everything in the segments before it is older. */
  final long createdMicros;

  private final int mark;

  /** Held by the reader who gets the index of a sealed segment, so that only one makes it anew. */
  private final ReentrantLock loading = new ReentrantLock();

  /** Grows while the segment is the newest; null once it is sealed. */
  private volatile @Nullable SegmentIndex index;

  /** Of a sealed segment once it was needed: at most 8 kB for 128 MB of log. */
  private volatile SegmentIndex.@Nullable Snapshot sealed;

  private volatile long end;

  /** A segment of a header, with the index if it is the newest. */
  Segment(SegmentLayout.Header header, @Nullable SegmentIndex index, long end) {
    this.firstSeq = header.firstSeq();
    this.fileName = SegmentLayout.fileName(firstSeq);
    this.createdMicros = header.createdMicros();
    this.mark = RecordLayout.mark(header.didKeyId());
    this.index = index;
    this.end = end;
  }

  /** The offset behind the last record that may be read. */
  long end() {
    return end;
  }

  /** The mark of its records. */
  int mark() {
    return mark;
  }

  /** Lets readers see more. */
  void extend(long newEnd) {
    end = newEnd;
  }

  /** Says that the segment grows no more. */
  void seal() {
    sealed = requireNonNull(index).snapshot();
    index = null;
  }

  /** The index, from memory, its file, or the segment itself. */
  SegmentIndex.Snapshot index(LogStorage storage) throws IOException {
    SegmentIndex live = index;
    if (live != null) {
      return live.snapshot();
    }
    SegmentIndex.Snapshot known = sealed;
    return known != null ? known : load(storage);
  }

  private SegmentIndex.Snapshot load(LogStorage storage) throws IOException {
    loading.lock();
    try {
      SegmentIndex.Snapshot known = sealed;
      if (known == null) {
        known = SegmentIndex.load(storage, firstSeq, end);
        known = known != null ? known : rebuild(storage);
        sealed = known;
      }
      return known;
    } finally {
      loading.unlock();
    }
  }

  private SegmentIndex.Snapshot rebuild(LogStorage storage) throws IOException {
    SegmentIndex rebuilt = new SegmentIndex();
    try (LogStorage.LogFile file = storage.openToRead(fileName)) {
      new SegmentScan(file, mark)
          .run(
              SegmentLayout.HEADER,
              firstSeq - 1,
              new SegmentScan.Visitor() {
                @Override
                public void record(ByteBuffer buffer, int at, long offset) {
                  rebuilt.add(RecordLayout.seqAt(buffer, at), offset);
                }

                @Override
                public void hole(long fromOffset, long toOffset) {}
              });
    }
    try {
      rebuilt.save(storage, firstSeq, end);
    } catch (IOException e) {
      LOG.warn("segment={} has no index file: {}", fileName, e.toString());
    }
    return rebuilt.snapshot();
  }
}
