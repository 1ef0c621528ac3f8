// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.PlcPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a PLC directory's log is in the store: every operation that the directory took from one
 * moment to another.
 *
 * <p>Whatever the store says of a did:plc as of a moment in between, it therefore says as of the
 * end: a later operation would have changed it. So the rows grow no older while the log is
 * followed, and nobody has to write them anew for that.
 *
 * @param whole whether it begins where the log does
 * @param from where it begins
 * @param asOf where it ends
 * @param position where to go on in the export of a directory, or null if nothing is covered
 */
public record ExportCoverage(
    boolean whole, Instant from, Instant asOf, @Nullable PlcPosition position) {
  private static final Duration MARGIN = Duration.ofMillis(IdentityTable.CLOCK_MARGIN_MILLIS);

  /** Nothing at all. */
  public static ExportCoverage none() {
    return new ExportCoverage(false, Instant.EPOCH, Instant.EPOCH, null);
  }

  /** Nothing yet, but about to begin at a moment. */
  static ExportCoverage beginningAt(Instant moment) {
    return new ExportCoverage(false, moment, moment, at(moment));
  }

  /** Whether nothing is covered. */
  public boolean isEmpty() {
    return position == null;
  }

  /** This, and what comes directly behind it, up to a moment. */
  ExportCoverage through(Instant end, PlcPosition next) {
    return new ExportCoverage(whole, from, later(end, asOf), next);
  }

  /**
   * This and an export in a file, if they touch; else the one that ends later, since what happened
   * between them is not known.
   */
  ExportCoverage withFile(Instant first, Instant last) {
    boolean touches = !isEmpty() && !first.isAfter(asOf) && !last.isBefore(from);
    if (!touches) {
      return last.isAfter(asOf) ? new ExportCoverage(true, first, last, at(last)) : this;
    }
    boolean begins = first.isBefore(from);
    return new ExportCoverage(
        whole || begins,
        begins ? first : from,
        later(last, asOf),
        last.isAfter(asOf) ? at(last) : position);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Behind all that is older than a moment; what is of its millisecond comes again. */
  private static PlcPosition at(Instant moment) {
    return new PlcPosition.ByTime(moment, Set.of());
  }

  /** As of when a did:plc is known that a row knows as of {@code atMillis}. */
  long effectiveMillis(long atMillis) {
    boolean covered = !isEmpty() && atMillis >= from.plus(MARGIN).toEpochMilli();
    return covered ? Math.max(atMillis, asOf.toEpochMilli()) : atMillis;
  }
}
