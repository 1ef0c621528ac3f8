// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import java.util.List;

/**
 * Where events become facts. What is in the log was said; what is not was not.
 *
 * <p>{@link #append} and {@link #force} are called by one thread; the numbers may be read by any.
 */
public interface EventLog {
  /**
   * Gives events their numbers, writes them, and makes them durable and visible to readers as the
   * policy says. The numbers are consecutive.
   *
   * @param batch one event or more, in order
   * @return the number of the first
   * @throws dev.atprotojava.relay.RelayException that is fatal, if writing fails
   */
  long append(List<OutboundEvent> batch);

  /** Makes durable everything that was appended. */
  void force();

  /** The last number that is surely on disk. */
  long durableSeq();

  /** The number that the next event will get: a cursor at or above it is one of the future. */
  long nextSeq();
}
