// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.sync.HostStatus;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostRunnerTest {
  private static final class NobodyElse implements HostThread.Surroundings {
    @Override
    public long nextLogSeq() {
      return 1;
    }

    @Override
    public void newEpoch(HostLink host, int epoch) {}

    @Override
    public boolean joined(HostLink host, long cursor, long gap) {
      return true;
    }

    @Override
    public void statusChanged(HostLink host, HostStatus status, String reason) {}

    @Override
    public void failed(Throwable cause) {}

    @Override
    public boolean isRelay(String server) {
      return false;
    }
  }

  /**
   * Elapsed time may be any number, below zero too. Damage: the wait of a banned host, which is
   * without end, overflows, and its thread spins.
   */
  @Test
  void run_bannedHost_sleepsWhateverTheClockSays() throws Exception {
    for (long begin : new long[] {1_000, -1_000, Long.MIN_VALUE / 2}) {
      HostConnection connection =
          new HostConnection(
              new HostCursor(0, 0), HostStatus.BANNED, "why", new SplittableRandom(1), begin);
      HostThread.Shared shared =
          new HostThread.Shared(
              new ByteLedger(1, 1),
              stream -> {
                throw new IOException("nobody is there");
              },
              event -> event.dropped(DropReason.HOST_BANNED),
              TestAccount.HASH_KEY,
              InstantSource.fixed(TestAccount.NOW),
              () -> begin,
              new SplittableRandom(1),
              new NobodyElse(),
              reason -> {});
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  new HostRunner(
                      new TestHost(1, "pds.example.com").link(),
                      URI.create("wss://pds.example.com/"),
                      connection,
                      new HostGate(HostRates.TRUSTED, begin),
                      shared));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (thread.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      Thread.State state = thread.getState();
      connection.stop();
      thread.interrupt();
      thread.join(5_000);
      assertThat(state).as("clock at " + begin).isEqualTo(Thread.State.TIMED_WAITING);
    }
  }
}
