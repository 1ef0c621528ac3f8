// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.AtDatetime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes over the rows of an export, and knows which were passed and what to ask for next. The two
 * kinds are those of {@link PlcPosition}. Not thread-safe.
 */
abstract sealed class PlcProgress {

  static PlcProgress at(PlcPosition position) {
    return switch (position) {
      case PlcPosition.ByTime byTime -> new ByTime(byTime);
      case PlcPosition.BySeq bySeq -> new BySeq(bySeq.seq());
    };
  }

  abstract PlcPosition position();

  /** The parameter {@code after} of the next page, or null to begin. */
  abstract @Nullable String after();

  /** A page is about to be asked for: what has come by now can come again only at its beginning. */
  abstract void turnPage();

  /** How many rows will come again. */
  abstract int overlap();

  /** Whether it is a row of the kind that was asked for. */
  abstract boolean fits(PlcLogEntry entry);

  /** Whether the row comes for the first time; from now on it has come. */
  abstract boolean pass(PlcLogEntry entry);

  /** A row that is no operation, of this number if it has one. */
  abstract void pass(@Nullable Long seq);

  private static final class ByTime extends PlcProgress {
    private final Map<Cid, Instant> recent = new HashMap<>();
    private Instant newest;
    // The directory is asked for what is later than this: the newest millisecond once more, of
    // which there may be operations that did not fit the page, or were not there yet.
    private Instant seam = Instant.MIN;

    private ByTime(PlcPosition.ByTime position) {
      newest = position.createdAt();
      position.seen().forEach(cid -> recent.put(cid, newest));
      turnPage();
    }

    @Override
    PlcPosition position() {
      return new PlcPosition.ByTime(newest, recent.keySet());
    }

    @Override
    @Nullable String after() {
      return seam.equals(Instant.MIN) ? null : AtDatetime.format(seam);
    }

    @Override
    void turnPage() {
      if (newest.isAfter(Instant.EPOCH)) {
        seam = newest.minusMillis(1);
        recent.values().removeIf(each -> !each.isAfter(seam));
      }
    }

    @Override
    int overlap() {
      return recent.size();
    }

    @Override
    boolean fits(PlcLogEntry entry) {
      return true;
    }

    @Override
    boolean pass(PlcLogEntry entry) {
      Instant time = entry.createdAt();
      Instant millisecond = time.truncatedTo(ChronoUnit.MILLIS);
      newest = millisecond.isAfter(newest) ? millisecond : newest;
      // What lies before the seam was not asked for: a directory that repeats it would never end.
      return time.isAfter(seam) && recent.put(entry.cid(), time) == null;
    }

    @Override
    void pass(@Nullable Long seq) {}
  }

  private static final class BySeq extends PlcProgress {
    private long newest;

    private BySeq(long newest) {
      this.newest = newest;
    }

    @Override
    PlcPosition position() {
      return new PlcPosition.BySeq(newest);
    }

    @Override
    String after() {
      return Long.toString(newest);
    }

    @Override
    void turnPage() {}

    @Override
    int overlap() {
      return 0;
    }

    @Override
    boolean fits(PlcLogEntry entry) {
      return entry.seq() != null;
    }

    @Override
    boolean pass(PlcLogEntry entry) {
      Long seq = entry.seq();
      boolean first = seq != null && seq > newest;
      pass(seq);
      return first;
    }

    @Override
    void pass(@Nullable Long seq) {
      newest = seq == null ? newest : Math.max(newest, seq);
    }
  }
}
