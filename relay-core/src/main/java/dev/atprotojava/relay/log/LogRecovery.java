// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a log as a start finds them, the newest mended where a crash left it unfinished.
 *
 * <ul>
 *   <li>A newest segment without a record, or even without a header, was begun just before the
 *       crash: it is removed, and the one before is the newest again.
 *   <li>Of the newest segment, what has nothing whole behind it is cut off (a torn tail). Damage
 *       before whole records stays where it is, is counted, and is passed over by all readers.
 *   <li>What is left is forced: after a kill it may be in the memory of the system only, and what
 *       is read from here on counts as durable.
 *   <li>The other segments were forced before the next was begun. Only their headers are read.
 *   <li>An index without its segment is removed, and a segment that was being written anew (see
 *       {@link LogEraser}).
 * </ul>
 */
final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

  private final LogStorage storage;
  private final long didKeyId;
  private final List<Segment> segments = new ArrayList<>();

  private SegmentIndex newestIndex = new SegmentIndex();
  private long lastSeq;
  private long lastMicros;
  private long holes;

  private LogRecovery(LogStorage storage, long didKeyId) {
    this.storage = storage;
    this.didKeyId = didKeyId;
  }

  /**
   * Finds and mends the segments of a storage.
   *
   * @throws RelayException if one is of another log or version, or has no header any more
   */
  static LogRecovery run(LogStorage storage, List<String> names, long didKeyId) throws IOException {
    LogRecovery recovery = new LogRecovery(storage, didKeyId);
    TreeSet<Long> files = new TreeSet<>();
    for (String name : names) {
      long firstSeq = SegmentLayout.firstSeqOf(name);
      if (firstSeq >= 0) {
        files.add(firstSeq);
      }
    }
    for (long firstSeq : files) {
      recovery.segments.add(recovery.look(firstSeq, firstSeq == files.last()));
    }
    recovery.mendNewest();
    recovery.removeLeftovers(names, files);
    storage.syncDirectory(); // as with what was forced: the names may be in memory only
    return recovery;
  }

  /** The segments, the oldest first. */
  List<Segment> segments() {
    return segments;
  }

  /** The index of the newest of them. */
  SegmentIndex newestIndex() {
    return newestIndex;
  }

  /** The seq of the last record, or one below the first if there is none. */
  long lastSeq() {
    return lastSeq;
  }

  /** The time of the last record, 0 if there is none. */
  long lastMicros() {
    return lastMicros;
  }

  /** The stretches of damage in the newest segment. */
  long holes() {
    return holes;
  }

  /** A segment by its header; only the newest may have none. Nothing is changed yet. */
  private Segment look(long firstSeq, boolean isNewest) throws IOException {
    String name = SegmentLayout.fileName(firstSeq);
    try (LogFile file = storage.openToRead(name)) {
      SegmentLayout.Header header =
          isNewest && file.size() <= SegmentLayout.HEADER && SegmentLayout.read(file, name) == null
              ? new SegmentLayout.Header(firstSeq, didKeyId, 0)
              : requireHeader(file, firstSeq, name);
      return new Segment(header, null, file.size());
    }
  }

  private void mendNewest() throws IOException {
    boolean mended = false;
    while (!mended && !segments.isEmpty()) {
      Segment newest = segments.removeLast();
      mended = mend(newest, segments.isEmpty());
    }
  }

  /** Puts the end of the newest segment in order; false if nothing was in it and it is gone. */
  private boolean mend(Segment newest, boolean only) throws IOException {
    try (LogFile file = storage.open(newest.fileName)) {
      SegmentLayout.Header header = SegmentLayout.read(file, newest.fileName);
      if (header != null) {
        long end = scan(file, header);
        if (end > SegmentLayout.HEADER || only) {
          cut(file, newest.fileName, end);
          segments.add(new Segment(header, newestIndex, end));
          return true;
        }
      }
    }
    LOG.info("segment={} state=empty: removed", newest.fileName);
    storage.delete(newest.fileName);
    storage.delete(SegmentIndex.fileName(newest.firstSeq));
    return false;
  }

  private void removeLeftovers(List<String> names, Set<Long> files) throws IOException {
    for (String name : names) {
      long firstSeq = SegmentIndex.firstSeqOf(name);
      boolean alone = firstSeq >= 0 && !files.contains(firstSeq);
      if (alone || LogEraser.isUnfinished(name)) {
        storage.delete(name);
      }
    }
  }

  private long scan(LogFile file, SegmentLayout.Header header) throws IOException {
    lastSeq = header.firstSeq() - 1;
    newestIndex = new SegmentIndex();
    String name = SegmentLayout.fileName(header.firstSeq());
    return new SegmentScan(file, RecordLayout.mark(didKeyId))
        .run(
            SegmentLayout.HEADER,
            lastSeq,
            new SegmentScan.Visitor() {
              @Override
              public void record(ByteBuffer buffer, int at, long offset) {
                lastSeq = RecordLayout.seqAt(buffer, at);
                lastMicros = buffer.getLong(at + RecordLayout.RECEIVED);
                newestIndex.add(lastSeq, offset);
              }

              @Override
              public void hole(long fromOffset, long toOffset) {
                holes++;
                LOG.error(
                    "segment={} damaged from={} to={}: these records are lost",
                    name,
                    fromOffset,
                    toOffset);
              }
            });
  }

  private static void cut(LogFile file, String name, long end) throws IOException {
    if (end < file.size()) {
      LOG.info("segment={} torn tail of {} bytes cut", name, file.size() - end);
      file.truncate(end);
    }
    file.force();
  }

  private SegmentLayout.Header requireHeader(LogFile file, long firstSeq, String name)
      throws IOException {
    SegmentLayout.Header header = SegmentLayout.read(file, name);
    if (header == null) {
      throw RelayException.refused(
          name
              + " has no segment header, or a damaged one. Check the disk; if the file cannot be"
              + " restored, move it away: its events are then missing from the window.");
    }
    if (header.didKeyId() != didKeyId) {
      throw RelayException.refused(
          "the database and "
              + name
              + " are not of the same relay: DIDs are hashed with different keys. Restore the"
              + " database that belongs to this log.");
    }
    if (header.firstSeq() != firstSeq) {
      throw RelayException.refused(
          name + " was " + SegmentLayout.fileName(header.firstSeq()) + ". Give it back its name.");
    }
    return header;
  }
}
