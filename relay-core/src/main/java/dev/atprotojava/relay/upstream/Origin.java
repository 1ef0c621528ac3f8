// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/**
 * Where an event came from, and who wants to know what became of it.
 *
 * <p>The log keeps the three numbers, so that an event that a host sends again after a crash is
 * known again.
 */
public interface Origin {
  /** The host; of an event that the relay itself makes, that of the account. */
  int hostId();

  /** How often the host began its numbers anew. */
  int epoch();

  /** The number that the host gave the event. */
  long upstreamSeq();

  /** Called once the event is durable in the log, from the sequencer's thread. */
  void durable();
}
