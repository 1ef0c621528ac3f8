// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

/** The word that a process that runs for ever is to end. */
@FunctionalInterface
public interface Termination {
  /** Waits for it. */
  void await() throws InterruptedException;

  /**
   * It comes as SIGTERM or SIGINT, from the first call of {@link #await} on. A second one ends the
   * process at once, should the first not be heeded.
   */
  static Termination bySignal() {
    return new SignalTermination();
  }
}
