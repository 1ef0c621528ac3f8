// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.sync.HostStatus;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostConnectionTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final HostConnection connection =
      new HostConnection(new HostCursor(0, 7), HostStatus.ACTIVE, "", new SplittableRandom(1), 0);
  private long now;

  /** Opens a stream, waiting as long as it takes. */
  private void dial() {
    now += HOUR;
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Dial(7));
    connection.opened(now);
  }

  /** Bad messages until the connection is given up; how many there were. */
  private int poisonUntilHangUp() {
    int count = 0;
    while (connection.next(now) instanceof HostConnection.Next.Read) {
      connection.poisoned("noise", now);
      count++;
    }
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.HangUp.class);
    connection.closed("closed by us", now);
    return count;
  }

  /** Damage: a host that costs a connection for one bad message, or that is read for ever. */
  @Test
  void poisoned_twentyInARow_hangsUpAndWaits() {
    dial();
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < 19; j++) {
        connection.poisoned("noise", now);
      }
      connection.progressed();
    }
    assertThat(poisonUntilHangUp()).isEqualTo(20);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.Sleep.class);
    assertThat(connection.snapshot().reason()).contains("20 bad messages in a row", "noise");
  }

  /**
   * Damage: a host in a loop (invariant 8): bad messages move no cursor, so that each connection
   * meets the same ones, gives up at the same place, and what is behind them never comes.
   */
  @Test
  void poisoned_againWithoutProgress_getsFurtherEachTime() {
    for (int expected = 20; expected <= 640; expected *= 2) {
      dial();
      assertThat(poisonUntilHangUp()).isEqualTo(expected);
    }
    dial();
    connection.progressed();
    assertThat(poisonUntilHangUp()).isEqualTo(20);
  }
}
