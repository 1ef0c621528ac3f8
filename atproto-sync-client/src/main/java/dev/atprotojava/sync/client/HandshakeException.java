// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server answered, but not with a stream (SC-02). */
public final class HandshakeException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final @Nullable Duration retryAfter;

  HandshakeException(int status, @Nullable Duration retryAfter, String message) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter == null ? null : RetryAfter.bounded(retryAfter);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** How long the server asks to wait; at most an hour. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
