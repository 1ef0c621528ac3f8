// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads for requests, one for each that is under way; the limits of the directory bound them.
 *
 * <p>Virtual ones from Java 24 on. Before, a virtual thread that waits inside {@code synchronized}
 * keeps its carrier, and the HTTP client waits for HTTP/2 streams like that.
 */
final class RequestThreads {
  private static final int FIRST_WITHOUT_PINNING = 24;
  private static final String NAME = "identity-request-";

  private RequestThreads() {}

  static ExecutorService open() {
    return Runtime.version().feature() >= FIRST_WITHOUT_PINNING
        ? Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(NAME, 0).factory())
        : Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name(NAME, 0).factory());
  }
}
