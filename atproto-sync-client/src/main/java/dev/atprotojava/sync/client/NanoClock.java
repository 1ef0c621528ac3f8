// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

/** Elapsed time: nanoseconds since some moment, never going back. */
@FunctionalInterface
public interface NanoClock {
  /** Nanoseconds; only differences mean something. */
  long nanos();

  /** The clock of the machine. */
  static NanoClock system() {
    return System::nanoTime;
  }
}
