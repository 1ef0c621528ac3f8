// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import java.util.concurrent.TimeUnit;

/**
 * Whether a host that began its numbers anew still tells what it told before. It does from the
 * beginning of the later epoch until the relay has waited a second for a message in vain; on a
 * connection that has brought none yet, ten seconds, since a host may take that long to begin. A
 * host that is never silent ends it by an event of that moment.
 *
 * <p>Only waiting counts: a relay that does not read, because it has no memory or the host is above
 * its rate, learns nothing from the silence. Moved by the host's thread, asked by any.
 */
final class CatchUp {
  private static final long QUIET = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_QUIET = TimeUnit.SECONDS.toNanos(10);
  private static final long NOT_WAITING = Long.MAX_VALUE;

  private volatile boolean active;
  private volatile long quietAt = NOT_WAITING;
  private boolean first = true;

  /** A later epoch begins. */
  void begin() {
    quietAt = NOT_WAITING;
    active = true;
  }

  /** The host said something that it cannot have said before. */
  void end() {
    active = false;
  }

  /** A connection opens. */
  void opened() {
    first = true;
  }

  /** The host's thread waits for a message. */
  void waits(long now) {
    if (active) {
      quietAt = now + (first ? FIRST_QUIET : QUIET);
    }
  }

  /** One came, or the connection ended. */
  void waited(long now, boolean message) {
    if (active) {
      active = message ? isActive(now) : active;
      quietAt = NOT_WAITING;
      first &= !message;
    }
  }

  /** True while the host still tells what it told before. */
  boolean isActive(long now) {
    long end = quietAt;
    return active && (end == NOT_WAITING || now - end < 0);
  }
}
