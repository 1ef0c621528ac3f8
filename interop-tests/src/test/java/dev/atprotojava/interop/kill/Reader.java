// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.kill;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.simulator.SimulatedConsumer;
import java.io.IOException;
import java.net.URI;
import java.util.function.Consumer;

/** One connection of a consumer, from its cursor until either side ends it. */
final class Reader implements AutoCloseable {
  private final SimulatedConsumer connection;
  private final Thread thread;

  private Reader(SimulatedConsumer connection, Consumer<Bytes> onMessage) {
    this.connection = connection;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("consumer")
            .start(
                () -> {
                  try {
                    connection.read(message -> onMessage.accept(message.payload()));
                  } catch (IOException ended) {
                    // The relay was killed, or this was closed.
                  }
                });
  }

  /**
   * Connects.
   *
   * @param onMessage gets what comes, on a thread of its own; the bytes are only valid meanwhile
   */
  static Reader connect(URI firehose, long cursor, Consumer<Bytes> onMessage) throws IOException {
    URI url = URI.create(firehose + "?cursor=" + cursor);
    return new Reader(SimulatedConsumer.connect(url), onMessage);
  }

  /** Waits until there is nothing more to read from a relay that has been killed. */
  void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Leaves; nothing is handed over any more when this returns. */
  @Override
  public void close() throws IOException {
    connection.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
