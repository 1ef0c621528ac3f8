// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;

/** Waits; the seam between what waits and time. */
@FunctionalInterface
interface Sleeper {
  void sleep(Duration wait) throws InterruptedException;
}
