// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An export that somebody kept: JSON lines as a PLC directory sends them, of any number. One row is
 * in memory. Rows that cannot be read are passed over and counted, {@link #skippedRows}; so is a
 * last one that was torn.
 *
 * <p>Reading that fails is an {@link java.io.UncheckedIOException}. The stream is the caller's, to
 * close. Not thread-safe.
 */
public final class PlcExportFile implements Iterator<PlcLogEntry> {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final PlcRows rows;
  private @Nullable PlcLogEntry next;
  private long skippedRows;

  private PlcExportFile(InputStream in) {
    this.rows = PlcRows.of(new BufferedInputStream(in, BUFFER_BYTES));
  }

  /** The rows of a stream. */
  public static PlcExportFile of(InputStream in) {
    return new PlcExportFile(in);
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      switch (rows.next()) {
        case null -> {
          return false;
        }
        case PlcRows.Operation(PlcLogEntry entry) -> next = entry;
        case PlcRows.Other other -> {}
        case PlcRows.Unreadable none -> skippedRows++;
      }
    }
    return true;
  }

  @Override
  public PlcLogEntry next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    PlcLogEntry entry = next;
    next = null;
    return entry;
  }

  /** How many rows were no rows, so far. */
  public long skippedRows() {
    return skippedRows;
  }
}
