// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.Cursor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The messages for one subscriber, many at a time, as the bytes that go on the socket: WebSocket
 * headers included. Belongs to one thread.
 */
interface FrameFeed extends AutoCloseable {
  /** About how many bytes are handed to a socket at once. */
  int CHUNK_BYTES = 128 << 10;

  /** Whole messages, valid until the next call; null if there is nothing now. */
  @Nullable ByteBuffer next();

  /** Whether nothing will come any more, and the stream is to be closed. */
  boolean ended();

  @Override
  void close();

  /** Where feeds come from. */
  interface Source {
    /**
     * A feed from a cursor.
     *
     * @param wake is run, on any thread, when there may be something again
     */
    FrameFeed subscribe(Cursor cursor, Runnable wake);
  }
}
