// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.InvalidSyntaxException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How far a {@link PlcExport} has been read. Keep its text, {@code toString()}, together with what
 * was made of the rows, and go on from {@link #parse}: no row is lost, and none comes twice.
 *
 * <p>A directory is asked in one of two ways (ID-77). By time is what every directory can; two
 * operations may have the same one, so the position knows which of the last millisecond were read.
 * By number is exact also where a directory commits operations in another order than that of their
 * times.
 *
 * <pre>
 *   2030-01-01T00:00:00.000Z bafyrei... bafyrei...      by time
 *   seq 123456                                          by number
 * </pre>
 */
public sealed interface PlcPosition {

  /**
   * Up to a millisecond.
   *
   * @param createdAt the time of the newest row, in whole milliseconds
   * @param seen the operations of this millisecond that were read
   */
  record ByTime(Instant createdAt, Set<Cid> seen) implements PlcPosition {
    /** Keeps a copy, and no part of a millisecond. */
    public ByTime {
      createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
      seen = Set.copyOf(seen);
    }

    @Override
    public String toString() {
      String time = AtDatetime.format(createdAt);
      return seen.isEmpty()
          ? time
          : time
              + seen.stream().sorted().map(Cid::toString).collect(Collectors.joining(" ", " ", ""));
    }
  }

  /**
   * Up to a number, which was read.
   *
   * @param seq of the newest row; 0 before the first
   */
  record BySeq(long seq) implements PlcPosition {
    @Override
    public String toString() {
      return "seq " + seq;
    }
  }

  /** Before all rows, by time. */
  static PlcPosition beginning() {
    return new ByTime(Instant.EPOCH, Set.of());
  }

  /** Before all rows, by number. */
  static PlcPosition sequencedBeginning() {
    return new BySeq(0);
  }

  /**
   * The position in a text that {@code toString()} made.
   *
   * @throws IdentityException with the fault {@code LOG_POSITION} if it is none
   */
  static PlcPosition parse(String text) {
    String[] parts = text.split(" ", -1);
    try {
      if (parts[0].equals("seq") && parts.length == 2) {
        return new BySeq(Long.parseUnsignedLong(parts[1]));
      }
      Set<Cid> seen = new TreeSet<>();
      Arrays.stream(parts).skip(1).map(Cid::parse).forEach(seen::add);
      return new ByTime(AtDatetime.parse(parts[0]).instant(), seen);
    } catch (NumberFormatException | InvalidSyntaxException | InvalidCidException e) {
      throw new IdentityException(Fault.LOG_POSITION, "not a position in a PLC export");
    }
  }
}
