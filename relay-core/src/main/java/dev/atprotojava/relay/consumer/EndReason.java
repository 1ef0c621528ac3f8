// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

/** Why a consumer's session ended. A metric label, and shown to the operator. */
public enum EndReason {
  /** It went away, with or without saying so. */
  DISCONNECTED,
  /** It sent something that no WebSocket client may send. */
  PROTOCOL_ERROR,
  /** It asked for events of the future. */
  FUTURE_CURSOR,
  /** It was behind and took less than 64 kB in a minute. */
  TOO_SLOW,
  /** It was so far behind that its next event is not kept any more. */
  OUT_OF_WINDOW,
  /** Nothing came from it, not even a pong. */
  SILENT,
  /** The operator ended it. */
  KICKED,
  /** The relay stops. */
  SHUTDOWN,
}
