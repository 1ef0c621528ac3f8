// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

/**
 * An event that was handed over and must be acknowledged: only then will it not be handed over
 * again, by this or a later {@link VerifiedFirehose} with the same {@link RepoStateStore}.
 *
 * <p>Any thread may acknowledge, in any order; what counts is how far everything before is
 * acknowledged. Twice is as good as once.
 */
public final class Delivery {
  private final VerifiedEvent event;
  private final long ordinal;
  private final DeliveryLedger.Unit unit;
  private final DeliveryLedger ledger;

  Delivery(VerifiedEvent event, long ordinal, DeliveryLedger.Unit unit, DeliveryLedger ledger) {
    this.event = event;
    this.ordinal = ordinal;
    this.unit = unit;
    this.ledger = ledger;
  }

  /** The event. */
  public VerifiedEvent event() {
    return event;
  }

  /**
   * Says that the event was dealt with, for good. Writes to the store, if this was the first one
   * that was not acknowledged.
   *
   * <p>Works as long as the store does: also when {@link VerifiedFirehose#next} has thrown what
   * ended the stream.
   *
   * @throws RepoStoreException if the store fails, or has failed before: the event will come again
   * @throws IllegalStateException if the firehose is closed: the event will come again
   */
  public void ack() {
    ledger.ack(unit, ordinal);
  }

  /**
   * The same for this one and all that were handed over before, in one step of the store; throws as
   * {@link #ack}.
   */
  public void ackThrough() {
    ledger.ackThrough(ordinal);
  }
}
