// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.random.RandomGenerator;
import okhttp3.HttpUrl;

/**
 * All operations of a PLC directory in the order in which it took them: {@code /export}, page by
 * page (ID-77).
 *
 * <p>{@link #hasNext} asks for a page when it has to, which blocks; it is false when the directory
 * has no more <em>now</em>, and may be asked again later. At most one page is in memory. A page
 * that fails is asked for again after a pause, which doubles each time and is never shorter than
 * what the directory wants; when that is in vain, {@link PlcExportException}.
 *
 * <p>Pages overlap by a millisecond, because the place between two of them may lie between two
 * operations of one millisecond; what comes twice is passed over. Rows that cannot be read are
 * passed over, too, and counted: {@link #skippedRows}. The rows are a directory's word until a
 * {@link PlcAudit} has seen all those of their DID.
 *
 * <p>Not thread-safe. An interrupt ends a wait with the reason {@code INTERRUPTED}.
 */
public final class PlcExport implements Iterator<PlcLogEntry> {
  /** The most rows in a page. */
  public static final int MAX_PAGE_ROWS = 1_000;

  /** The largest page, in bytes. */
  public static final int MAX_PAGE_BYTES = 16 * 1024 * 1024;

  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);

  private final HttpFetcher http;
  private final HttpUrl directory;
  private final int pageRows;
  private final int attempts;
  private final Duration pagePause;
  private final Sleeper sleeper;
  private final RandomGenerator random;

  private final ArrayDeque<PlcLogEntry> page = new ArrayDeque<>();
  private final PlcProgress asked; // up to the last row of the page
  private final PlcProgress told; // up to the last row that was handed over
  private long skippedRows;
  private boolean begun;

  private PlcExport(Builder builder) {
    this.http = builder.http.waiting(PAGE_TIMEOUT);
    this.directory = builder.directory;
    this.pageRows = builder.pageRows;
    this.attempts = builder.attempts;
    this.pagePause = builder.pagePause;
    this.sleeper = builder.sleeper;
    this.random = builder.random;
    this.asked = PlcProgress.at(builder.position);
    this.told = PlcProgress.at(builder.position);
  }

  /** A reader of {@link PlcResolver#PUBLIC_DIRECTORY} from the beginning, to be configured. */
  public static Builder builder(HttpFetcher http) {
    return new Builder(http);
  }

  /**
   * Whether there is another row, which may have to be asked for.
   *
   * @throws PlcExportException if it could not be found out; may be called again
   */
  @Override
  public boolean hasNext() {
    while (page.isEmpty()) {
      asked.turnPage();
      String after = asked.after();
      int count = count();
      if (begun && pagePause.isPositive()) {
        sleep(pagePause);
      }
      begun = true;
      int rows = fetch();
      if (page.isEmpty() && rows < count) {
        return false;
      }
      if (page.isEmpty() && Objects.equals(asked.after(), after)) {
        // A page full of what was read before, and the next would be the same.
        throw new PlcExportException(
            Reason.DOCUMENT_INVALID, "PLC export has more rows in a millisecond than fit a page");
      }
    }
    return true;
  }

  @Override
  public PlcLogEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    PlcLogEntry entry = page.remove();
    told.pass(entry);
    told.turnPage();
    return entry;
  }

  /** Where to go on after the last row that {@link #next} gave. */
  public PlcPosition position() {
    return told.position();
  }

  /** How many rows were no rows, so far. */
  public long skippedRows() {
    return skippedRows;
  }

  /** Asks for the next page until it comes; the number of its rows. */
  private int fetch() {
    for (int attempt = 1; ; attempt++) {
      Reason reason;
      Duration retryAfter = Duration.ZERO;
      switch (http.get(url(), "application/jsonlines,application/json", MAX_PAGE_BYTES)) {
        case HttpFetcher.Answer answer when answer.status() == 200 -> {
          int rows = take(answer.body());
          if (rows >= 0) {
            return rows;
          }
          reason = Reason.DOCUMENT_INVALID;
        }
        case HttpFetcher.Answer answer -> {
          reason = answer.status() == 429 ? Reason.RATE_LIMITED : Reason.BAD_STATUS;
          retryAfter = answer.retryAfter() == null ? Duration.ZERO : answer.retryAfter();
          if (answer.status() != 429 && answer.status() / 100 == 4) {
            throw failed(reason); // the request will not become a better one
          }
        }
        case HttpFetcher.NoAnswer none -> reason = none.reason();
        case HttpFetcher.NoHost none -> reason = Reason.UNREACHABLE;
      }
      boolean ours =
          switch (reason) {
            case CLOSED, INTERRUPTED, ADDRESS_REFUSED -> true;
            case TIMEOUT,
                UNREACHABLE,
                BAD_STATUS,
                RATE_LIMITED,
                DOCUMENT_INVALID,
                DIRECTORY_DOWN,
                TOO_MANY_REQUESTS ->
                false;
          };
      if (ours || attempt >= attempts) {
        throw failed(reason);
      }
      pause(attempt, retryAfter);
    }
  }

  private static PlcExportException failed(Reason reason) {
    return new PlcExportException(reason, "PLC export: a page could not be had, " + reason);
  }

  private HttpUrl url() {
    HttpUrl.Builder url = directory.newBuilder().addPathSegment("export");
    String after = asked.after();
    if (after != null) {
      url.addQueryParameter("after", after);
    }
    return url.addQueryParameter("count", Integer.toString(count())).build();
  }

  /** With room for the rows that will come again. */
  private int count() {
    return Math.min(pageRows + asked.overlap(), MAX_PAGE_ROWS);
  }

  private void pause(int attempt, Duration retryAfter) {
    long doubled = FIRST_PAUSE.toMillis() << Math.min(attempt - 1, 20);
    long pause = Math.min(doubled, LONGEST_PAUSE.toMillis());
    // Four fifths to six fifths, so that readers that failed together do not return together.
    long jittered = pause - pause / 5 + random.nextLong(2 * (pause / 5) + 1);
    long wanted = Math.min(retryAfter.toMillis(), LONGEST_RETRY_AFTER.toMillis());
    sleep(Duration.ofMillis(Math.max(jittered, wanted)));
  }

  private void sleep(Duration duration) {
    try {
      sleeper.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(Reason.INTERRUPTED);
    }
  }

  /** The number of rows, those included that are passed over; negative if it is no page at all. */
  private int take(byte[] body) {
    PlcRows rows = PlcRows.of(body);
    int taken = 0;
    int unreadable = 0;
    for (PlcRows.Row row = rows.next(); row != null; row = rows.next()) {
      switch (row) {
        case PlcRows.Operation(PlcLogEntry entry) -> {
          if (asked.fits(entry)) {
            if (asked.pass(entry)) {
              page.add(entry);
            }
          } else {
            unreadable++;
          }
        }
        case PlcRows.Other other -> asked.pass(other.seq());
        case PlcRows.Unreadable none -> unreadable++;
      }
      taken++;
    }
    if (taken > 0 && taken == unreadable) {
      return -1;
    }
    skippedRows += unreadable;
    return taken;
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private final HttpFetcher http;
    private HttpUrl directory = HttpUrl.get(PlcResolver.PUBLIC_DIRECTORY);
    private PlcPosition position = PlcPosition.beginning();
    private int pageRows = MAX_PAGE_ROWS;
    private int attempts = 8;
    private Duration pagePause = Duration.ZERO;
    private Sleeper sleeper = Thread::sleep;
    private RandomGenerator random = new Random();

    private Builder(HttpFetcher http) {
      this.http = http;
    }

    /**
     * Which directory.
     *
     * @param url in front of {@code /export}
     * @throws IllegalArgumentException if it is not a URL of http or https
     */
    public Builder directory(String url) {
      this.directory = HttpUrl.get(url);
      return this;
    }

    /** Where to begin; without a word, at the beginning and by time. */
    public Builder from(PlcPosition start) {
      this.position = start;
      return this;
    }

    /**
     * How many rows to ask for at once, from 1 to {@value #MAX_PAGE_ROWS}, which is the default.
     */
    public Builder pageRows(int rows) {
      if (rows < 1 || rows > MAX_PAGE_ROWS) {
        throw new IllegalArgumentException(rows + " rows, must be 1 to " + MAX_PAGE_ROWS);
      }
      this.pageRows = rows;
      return this;
    }

    /** How often to ask for a page at most; 8 times, which takes about two minutes. */
    public Builder attempts(int times) {
      if (times < 1) {
        throw new IllegalArgumentException(times + " attempts, must be at least 1");
      }
      this.attempts = times;
      return this;
    }

    /** How long to wait from one page to the next; not at all, without a word (ID-16). */
    public Builder pagePause(Duration pause) {
      this.pagePause = pause;
      return this;
    }

    /** How to wait, and chance for spreading the pauses. */
    public Builder sleeper(Sleeper how, RandomGenerator chance) {
      this.sleeper = how;
      this.random = chance;
      return this;
    }

    /** The reader. Nothing has been asked. */
    public PlcExport build() {
      return new PlcExport(this);
    }
  }
}
