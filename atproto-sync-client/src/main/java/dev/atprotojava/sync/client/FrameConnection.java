// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.cbor.Bytes;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One open stream of messages, read by one thread.
 *
 * <p>A message is announced before it is read, so that the reader can make room for it, wait until
 * there is room, or pass over it without ever holding it:
 *
 * <pre>{@code
 * while (connection.await() != Arrival.CLOSED) {
 *   budget.take(connection.announcedBytes());
 *   handle(connection.read());
 * }
 * }</pre>
 *
 * <p>Not to read is to pause the sender: nothing is read ahead but a few kilobytes. Pings of the
 * server are answered inside {@link #await}. {@link #ping}, {@link #heardNanos} and {@link #abort}
 * may be called by any thread.
 */
public interface FrameConnection extends AutoCloseable {
  /** What comes next. */
  enum Arrival {
    /** A binary message, to be read or discarded. */
    BINARY,
    /** A text message, which the protocol does not have, to be discarded. */
    TEXT,
    /** A message longer than the limit, to be discarded. */
    OVERSIZED,
    /** The end: the server said goodbye. */
    CLOSED,
  }

  /** The {@code Server} header of the handshake: a relay names itself there (RL-55). */
  Optional<String> server();

  /**
   * Waits for the next message. The one before it must have been read or discarded.
   *
   * @throws IOException if the connection breaks, or the server does not keep to RFC 6455
   */
  Arrival await() throws IOException;

  /**
   * How many bytes {@link #read} will need: the length of the message, or the longest possible
   * where it comes in pieces.
   */
  int announcedBytes();

  /**
   * Reads the message, which the caller owns from then on; null if it came in pieces that together
   * are longer than the limit, and is gone.
   */
  @Nullable Bytes read() throws IOException;

  /** Passes over the message without keeping it. */
  void discard() throws IOException;

  /** Why the server closed, after {@link Arrival#CLOSED}. */
  String closeReason();

  /** When something last came from the server, by the transport's clock. */
  long heardNanos();

  /** Asks the server for a sign of life; whatever comes moves {@link #heardNanos}. */
  void ping() throws IOException;

  /** Breaks the connection now; a thread that waits in it gets an exception. */
  void abort();

  /** Says goodbye, if that is possible without waiting long, and releases the connection. */
  @Override
  void close();
}
