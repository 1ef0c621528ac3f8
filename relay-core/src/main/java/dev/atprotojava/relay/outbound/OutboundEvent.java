// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.upstream.Origin;
import dev.atprotojava.sync.EncodedFrame;

/**
 * An accepted event on its way out.
 *
 * @param kind what it is
 * @param frame the bytes to send, but for {@code seq}
 * @param origin where it came from
 * @param after the account once the event has happened
 * @param waived true if it was let pass though a check failed
 * @param receivedMicros when it came, in microseconds since the epoch
 * @param lane the lane that accepted it
 * @param ordinal how many events that lane had accepted, this one included
 */
public record OutboundEvent(
    EventKind kind,
    EncodedFrame frame,
    Origin origin,
    AccountRecord after,
    boolean waived,
    long receivedMicros,
    int lane,
    long ordinal) {

  /** The length of an encoded {@code seq}: all of ours are 2^32 or more. */
  public static final int SEQ_LENGTH = 9;

  /** The length of the frame once it has a {@code seq} of ours. */
  public int frameLength() {
    return frame.bytes().length() - frame.seqLength() + SEQ_LENGTH;
  }
}
