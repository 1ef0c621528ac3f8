// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A list of a server that comes in pages, each asked for when it is needed (SC-A1). A page may be
 * empty and not the last.
 *
 * <p>A server whose cursors go round in a circle is found out after at most three rounds, by
 * comparing each cursor with one that is kept and replaced after 1, 2, 4, 8... pages. Rows that
 * cannot be read are passed over and counted.
 *
 * <p>Belongs to one thread. {@link #hasNext} and {@link #next} throw {@link UncheckedIOException}
 * with whatever a single request throws, and may then be called again.
 */
public final class Pages<T> implements Iterator<T> {
  /** One page, and where the next one is. */
  record Page<T>(List<T> rows, int unreadable, @Nullable String cursor) {
    Page {
      rows = List.copyOf(rows);
    }
  }

  /** Asks for a page. */
  interface Source<T> {
    Page<T> page(@Nullable String cursor) throws IOException;
  }

  private final Source<T> source;
  private Iterator<T> rows = List.<T>of().iterator();
  private @Nullable String cursor;
  private boolean ended;
  private long unreadable;
  private @Nullable String kept;
  private long pages;
  private long keptUntil = 1;

  Pages(Source<T> source, @Nullable String cursor) {
    this.source = source;
    this.cursor = cursor;
    this.kept = cursor;
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && !ended) {
      try {
        turn();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return rows.hasNext();
  }

  private void turn() throws IOException {
    Page<T> page = source.page(cursor);
    String next = page.cursor();
    if (next != null && (next.equals(kept) || next.equals(cursor))) {
      throw new IOException("the server's list goes round in a circle");
    }
    pages++;
    if (pages == keptUntil) {
      kept = next;
      keptUntil *= 2;
    }
    rows = page.rows().iterator();
    unreadable += page.unreadable();
    cursor = next;
    ended = next == null;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the list has ended");
    }
    return rows.next();
  }

  /**
   * Where the page behind the current one begins, to go on another time; null before the first page
   * and after the last.
   */
  public @Nullable String cursor() {
    return cursor;
  }

  /** How many rows could not be read so far. */
  public long unreadable() {
    return unreadable;
  }
}
