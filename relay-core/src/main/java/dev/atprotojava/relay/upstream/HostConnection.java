// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.sync.HostStatus;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Stage 1, the deciding half: when to dial a host, when to wait, when to give up for a while, and
 * what the world is told about it. A state machine without clock or socket; {@link HostRunner} does
 * what it says. Owned by the host's thread, but for {@link #snapshot}.
 *
 * <p>A host is never forgotten: it is tried again for ever, with waits that double up to an hour,
 * and begin anew after progress. One bad message costs a host nothing but that message; twenty in a
 * row cost it the connection, and a wait. They have no numbers, so that the next connection meets
 * them again: without a good one in between it survives twice as many, and so on, until what is
 * behind them is reached (invariant 8).
 *
 * <p>RL-56 has a host given up after fifteen failures; this one is asked again for ever, and an
 * epoch takes the place of its rule for FutureCursor. RL-60 would close on one bad message.
 */
final class HostConnection {
  /** What to do next. */
  sealed interface Next {
    /** Open a stream after this cursor. */
    record Dial(long cursor) implements Next {}

    /** Wait until then, or until woken; {@link #FOREVER} is no time, but only that. */
    record Sleep(long untilNanos) implements Next {}

    /** Read the next message. */
    record Read() implements Next {}

    /** Close the connection; then ask again. */
    record HangUp() implements Next {}

    /** Nothing more, ever. */
    record Stop() implements Next {}
  }

  /** How the relay stands to the host, for anybody to read. */
  record Snapshot(
      HostStatus status,
      String reason,
      long sinceNanos,
      long nextAttemptNanos,
      boolean connected,
      String lastError,
      long lastErrorNanos) {}

  /** A time that does not come: only a wake ends the wait. */
  static final long FOREVER = Long.MAX_VALUE;

  static final int MAX_POISON = 20;
  private static final int MOST_POISON = 1 << 24;
  private static final long FIRST_WAIT = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_WAIT = TimeUnit.HOURS.toNanos(1);
  private static final long OFFLINE_AFTER = TimeUnit.SECONDS.toNanos(60);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(10);
  private static final long DAY = TimeUnit.DAYS.toNanos(1);
  private static final long WAKE_AGAIN = TimeUnit.MINUTES.toNanos(1);
  private static final Next READ = new Next.Read();

  private final HostCursor cursor;
  private final RandomGenerator random;

  private HostStatus status;
  private String reason;
  private long since;
  private boolean connected;
  private boolean hangUp;
  private boolean stopped;
  private long nextAttempt;
  private int failures;
  private long firstFailure;
  private int poison;
  private int maxPoison = MAX_POISON;
  private long epochDay = Long.MIN_VALUE;
  private int epochsToday;
  private long wokenAt;
  private String lastError;
  private long lastErrorAt;
  private volatile Snapshot snapshot;

  HostConnection(
      HostCursor cursor, HostStatus status, String reason, RandomGenerator random, long now) {
    this(cursor, status, reason, now, random, now);
  }

  /**
   * A host that is not connected.
   *
   * @param since when it came to its status, which may be long ago
   */
  HostConnection(
      HostCursor cursor,
      HostStatus status,
      String reason,
      long since,
      RandomGenerator random,
      long now) {
    this.cursor = cursor;
    this.random = random;
    this.status = status;
    this.reason = reason;
    this.since = since;
    this.lastErrorAt = since;
    this.lastError = status == HostStatus.OFFLINE ? reason : "";
    this.nextAttempt = now;
    this.wokenAt = now - WAKE_AGAIN;
    this.snapshot = new Snapshot(status, reason, since, now, false, lastError, since);
  }

  /** What to do now. */
  Next next(long now) {
    if (connected) {
      if (hangUp || stopped) {
        return new Next.HangUp();
      }
      return READ;
    }
    if (stopped) {
      return new Next.Stop();
    }
    if (status == HostStatus.IDLE || status == HostStatus.BANNED) {
      return new Next.Sleep(FOREVER);
    }
    return now - nextAttempt >= 0 ? new Next.Dial(cursor.received()) : new Next.Sleep(nextAttempt);
  }

  /** The stream is open. */
  void opened(long now) {
    connected = true;
    hangUp = false;
    poison = 0;
    become(HostStatus.ACTIVE, "", now);
  }

  /** It could not be opened. */
  void dialFailed(String why, long now) {
    backOff(why, 0, now);
  }

  /** It could not be opened, and the host says when to try again. */
  void dialRefused(String why, long retryAfterNanos, long now) {
    backOff(why, Math.min(retryAfterNanos, LONGEST_WAIT), now);
  }

