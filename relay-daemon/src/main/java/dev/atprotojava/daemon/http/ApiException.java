// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer is an error: {@code {"error": …, "message": …}} (SC-A0). Clients go by the name, not
 * by the status. Stackless: whoever asks can cause one at will.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String error;
  private final @Nullable Duration retryAfter;

  private ApiException(int status, String error, String message, @Nullable Duration retryAfter) {
    super(message, null, false, false);
    this.status = status;
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /** An error with the name that a Lexicon gives it. */
  public static ApiException of(int status, String error, String message) {
    return new ApiException(status, error, message, null);
  }

  /** A parameter or a body is not what it must be. */
  public static ApiException invalidRequest(String message) {
    return of(400, "InvalidRequest", message);
  }

  /** More than may be asked for; later it may. */
  public static ApiException rateLimited(String message, Duration retryAfter) {
    return new ApiException(429, "RateLimitExceeded", message, retryAfter);
  }

  /** It cannot be answered now; later it may. */
  public static ApiException unavailable(String message) {
    return new ApiException(503, "NotAvailable", message, Duration.ofSeconds(5));
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }

  /** The name of the error. */
  public String error() {
    return error;
  }

  /** When asking again makes sense; null if that is unknown. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** What went wrong, in a sentence without anything that the caller sent. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
