// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a request is made again that failed for a reason that may pass, and after what waits: a
 * network that fails, and {@link XrpcException#isTemporary}. A wait is as long as the server asks
 * for, and at least that of the policy; if it asks for more than {@code longest}, the request fails
 * at once, and its caller learns how long it would have taken.
 *
 * @param attempts how often in all, 1 or more
 * @param first the wait after the first failure, doubled after each further one
 * @param longest the longest wait
 */
public record RequestRetries(int attempts, Duration first, Duration longest) {
  public RequestRetries {
    if (attempts < 1) {
      throw new IllegalArgumentException(attempts + " attempts");
    }
    ReconnectPolicy checked = new ReconnectPolicy(first, longest);
    first = checked.first();
  }

  /** Three attempts, one and two seconds apart, or up to a minute if the server says so. */
  public static RequestRetries defaults() {
    return new RequestRetries(3, Duration.ofSeconds(1), Duration.ofMinutes(1));
  }

  /** Every failure is the caller's. */
  public static RequestRetries none() {
    return new RequestRetries(1, Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  Duration waitAfter(int failures, RandomGenerator random) {
    return new ReconnectPolicy(first, longest).waitAfter(failures, random);
  }
}
