// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.testing.Gen;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostConnectionTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
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

  // What else can happen to a connection, one after the other. Damage each time: a host that is
  // forgotten, asked too often, or shown as something that it is not (design section 7).

  private long sleep() {
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.Sleep.class);
    return ((HostConnection.Next.Sleep) connection.next(now)).untilNanos() - now;
  }

  private void hungUp() {
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.HangUp());
    connection.closed("closed by us", now);
    assertThat(connection.snapshot().connected()).isFalse();
  }

  private HostStatus status() {
    return connection.snapshot().status();
  }

  @Test
  void dialFailed_waitsLongerEachTime_upToAnHour_forEver() {
    long before = now;
    for (int failure = 1; failure <= 200; failure++) {
      assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Dial(7));
      connection.dialFailed("refused", now);
      long longest = Math.min(HOUR, SECOND << Math.min(failure - 1, 20));
      assertThat(sleep()).as("after " + failure).isBetween(longest / 2, longest);
      assertThat(connection.snapshot().reason()).isEqualTo("refused");
      assertThat(connection.snapshot().nextAttemptNanos()).isEqualTo(now + sleep());
      assertThat(status())
          .isEqualTo(now - before >= 60 * SECOND ? HostStatus.OFFLINE : HostStatus.ACTIVE);
      now += sleep() - 1;
      assertThat(sleep()).isEqualTo(1);
      now += 1;
    }
    connection.opened(now);
    assertThat(status()).isEqualTo(HostStatus.ACTIVE);
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Read());
  }

  @Test
  void closed_withoutProgress_countsAsAFailure() {
    for (int failure = 1; failure <= 10; failure++) {
      dial();
      connection.closed("gone", now);
      long longest = SECOND << (failure - 1);
      assertThat(sleep()).isBetween(longest / 2, longest);
    }
    dial();
    connection.progressed();
    connection.closed("gone", now);
    assertThat(sleep()).as("reset by progress").isLessThanOrEqualTo(SECOND);
    assertThat(connection.snapshot().reason()).isEqualTo("gone");
  }

  /** The host's Retry-After counts, unless it asks to be forgotten. */
  @Test
  void dialRefused_waitsAsTheHostSays() {
    connection.dialRefused("429", 600 * SECOND, now);
    assertThat(sleep()).isEqualTo(600 * SECOND);
    now += sleep();
    connection.dialRefused("429", 1000 * HOUR, now);
    assertThat(sleep()).isEqualTo(HOUR);
    now += sleep();
    connection.dialRefused("503", 0, now);
    assertThat(sleep()).isBetween(2 * SECOND, 4 * SECOND);
  }

  @Test
  void errorFrame_endsTheConnection() {
    dial();
    connection.errorFrame("SomethingElse", now);
    hungUp();
    assertThat(sleep()).isBetween(SECOND / 2, SECOND);
    assertThat(connection.snapshot().reason()).contains("SomethingElse");
    dial();
    connection.progressed();
    connection.errorFrame("ConsumerTooSlow", now);
    hungUp();
    assertThat(sleep()).as("not its fault").isLessThanOrEqualTo(SECOND);
    assertThat(connection.snapshot().reason()).doesNotContain("ConsumerTooSlow");
  }

  /** Back-pressure that loses nothing: short pauses keep the socket, long ones resume later. */
  @Test
  void throttled_forLong_closesAndComesBackInTime() {
    dial();
    assertThat(connection.throttled(10 * SECOND - 1, now)).isFalse();
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Read());
    assertThat(connection.throttled(900 * SECOND, now)).isTrue();
    hungUp();
    assertThat(status()).isEqualTo(HostStatus.THROTTLED);
    assertThat(sleep()).isEqualTo(900 * SECOND);
    now += 900 * SECOND;
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Dial(7));
    connection.opened(now);
    assertThat(status()).isEqualTo(HostStatus.ACTIVE);
  }

  /** At most two new epochs a day: a host whose numbers jump about is not read in circles. */
  @Test
  void restarted_aThirdTimeInADay_isIdleUntilSomebodyAsks() {
    dial();
    for (int i = 0; i < 2; i++) {
      assertThat(connection.restarted("it began anew", now)).isTrue();
      hungUp();
      assertThat(sleep()).as("asked again at once, almost").isLessThanOrEqualTo(2 * SECOND);
      dial();
    }
    assertThat(connection.restarted("it began anew", now)).isFalse();
    hungUp();
    assertThat(status()).isEqualTo(HostStatus.IDLE);
    assertThat(connection.snapshot().reason()).contains("it began anew");
    now += 100 * HOUR;
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Sleep(Long.MAX_VALUE));
    connection.wake(now);
    assertThat(status()).isEqualTo(HostStatus.ACTIVE);
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Dial(7));
    connection.opened(now);
    assertThat(connection.restarted("it began anew", now)).as("another day").isTrue();
  }

  @Test
  void ban_isForEver_whoeverAsks() {
    dial();
    connection.ban("a relay", now);
    hungUp();
    connection.wake(now);
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Sleep(Long.MAX_VALUE));
    assertThat(status()).isEqualTo(HostStatus.BANNED);
    assertThat(connection.snapshot().reason()).isEqualTo("a relay");
  }

  /** RL-53: asked for, a host that is away is tried at once; one that is there is left alone. */
  @Test
  void wake_triesAHostThatIsAway() {
    for (int i = 0; i < 10; i++) {
      connection.dialFailed("refused", now);
    }
    assertThat(sleep()).isPositive();
    connection.wake(now);
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Dial(7));
    connection.opened(now);
    connection.wake(now);
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Read());
    connection.closed("gone", now);
    assertThat(sleep()).as("the failures still count").isGreaterThan(SECOND);
  }

  @Test
  void stop_closesAndNeverDialsAgain() {
    dial();
    connection.stop();
    hungUp();
    connection.wake(now);
    assertThat(connection.next(now + HOUR)).isEqualTo(new HostConnection.Next.Stop());
  }

  /** A host comes back from the store as it was, and only the two that wait for somebody wait. */
  @Test
  void begun_fromTheStore_dialsUnlessIdleOrBanned() {
    for (HostStatus stored : HostStatus.values()) {
      HostConnection begun =
          new HostConnection(new HostCursor(2, 30), stored, "why", new SplittableRandom(1), 5);
      assertThat(begun.snapshot().status()).isEqualTo(stored);
      assertThat(begun.snapshot().reason()).isEqualTo("why");
      assertThat(begun.next(5))
          .isEqualTo(
              stored == HostStatus.IDLE || stored == HostStatus.BANNED
                  ? new HostConnection.Next.Sleep(Long.MAX_VALUE)
                  : new HostConnection.Next.Dial(30));
    }
  }

  /** Whatever happens in whatever order: what is told is what is so, and no wait is without end. */
  @Test
  void next_afterAnything_isPossible() {
    Gen.forAll(
        300,
        gen -> {
          HostConnection any =
              new HostConnection(
                  new HostCursor(0, 7), HostStatus.ACTIVE, "", new SplittableRandom(1), 0);
          long time = 0;
          boolean connected = false;
          boolean stopped = false;
          for (int i = gen.between(1, 60); i > 0; i--) {
            HostConnection.Next next = any.next(time);
            assertThat(any.snapshot().connected()).isEqualTo(connected);
            switch (next) {
              case HostConnection.Next.Dial(long cursor) -> {
                assertThat(connected || stopped).isFalse();
                assertThat(cursor).isEqualTo(7);
                connected = gen.oneIn(2);
                if (connected) {
                  any.opened(time);
                } else if (gen.oneIn(2)) {
                  any.dialFailed("failed", time);
                } else {
                  any.dialRefused("refused", gen.nextInt(1000) * SECOND, time);
                }
              }
              case HostConnection.Next.Sleep(long until) -> {
                assertThat(connected).isFalse();
                HostStatus status = any.snapshot().status();
                if (until == Long.MAX_VALUE) {
                  assertThat(status).isIn(HostStatus.IDLE, HostStatus.BANNED);
                  time += HOUR;
                } else {
                  assertThat(until - time).isBetween(1L, 24 * HOUR);
                  time = until;
                }
                if (gen.oneIn(3)) {
                  any.wake(time);
                }
              }
              case HostConnection.Next.Read() -> {
                assertThat(connected).isTrue();
                happens(gen, any, time);
                if (gen.oneIn(20)) {
                  connected = false;
                  any.closed("gone", time);
                }
              }
              case HostConnection.Next.HangUp() -> {
                assertThat(connected).isTrue();
                connected = false;
                any.closed("closed by us", time);
              }
              case HostConnection.Next.Stop() -> {
                assertThat(stopped).isTrue();
                return;
              }
            }
            if (gen.oneIn(40)) {
              any.stop();
              stopped = true;
            }
          }
        });
  }

  private static void happens(Gen gen, HostConnection any, long time) {
    switch (gen.nextInt(10)) {
      case 0 -> any.errorFrame(gen.oneOf("ConsumerTooSlow", "Other"), time);
      case 1 -> any.throttled(gen.nextInt(86_400) * SECOND, time);
      case 2 -> any.restarted("anew", time);
      case 3 -> {
        if (gen.oneIn(5)) {
          any.ban("a relay", time);
        }
      }
      case 4, 5 -> any.poisoned("noise", time);
      default -> any.progressed();
    }
  }

  /** RL-58. Damage: a host above its rate that asks to be crawled and is read on at once. */
  @Test
  void wake_whileThrottled_waitsAllTheSame() {
    dial();
    assertThat(connection.throttled(900 * SECOND, now)).isTrue();
    hungUp();
    now += SECOND;
    connection.wake(now);
    assertThat(sleep()).isEqualTo(899 * SECOND);
    assertThat(status()).isEqualTo(HostStatus.THROTTLED);
  }

  /** Damage: a ban that the next event of a connection undoes (it did elsewhere). */
  @Test
  void ban_whateverComesThen_lasts() {
    dial();
    connection.ban("why", now);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.HangUp.class);
    connection.closed("closed by us", now);
    connection.wake(now + HOUR);
    connection.rest("not this", now);
    connection.ratesChanged(now);
    connection.moved(now);
    assertThat(connection.snapshot().status()).isEqualTo(HostStatus.BANNED);
    assertThat(connection.snapshot().reason()).isEqualTo("why");
    assertThat(connection.next(now + HOUR))
        .isEqualTo(new HostConnection.Next.Sleep(HostConnection.FOREVER));
    connection.resume(now);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.Dial.class);
  }

  /** Damage: an operator's disconnect that lasts a second, or for ever. */
  @Test
  void rest_untilSomebodyAsks() {
    dial();
    connection.rest("by the operator", now);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.HangUp.class);
    connection.closed("closed by us", now);
    assertThat(connection.next(now + HOUR))
        .isEqualTo(new HostConnection.Next.Sleep(HostConnection.FOREVER));
    assertThat(connection.snapshot().status()).isEqualTo(HostStatus.IDLE);
    connection.wake(now);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.Dial.class);
  }

  /** Damage: a host that may send more, and waits out a pause that is none any more. */
  @Test
  void ratesChanged_endsThePauseOfAThrottledHost() {
    dial();
    assertThat(connection.throttled(HOUR, now)).isTrue();
    connection.closed("closed by us", now);
    connection.resume(now); // asking is not enough
    assertThat(connection.next(now)).isEqualTo(new HostConnection.Next.Sleep(now + HOUR));
    connection.ratesChanged(now);
    assertThat(connection.next(now)).isInstanceOf(HostConnection.Next.Dial.class);
  }
}
