// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go writes them, which is what operators of the reference relay have in their files:
 * {@code 72h}, {@code 1h30m}, {@code 1.5h}. There is no unit of a day.
 */
final class GoDuration {
  private static final Pattern WHOLE = Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?[a-zµ]+)+");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([a-zµ]+)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * The duration.
   *
   * @throws IllegalArgumentException if it is none
   * @throws ArithmeticException if it is longer than 292 years
   */
  static Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      Long unit = NANOS.get(part.group(2));
      if (unit == null) {
        throw new IllegalArgumentException("not a unit");
      }
      BigDecimal exact = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit));
      nanos = Math.addExact(nanos, exact.toBigInteger().longValueExact());
    }
    return Duration.ofNanos(nanos);
  }
}
