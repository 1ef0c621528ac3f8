// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.upstream.UpstreamEvent;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to enter a lane: events, a queue a host, and messages, which come first.
 *
 * <p>Hosts are served in turn, one event each, so that one that sends much cannot keep the others
 * waiting. What is queued was charged to its host, which bounds it.
 */
final class LaneMailbox {
  private static final class HostQueue {
    final ArrayDeque<UpstreamEvent> events = new ArrayDeque<>();
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Map<Integer, HostQueue> hosts = new HashMap<>();
  private final ArrayDeque<HostQueue> turn = new ArrayDeque<>();
  private final ArrayDeque<LaneMessage> messages = new ArrayDeque<>();
  private boolean closed;

  void submit(UpstreamEvent event) {
    lock.lock();
    try {
      HostQueue host = hosts.computeIfAbsent(event.hostId(), _ -> new HostQueue());
      if (host.events.isEmpty()) {
        turn.add(host);
      }
      host.events.add(event);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  void post(LaneMessage message) {
    lock.lock();
    try {
      messages.add(message);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits at most this long for something to do and takes some of it.
   *
   * @param maxEvents how many events to take at most; 0 if only messages are wanted
   * @return false if the mailbox was closed and nothing is left
   */
  boolean take(
      List<UpstreamEvent> events, List<LaneMessage> received, int maxEvents, long timeoutNanos)
      throws InterruptedException {
    lock.lock();
    try {
      long left = timeoutNanos;
      while (messages.isEmpty() && (turn.isEmpty() || maxEvents == 0) && !closed && left > 0) {
        left = notEmpty.awaitNanos(left);
      }
      received.addAll(messages);
      messages.clear();
      for (int i = 0; i < maxEvents && !turn.isEmpty(); i++) {
        HostQueue host = turn.removeFirst();
        events.add(host.events.removeFirst());
        if (!host.events.isEmpty()) {
          turn.addLast(host);
        }
      }
      return !closed || !turn.isEmpty() || !received.isEmpty() || !events.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }
}
