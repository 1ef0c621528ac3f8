// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.util.concurrent.TimeUnit;

/**
 * Stage 3: lets pass what comes in order and within the host's rates (RL-58).
 *
 * <p>Every message counts towards the rate of a second, good or bad: refusing one has its cost too.
 * Only events in order count towards those of an hour and a day, whose pauses end the connection: a
 * message that moves no cursor would be met again by the next one, and never got past.
 *
 * <p>Numbers must rise on one connection (SC-43). The first one of a connection may repeat the
 * cursor, since servers may count it in (SC-42), and may lie below it, which says that the host
 * began its numbers anew. A state machine; owned by the host's thread.
 */
final class HostGate {
  /** What to do with an event. */
  enum Decision {
    /** It is in order. */
    ADMIT,
    /** The event that the cursor names, sent again: nothing to say about it. */
    REPEATS_CURSOR,
    /** Its number is not above the one before. */
    NOT_RISING,
    /** The host began its numbers anew: everything must be asked for from the beginning. */
    NEW_EPOCH,
  }

  private final RateWindow second;
  private final RateWindow hour;
  private final RateWindow day;
  private boolean first;
  private long last;

  HostGate(HostRates rates, long nowNanos) {
    second = new RateWindow(rates.perSecond(), TimeUnit.SECONDS.toNanos(1), nowNanos);
    hour = new RateWindow(rates.perHour(), TimeUnit.HOURS.toNanos(1), nowNanos);
    day = new RateWindow(rates.perDay(), TimeUnit.DAYS.toNanos(1), nowNanos);
  }

  /** The host may send more or less from now on; what it sent counts. */
  void rates(HostRates rates) {
    second.limit(rates.perSecond());
    hour.limit(rates.perHour());
    day.limit(rates.perDay());
  }

  /** A connection begins, asked for everything after {@code cursor}. */
  void connected(long cursor) {
    first = true;
    last = cursor;
  }

  /**
   * True until the connection brings its first number: only until then can a host say that it has
   * less than it was asked for (SC-46). Later it would be an excuse for whatever it leaves out.
   */
  boolean isAtStart() {
    return first;
  }

  /** Counts a message that has no number. */
  void count(long nowNanos) {
    second.count(nowNanos);
  }

  /** Counts and judges the next number. */
  Decision step(long seq, long nowNanos) {
    second.count(nowNanos);
    boolean begins = first;
    first = false;
    if (seq > last) {
      last = seq;
      hour.count(nowNanos);
      day.count(nowNanos);
      return Decision.ADMIT;
    }
    if (begins) {
      return seq == last ? Decision.REPEATS_CURSOR : Decision.NEW_EPOCH;
    }
    return Decision.NOT_RISING;
  }

  /** How long to pause before the next event; 0 for not at all. */
  long pauseNanos(long nowNanos) {
    return Math.max(
        second.waitNanos(nowNanos), Math.max(hour.waitNanos(nowNanos), day.waitNanos(nowNanos)));
  }
}
