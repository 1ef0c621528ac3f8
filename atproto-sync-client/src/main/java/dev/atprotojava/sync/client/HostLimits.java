// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many repositories are fetched from one host at a time, and which hosts are left alone for a
 * while (SC-59, SC-75). Remembers only hosts that are asked or left alone, of the latter at most
 * {@value #MOST_PAUSES}. Threads share it.
 */
final class HostLimits {
  static final int MOST_PAUSES = 4096;
  private static final Duration BUSY = Duration.ofSeconds(1);

  private static final class Host {
    int active;
    boolean paused;
    long pausedUntilNanos;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Host> hosts = new HashMap<>();
  private final int perHost;
  private final NanoClock clock;

  HostLimits(int perHost, NanoClock clock) {
    this.perHost = perHost;
    this.clock = clock;
  }

  /** Zero if the host may be asked, and then {@link #leave} must follow; else how long to wait. */
  Duration enter(String name) {
    lock.lock();
    try {
      Duration paused = pausedFor(name);
      if (!paused.isZero()) {
        return paused;
      }
      Host host = hosts.computeIfAbsent(name, each -> new Host());
      if (host.active >= perHost) {
        return BUSY;
      }
      host.active++;
      return Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  void leave(String name) {
    lock.lock();
    try {
      Host host = hosts.get(name);
      if (host != null) {
        host.active--;
        forgetIfIdle(name, host);
      }
    } finally {
      lock.unlock();
    }
  }

  private void forgetIfIdle(String name, Host host) {
    if (host.active == 0 && !host.paused) {
      hosts.remove(name);
    }
  }

  /** How long the host wants to be left alone; zero if it does not. */
  Duration pausedFor(String name) {
    lock.lock();
    try {
      Host host = hosts.get(name);
      if (host == null || !host.paused) {
        return Duration.ZERO;
      }
      long left = host.pausedUntilNanos - clock.nanos();
      if (left > 0) {
        return Duration.ofNanos(left);
      }
      host.paused = false;
      forgetIfIdle(name, host);
      return Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Leaves a host alone for a while, or for what is left of a longer one. Where too many are left
   * alone already, it is asked on, as often as its accounts may be.
   */
  void pause(String name, Duration wait) {
    lock.lock();
    try {
      if (!hosts.containsKey(name) && hosts.size() >= MOST_PAUSES) {
        List.copyOf(hosts.keySet()).forEach(this::pausedFor); // forgets those that are over
        if (hosts.size() >= MOST_PAUSES) {
          return;
        }
      }
      Duration longer = pausedFor(name);
      if (longer.compareTo(wait) < 0) {
        Host host = hosts.computeIfAbsent(name, each -> new Host());
        host.paused = true;
        host.pausedUntilNanos = clock.nanos() + wait.toNanos();
      }
    } finally {
      lock.unlock();
    }
  }

  int remembered() {
    lock.lock();
    try {
      return hosts.size();
    } finally {
      lock.unlock();
    }
  }
}
