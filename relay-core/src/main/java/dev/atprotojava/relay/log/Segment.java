// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A segment as readers see it: how far it may be read, and where its chunks begin. The appender
 * moves the end of the newest one; the others do not change.
 */
final class Segment {
  final long firstSeq;
  final String fileName;

  /** When it was begun; everything in the segments before it is older. */
  final long createdMicros;

  /** Grows while the segment is the newest; null once it is sealed. */
  private volatile @Nullable SegmentIndex index;

  /** Of a sealed segment once it was needed: at most 8 kB for 128 MB of log. */
  private volatile SegmentIndex.@Nullable Snapshot sealed;

  private volatile long end;

  Segment(long firstSeq, @Nullable SegmentIndex index, long end, long createdMicros) {
    this.firstSeq = firstSeq;
    this.fileName = SegmentLayout.fileName(firstSeq);
    this.index = index;
    this.end = end;
    this.createdMicros = createdMicros;
  }

  /** The offset behind the last record that may be read. */
  long end() {
    return end;
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
    if (known == null) {
      known = SegmentIndex.load(storage, firstSeq);
      known = known != null ? known : rebuild(storage);
      sealed = known;
    }
    return known;
  }

  private SegmentIndex.Snapshot rebuild(LogStorage storage) throws IOException {
    SegmentIndex rebuilt = new SegmentIndex();
    try (LogStorage.LogFile file = storage.openToRead(fileName)) {
      new SegmentScan(file)
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
    rebuilt.save(storage, firstSeq);
    return rebuilt.snapshot();
  }
}
