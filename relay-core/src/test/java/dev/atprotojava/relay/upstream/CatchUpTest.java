// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Design section 7: a later epoch catches up until a second without a message. */
class CatchUpTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private final CatchUp catchUp = new CatchUp();

  private void message(long waitsMs, long comesMs) {
    catchUp.waits(waitsMs * MS);
    catchUp.waited(comesMs * MS, true);
  }

  @Test
  void isActive_never_withoutALaterEpoch() {
    catchUp.opened();
    message(0, 1);
    assertThat(catchUp.isActive(2 * MS)).isFalse();
  }

  @Test
  void isActive_untilASecondIsWaitedInVain() {
    catchUp.begin();
    catchUp.opened();
    message(0, 9_000); // a host may take that long to begin
    message(9_000, 9_999);
    catchUp.waits(10_000 * MS);
    assertThat(catchUp.isActive(10_999 * MS)).isTrue();
    assertThat(catchUp.isActive(11_000 * MS)).as("seen while it still waits").isFalse();
    catchUp.waited(11_000 * MS, true);
    assertThat(catchUp.isActive(11_000 * MS)).as("and that message is a live one").isFalse();
    message(11_000, 11_001);
    assertThat(catchUp.isActive(11_002 * MS)).as("for good").isFalse();
  }

  /** Damage: a pause of our own, or a lost connection, that is taken for the host's silence. */
  @Test
  void isActive_whileNobodyWaits() {
    catchUp.begin();
    catchUp.opened();
    message(0, 1);
    assertThat(catchUp.isActive(60_000 * MS)).isTrue();
    catchUp.waits(60_000 * MS);
    catchUp.waited(60_900 * MS, false); // the connection is lost
    assertThat(catchUp.isActive(90_000 * MS)).isTrue();
    catchUp.opened();
    catchUp.waits(90_000 * MS);
    assertThat(catchUp.isActive(95_000 * MS)).isTrue();
    assertThat(catchUp.isActive(100_000 * MS)).isFalse();
  }

  @Test
  void isActive_notAfterNews() {
    catchUp.begin();
    catchUp.opened();
    message(0, 1);
    catchUp.end();
    assertThat(catchUp.isActive(2 * MS)).isFalse();
  }
}
