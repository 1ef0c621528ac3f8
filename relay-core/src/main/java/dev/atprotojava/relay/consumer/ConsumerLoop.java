// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import java.util.concurrent.Executor;

/**
 * The thread that sessions live on: an I/O thread of the HTTP server. May be used by any thread.
 */
public interface ConsumerLoop extends Executor {
  /** Runs something on the thread, soon. */
  @Override
  void execute(Runnable task);

  /** Runs something on the thread after a while. */
  void executeAfter(Runnable task, long delayNanos);
}
