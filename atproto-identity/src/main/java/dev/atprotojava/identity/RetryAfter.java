// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: a number of seconds, or a date. */
final class RetryAfter {
  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /** What it says, or null where it is missing or unreadable. A date counts from the answer on. */
  static @Nullable Duration of(Response response) {
    String value = response.header("Retry-After");
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (value.length() <= MAX_DIGITS && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ofSeconds(Integer.parseInt(value));
    }
    Date date = response.headers().getDate("Retry-After");
    if (date == null) {
      return null;
    }
    Instant received = Instant.ofEpochMilli(response.receivedResponseAtMillis());
    Duration wait = Duration.between(received, date.toInstant());
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
