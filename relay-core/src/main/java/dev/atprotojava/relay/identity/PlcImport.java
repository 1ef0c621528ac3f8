// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.PlcExport;
import dev.atprotojava.identity.PlcExportFile;
import dev.atprotojava.identity.PlcLogEntry;
import dev.atprotojava.identity.PlcPosition;
import dev.atprotojava.syntax.Did;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills an identity store from the log of a PLC directory (ID-77): a file, or the directory itself.
 *
 * <p>Two batches are in memory, whatever the length of the log: one is read while the other is
 * written. With each batch of a directory the place is stored, so that a run that ends anywhere is
 * gone on with by the next; a file is read from its beginning again, which repeats what is there
 * already and changes nothing. Not thread-safe. Only one at a time may work on a store: {@link
 * ExportLock}.
 */
public final class PlcImport {
  /** What a directory has taken just now may not be in its export yet. */
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private static final int FILE_BATCH = 50_000;
  private static final int DIRECTORY_BATCH = 10_000;

  private final SqliteIdentityStore store;
  private final ExportBatch.Endpoints endpoints;
  private final InstantSource clock;
  private final Consumer<Progress> progress;
  private final Consumer<List<Did>> changes;

  private ExportBatch batch;
  private @Nullable CompletableFuture<ExportBatch.Outcome> writing;
  private long operations;
  private long changed;
  private long doubted;

  /**
   * How far an import has come.
   *
   * @param operations how many were read
   * @param changed how many times the store came to say something else of a DID
   * @param doubted how many DIDs are to be asked for when they are needed, since what the log says
   *     and what the store knew are almost of one time
   * @param skipped how many rows could not be read
   * @param upTo the time of the newest operation
   */
  public record Progress(long operations, long changed, long doubted, long skipped, Instant upTo) {}

  /**
   * An import.
   *
   * @param policy which servers an identity may name
   * @param progress is told after each batch
   * @param changes is told which DIDs are different, after that is on disk
   */
  public PlcImport(
      SqliteIdentityStore store,
      AddressPolicy policy,
      InstantSource clock,
      Consumer<Progress> progress,
      Consumer<List<Did>> changes) {
    this.store = store;
    this.clock = clock;
    this.progress = progress;
    this.changes = changes;
    this.endpoints = new ExportBatch.Endpoints(policy);
    this.batch = new ExportBatch(endpoints);
  }

  /**
   * Takes over an export in a file: JSON lines in the order of the log, of which no stretch is
   * missing between the first and the last.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public Progress ofFile(InputStream lines) {
    PlcExportFile file = PlcExportFile.of(lines);
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    while (file.hasNext()) {
      PlcLogEntry entry = file.next();
      Instant at = entry.createdAt();
      first = at.isBefore(first) ? at : first;
      last = at.isAfter(last) ? at : last;
      batch.add(entry);
      if (batch.operations() >= FILE_BATCH) {
        submit(null, file.skippedRows(), last);
      }
    }
    // Covered only now: the first rows may not have been the oldest.
    boolean any = !last.equals(Instant.MIN);
    submit(any ? store.coverage().withFile(first, last) : null, file.skippedRows(), last);
    return finish(file.skippedRows(), any ? last : Instant.EPOCH);
  }

  /**
   * Takes over what a directory has beyond what is covered, or everything if nothing is, until it
   * has no more.
   *
   * @param export the directory; where to begin is set here
   * @throws dev.atprotojava.identity.PlcExportException if the directory cannot be read on; what
   *     was read is kept
   */
  public Progress ofDirectory(PlcExport.Builder export) {
    ExportCoverage coverage = store.reloadCoverage();
    return ofDirectory(export, coverage.whole() ? coverage : ExportCoverage.none());
  }

  /** The same from where a coverage ends, wherever it begins. */
  Progress ofDirectory(PlcExport.Builder export, ExportCoverage begin) {
    PlcPosition start = begin.position();
    PlcExport rows = export.from(start == null ? PlcPosition.beginning() : start).build();
    ExportCoverage coverage = begin;
    Instant last = begin.asOf();
    try {
      Instant asked = clock.instant();
      while (rows.hasNext()) {
        PlcLogEntry entry = rows.next();
        Instant at = entry.createdAt();
        if (coverage.isEmpty()) {
          coverage = new ExportCoverage(true, at, at, rows.position());
        }
        batch.add(entry);
        last = at.isAfter(last) ? at : last;
        if (batch.operations() >= DIRECTORY_BATCH) {
          coverage = coverage.through(last, rows.position());
          submit(coverage, rows.skippedRows(), last);
        }
        asked = clock.instant();
      }
      last = coverage.isEmpty() ? last : later(last, asked.minus(SETTLING));
    } finally {
      coverage = coverage.isEmpty() ? coverage : coverage.through(last, rows.position());
      submit(coverage.isEmpty() ? null : coverage, rows.skippedRows(), last);
    }
    return finish(rows.skippedRows(), last);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void submit(@Nullable ExportCoverage then, long skipped, Instant last) {
    await();
    operations += batch.operations();
    if (batch.operations() > 0 || then != null) {
      writing = store.apply(batch, then);
      batch = new ExportBatch(endpoints);
    }
    progress.accept(new Progress(operations, changed, doubted, skipped, last));
  }

  private void await() {
    if (writing == null) {
      return;
    }
    ExportBatch.Outcome outcome;
    try {
      outcome = writing.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("identities cannot be written", e.getCause());
    } finally {
      writing = null;
    }
    changed += outcome.changed().size();
    doubted += outcome.doubted();
    if (!outcome.changed().isEmpty()) {
      changes.accept(outcome.changed());
    }
  }

  private Progress finish(long skipped, Instant last) {
    await();
    Progress end = new Progress(operations, changed, doubted, skipped, last);
    progress.accept(end);
    return end;
  }
}