  /** The stream is closed, by whomever. */
  void closed(String why, long now) {
    connected = false;
    hangUp = false;
    if (status == HostStatus.ACTIVE && nextAttempt - now <= 0) {
      backOff(why, 0, now);
    }
    publish();
  }

  /** A good event came: whatever was wrong is over. */
  void progressed() {
    poison = 0;
    maxPoison = MAX_POISON;
    failures = 0;
  }

  /** A message came that is no message. */
  void poisoned(String why, long now) {
    if (++poison >= maxPoison) {
      if (maxPoison < MOST_POISON) {
        maxPoison *= 2;
      }
      reason = poison + " bad messages in a row, the last: " + why;
      hangUp = true;
      backOff(reason, 0, now);
    }
  }

  /** The host sent its last word. */
  void errorFrame(String error, long now) {
    hangUp = true;
    if (!error.equals("ConsumerTooSlow")) { // not the host's fault
      backOff("the host says " + error, 0, now);
    }
  }

  /** The host's rate is used up for a while; false if that is short enough to wait for. */
  boolean throttled(long pauseNanos, long now) {
    if (pauseNanos < LONGEST_PAUSE) {
      return false;
    }
    hangUp = true;
    become(HostStatus.THROTTLED, "above its rate", now);
    nextAttempt = now + pauseNanos;
    publish();
    return true;
  }

  /**
   * The host began its numbers anew: it is asked for all of them, unless that happens too often.
   *
   * @return true if a new epoch begins, which the caller makes durable
   */
  boolean restarted(String why, long now) {
    hangUp = true;
    if (now - epochDay >= DAY || epochDay == Long.MIN_VALUE) {
      epochDay = now;
      epochsToday = 0;
    }
    if (++epochsToday > 2) {
      become(HostStatus.IDLE, why + ", for the third time in a day", now);
      return false;
    }
    nextAttempt = now;
    publish();
    return true;
  }

  /** The host is a relay itself, or refused by the operator. */
  void ban(String why, long now) {
    hangUp = true;
    become(HostStatus.BANNED, why, now);
  }

  /**
   * Somebody asks for the host: it is tried at once, but not more than once a minute for that
   * alone, and not before a throttled host may send again.
   */
  void wake(long now) {
    boolean may = status != HostStatus.BANNED && status != HostStatus.THROTTLED;
    if (!connected && may && now - wokenAt >= WAKE_AGAIN) {
      wokenAt = now;
      nextAttempt = now;
      if (status == HostStatus.IDLE) {
        become(HostStatus.ACTIVE, "", now);
      }
      publish();
    }
  }

  /** The operator wants the host left alone until somebody asks for it. */
  void rest(String why, long now) {
    if (status != HostStatus.BANNED) {
      hangUp = true;
      become(HostStatus.IDLE, why, now);
    }
  }

  /**
   * The operator wants the host followed, or takes back a ban: it is tried at once, unless it waits
   * until it may send again.
   */
  void resume(long now) {
    if (status == HostStatus.THROTTLED) {
      return;
    }
    failures = 0;
    nextAttempt = now;
    if (status == HostStatus.IDLE || status == HostStatus.BANNED) {
      become(HostStatus.ACTIVE, "", now);
    }
    publish();
  }

  /** The host may send more or less than before: if it waits for that, it is tried at once. */
  void ratesChanged(long now) {
    if (status == HostStatus.THROTTLED) {
      nextAttempt = now;
      publish();
    }
  }

  /** The operator has the host asked for other numbers: from there on, at once. */
  void moved(long now) {
    hangUp = true;
    if (status != HostStatus.BANNED) {
      resume(now);
    }
  }

  /** The relay stops. */
  void stop() {
    stopped = true;
  }

  private void backOff(String why, long atLeast, long now) {
    if (failures++ == 0) {
      firstFailure = now;
    }
    long wait = Math.min(LONGEST_WAIT, FIRST_WAIT << Math.min(failures - 1, 12));
    wait = wait / 2 + random.nextLong(wait / 2 + 1);
    nextAttempt = now + Math.max(wait, atLeast);
    reason = why;
    lastError = why;
    lastErrorAt = now;
    if (now - firstFailure >= OFFLINE_AFTER) {
      become(HostStatus.OFFLINE, why, now);
    }
    publish();
  }

  private void become(HostStatus newStatus, String why, long now) {
    if (status != newStatus) {
      since = now;
    }
    status = newStatus;
    reason = why;
    publish();
  }

  private void publish() {
    snapshot = new Snapshot(status, reason, since, nextAttempt, connected, lastError, lastErrorAt);
  }

  /** How the relay stands to the host; for any thread. */
  Snapshot snapshot() {
    return snapshot;
  }
}
