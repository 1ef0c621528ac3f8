// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a WebSocket message of the stream is. */
public sealed interface Frame {
  /** An event. */
  record Message(RepoEvent event) implements Frame {}

  /**
   * A message whose number is known, but with a field that makes it no event. The cursor passes it.
   */
  record Invalid(long seq, FrameFault fault) implements Frame {}

  /** A kind of message that we do not know, to be ignored (SC-22); its number counts (SC-25). */
  record Unknown(OptionalLong seq) implements Frame {}

  /**
   * The sender's last word: it closes behind it (SC-23).
   *
   * @param error {@code FutureCursor} and {@code ConsumerTooSlow} are known
   */
  record Error(String error, @Nullable String message) implements Frame {}
}
