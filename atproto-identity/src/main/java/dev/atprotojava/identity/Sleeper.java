// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.time.Duration;

/** Waits. The seam through which a {@link PlcExport} does so, for tests and simulations. */
@FunctionalInterface
public interface Sleeper {

  /** Blocks for a time. */
  void sleep(Duration time) throws InterruptedException;
}
