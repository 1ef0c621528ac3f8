// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;

/**
 * How long a server may make us wait (SC-75): an hour, whatever it says. After that it may say so
 * again; a single answer never silences it for longer, and no wait overflows a sum of nanoseconds.
 */
final class RetryAfter {
  static final Duration LONGEST = Duration.ofHours(1);

  private RetryAfter() {}

  /** The wait, neither negative nor longer than an hour. */
  static Duration bounded(Duration asked) {
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}
