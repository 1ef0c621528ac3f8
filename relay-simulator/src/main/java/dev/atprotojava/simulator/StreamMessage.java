// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.EncodedFrame;

/**
 * A WebSocket message of a firehose.
 *
 * @param seq the number under which its host keeps it, 0 if it keeps it not or nobody knows; what
 *     the payload says may be another one, or none
 * @param text whether it is sent as a text message, which is a fault (SC-20)
 * @param payload the message
 */
public record StreamMessage(long seq, boolean text, Bytes payload) {
  /** A message that is a frame. */
  public static StreamMessage of(long seq, EncodedFrame frame) {
    return new StreamMessage(seq, false, frame.bytes());
  }

  /** A message without a number. */
  static StreamMessage notice(Bytes payload) {
    return new StreamMessage(0, false, payload);
  }
}
