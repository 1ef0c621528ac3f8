// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the files of a log, for the operator. Changes nothing and takes no lock: the relay may
 * be at work in the directory. Then the newest segment may end in a record that is being written,
 * and the oldest may vanish; neither is anything wrong.
 */
public final class LogInspector {
  /** How {@link #dump} writes frames. */
  public enum Frames {
    /** Not at all. */
    NONE,
    /** The body of the message as JSON; in hexadecimal where JSON cannot say it. */
    JSON,
    /** The whole frame in hexadecimal. */
    HEX,
  }

  private final LogStorage storage;

  private LogInspector(LogStorage storage) {
    this.storage = storage;
  }

  /**
   * Goes through every byte of every segment and index.
   *
   * @throws RelayException if there is no log in the directory
   */
  public static LogReport verify(Path directory) {
    return verify(DirectoryStorage.toRead(directory), directory.toString());
  }

  static LogReport verify(LogStorage storage, String place) {
    return new LogInspector(storage).verify(requireSegments(storage, place));
  }

  /**
   * Hands over a line for each record with a number from {@code fromSeq} to {@code toSeq}, in
   * order. Its columns, with a tab between: seq, number of the sending host, time of receipt, kind,
   * DID, rev, size of the frame in bytes, flags; and the frame, if that is asked for. A column with
   * nothing to say is {@code -}. A line that begins with {@code #} tells of damage.
   *
   * @throws RelayException if there is no log in the directory, or one of its segments cannot be
   *     read
   */
  public static void dump(
      Path directory, long fromSeq, long toSeq, Frames frames, Consumer<String> out) {
    dump(
        DirectoryStorage.toRead(directory),
        directory.toString(),
        new LogDump(fromSeq, toSeq, frames, out));
  }

  static void dump(LogStorage storage, String place, LogDump dump) {
    List<Long> segments = requireSegments(storage, place);
    for (int i = 0; i < segments.size(); i++) {
      long next = i + 1 < segments.size() ? segments.get(i + 1) : Long.MAX_VALUE;
      if (dump.wants(segments.get(i), next)) {
        dump(storage, segments.get(i), i + 1 == segments.size(), dump);
      }
    }
  }

  private static void dump(LogStorage storage, long firstSeq, boolean isNewest, LogDump dump) {
    String name = SegmentLayout.fileName(firstSeq);
    try (LogFile file = storage.openToRead(name)) {
      SegmentLayout.Header header = SegmentLayout.read(file, name);
      if (header == null && !isNewest) {
        dump.note(name + " has no segment header, or a damaged one");
      } else if (header != null) {
        dump.run(storage, file, header, isNewest);
      }
    } catch (NoSuchFileException e) {
      dump.note(name + " was deleted in the meantime");
    } catch (IOException e) {
      throw RelayException.fatal(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The first numbers of the segments, in order. */
  private static List<Long> requireSegments(LogStorage storage, String place) {
    List<String> names;
    try {
      names = storage.list();
    } catch (IOException e) {
      throw RelayException.refused(place + " cannot be read: " + e);
    }
    LongStream seqs = names.stream().mapToLong(SegmentLayout::firstSeqOf);
    List<Long> segments = seqs.filter(seq -> seq >= 0).sorted().boxed().toList();
    if (segments.isEmpty() && !names.contains(SeqReservation.FILE)) {
      throw RelayException.refused("there is no event log in " + place);
    }
    return segments;
  }

  private LogReport verify(List<Long> files) {
    List<LogReport.Segment> segments = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (long firstSeq : files) {
      boolean isNewest = firstSeq == files.getLast();
      LogReport.Segment segment = segment(firstSeq, isNewest);
      if (segment != null) {
        segments.add(segment);
      }
    }
    for (int i = 1; i < segments.size(); i++) {
      if (segments.get(i - 1).lastSeq() >= SegmentLayout.firstSeqOf(segments.get(i).fileName())) {
        problems.add(
            segments.get(i - 1).fileName()
                + " has numbers that belong to "
                + segments.get(i).fileName());
      }
    }
    // Last: a relay at work raises it before it gives a number out.
    SeqReservation reservation = reservation(problems);
    long lastSeq = segments.isEmpty() ? 0 : segments.getLast().lastSeq();
    if (reservation != null && lastSeq >= reservation.reservedUntil()) {
      problems.add(
          "numbers are in use that were not reserved: the file "
              + SeqReservation.FILE
              + " is older than the log");
    }
    return new LogReport(
        segments,
        reservation == null ? 0 : reservation.reservedUntil(),
        reservation != null && reservation.isClean(),
        problems);
  }

  private @Nullable SeqReservation reservation(List<String> problems) {
    try {
      return SeqReservation.read(storage);
    } catch (IOException e) {
      problems.add("the file " + SeqReservation.FILE + " cannot be read: " + e);
    } catch (RelayException e) {
      problems.add(e.getMessage());
    }
    return null;
  }

  /** What is in a segment; null if it was deleted in the meantime. */
  private LogReport.@Nullable Segment segment(long firstSeq, boolean isNewest) {
    String name = SegmentLayout.fileName(firstSeq);
    long size = 0;
    try (LogFile file = storage.openToRead(name)) {
      size = file.size();
      SegmentLayout.Header header = SegmentLayout.read(file, name);
      if (header != null && header.firstSeq() == firstSeq) {
        return SegmentInspection.run(storage, file, header, isNewest);
      }
      if (header == null && isNewest && size <= SegmentLayout.HEADER) {
        return withoutHeader(name, size, List.of()); // it was only begun
      }
      String problem =
          header == null
              ? "has no segment header, or a damaged one"
              : "was " + SegmentLayout.fileName(header.firstSeq());
      return withoutHeader(name, size, List.of(problem));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      return withoutHeader(name, size, List.of("cannot be read: " + e));
    } catch (RelayException e) {
      return withoutHeader(name, size, List.of(e.getMessage()));
    }
  }

  private static LogReport.Segment withoutHeader(String name, long size, List<String> problems) {
    return new LogReport.Segment(
        name, size, Instant.EPOCH, 0, 0, 0, 0, List.of(), size, LogReport.Index.NONE, problems);
  }
}
