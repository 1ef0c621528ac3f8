// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

/** The word that a process that runs for ever is to end. */
public interface Termination {
  /** Listens for it from now on. */
  void listen();

  /** Waits for it, if it has not come yet. */
  void await() throws InterruptedException;

  /**
   * It comes as SIGTERM or SIGINT. A second one ends the process at once, should the first not be
   * heeded.
   */
  static Termination bySignal() {
    return new SignalTermination();
  }
}
