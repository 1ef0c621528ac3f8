// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link LogInspector#verify} found in the directory of a log.
 *
 * @param segments the oldest first
 * @param nextSeq no number from here on was given out; 0 if the file that says so cannot be read
 * @param closed true if the log was closed in good order and is not in use
 * @param problems what is wrong with the log as a whole, each a sentence
 */
public record LogReport(
    List<Segment> segments, long nextSeq, boolean closed, List<String> problems) {
  public LogReport {
    segments = List.copyOf(segments);
    problems = List.copyOf(problems);
  }

  /** The state of the index beside a segment. */
  public enum Index {
    /** There is none: the segment is the newest, or it is made when it is needed. */
    NONE,
    /** It leads where it should. */
    USABLE,
    /** Damaged, or of an earlier state of the segment: it is made anew when it is needed. */
    STALE,
    /** Whole, and leads elsewhere. */
    WRONG,
  }

  /**
   * A stretch of a segment in which nothing is whole: readers pass over it, it is never cut out.
   *
   * @param from the offset of its first byte
   * @param to the offset behind its last
   */
  public record Fence(long from, long to) {}

  /**
   * What is in one segment.
   *
   * @param fileName the name of the file
   * @param bytes its size
   * @param created when it was begun; the epoch if it has no header
   * @param records how many are whole
   * @param erased how many of them have no payload any more
   * @param firstSeq the number of the first of them, 0 if there is none
   * @param lastSeq the number of the last, 0 if there is none
   * @param fences damage before records that are whole
   * @param tail the bytes behind the last whole record. In the newest segment they are a record
   *     that is being written, or one that a crash left and the next start cuts off
   * @param index the state of its index
   * @param problems what is wrong with it, each a sentence; of many only the first are here
   */
  public record Segment(
      String fileName,
      long bytes,
      Instant created,
      long records,
      long erased,
      long firstSeq,
      long lastSeq,
      List<Fence> fences,
      long tail,
      Index index,
      List<String> problems) {
    public Segment {
      fences = List.copyOf(fences);
      problems = List.copyOf(problems);
    }

    /** True if nothing is wrong with it. */
    public boolean isSound() {
      return fences.isEmpty() && problems.isEmpty();
    }
  }

  /** True if nothing is wrong. */
  public boolean isSound() {
    return problems.isEmpty() && segments.stream().allMatch(Segment::isSound);
  }

  /** The number of whole records. */
  public long records() {
    return segments.stream().mapToLong(Segment::records).sum();
  }

  /** The bytes of all segments. */
  public long bytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  /** The number of stretches of damage. */
  public long fences() {
    return segments.stream().mapToLong(segment -> segment.fences().size()).sum();
  }

  /** The report as text: a line for each segment, one for each thing that is wrong, and a sum. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Segment segment : segments) {
      lines.add(line(segment));
      for (Fence fence : segment.fences()) {
        lines.add("  damaged from byte " + fence.from() + " to " + fence.to());
      }
      segment.problems().forEach(problem -> lines.add("  " + problem));
    }
    lines.addAll(problems);
    lines.add(
        segments.size()
            + " segments, "
            + records()
            + " records, "
            + bytes()
            + " bytes, next seq "
            + nextSeq
            + (closed ? ", closed: " : ", in use or not closed: ")
            + (isSound() ? "sound" : "NOT SOUND"));
    return lines;
  }

  private static String line(Segment segment) {
    String seqs =
        segment.records() == 0 ? "empty" : "seq " + segment.firstSeq() + " to " + segment.lastSeq();
    return segment.fileName()
        + " "
        + seqs
        + ", "
        + segment.records()
        + " records, "
        + (segment.erased() > 0 ? segment.erased() + " of them erased, " : "")
        + segment.bytes()
        + " bytes, created "
        + segment.created()
        + switch (segment.index()) {
          case NONE -> "";
          case USABLE -> ", indexed";
          case STALE -> ", index stale";
          case WRONG -> ", index WRONG";
        }
        + (segment.tail() > 0 ? ", " + segment.tail() + " bytes unfinished" : "");
  }
}
