// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many repositories are fetched from one host at a time, and which hosts are left alone for a
 * while (SC-75). Remembers only hosts that are asked or left alone. Threads share it.
 */
final class HostLimits {
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
      Host host = hosts.computeIfAbsent(name, each -> new Host());
      long left = host.pausedUntilNanos - clock.nanos();
      if (host.paused && left > 0) {
        return Duration.ofNanos(left);
      }
      host.paused = false;
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
        if (host.active == 0 && !host.paused) {
          hosts.remove(name);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Leaves a host alone for a while; to be called between {@link #enter} and {@link #leave}. */
  void pause(String name, Duration wait) {
    lock.lock();
    try {
      Host host = hosts.get(name);
      if (host != null) {
        host.paused = true;
        host.pausedUntilNanos = clock.nanos() + wait.toNanos();
      }
    } finally {
      lock.unlock();
    }
  }
}
