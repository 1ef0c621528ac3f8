// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.firehose;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many consumers there may be, of all and from one address (RL-16): asked at the door, before
 * the handshake. Of IPv6 an address is its first 64 bits, since whoever has one has all the others.
 * Thread-safe.
 */
public final class ConsumerAdmission {
  private static final int V6_PREFIX_BYTES = 8;

  /** Why one more is not let in. */
  public enum Refusal {
    /** There are as many as there may be. */
    ALL_PLACES_TAKEN,
    /** There are as many from the same address as there may be. */
    ADDRESS_HAS_ITS_PLACES,
  }

  /** Whether one more is let in. */
  public sealed interface Decision {}

  /** It is not. */
  public record Refused(Refusal reason) implements Decision {}

  /** It is; the place is taken until it is given back, which may be done more than once. */
  public final class Place implements Decision {
    private final Network network;
    private final AtomicBoolean taken = new AtomicBoolean(true);

    private Place(Network network) {
      this.network = network;
    }

    /** Gives the place back. */
    public void giveBack() {
      if (taken.compareAndSet(true, false)) {
        leave(network);
      }
    }
  }

  /** What counts as one address. */
  private record Network(String bytes) {
    static Network of(InetAddress address) {
      byte[] all = address.getAddress();
      return new Network(
          Arrays.toString(
              all.length > V6_PREFIX_BYTES ? Arrays.copyOf(all, V6_PREFIX_BYTES) : all));
    }
  }

  private final int max;
  private final int maxPerAddress;
  private final AtomicInteger total = new AtomicInteger();
  private final Map<Network, Integer> byNetwork = new ConcurrentHashMap<>();
  private final ReentrantLock waiting = new ReentrantLock();
  private final Condition emptied = waiting.newCondition();
  private final AtomicLongArray refusals = new AtomicLongArray(Refusal.values().length);

  /**
   * Empty places.
   *
   * @param max for all
   * @param maxPerAddress for one address
   */
  public ConsumerAdmission(int max, int maxPerAddress) {
    this.max = max;
    this.maxPerAddress = maxPerAddress;
  }

  /** Takes a place for a consumer, if there is one. */
  public Decision enter(InetAddress address) {
    Network network = Network.of(address);
    if (total.incrementAndGet() > max) {
      total.decrementAndGet();
      return refuse(Refusal.ALL_PLACES_TAKEN);
    }
    int ofThis = byNetwork.merge(network, 1, Integer::sum);
    if (ofThis > maxPerAddress) {
      leave(network);
      return refuse(Refusal.ADDRESS_HAS_ITS_PLACES);
    }
    return new Place(network);
  }

  private void leave(Network network) {
    byNetwork.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
    if (total.decrementAndGet() == 0) {
      waiting.lock();
      try {
        emptied.signalAll();
      } finally {
        waiting.unlock();
      }
    }
  }

  /** Waits until all places are given back; false if they are not in time. */
  public boolean awaitEmpty(Duration atMost) throws InterruptedException {
    long nanosLeft = atMost.toNanos();
    waiting.lock();
    try {
      while (total.get() > 0 && nanosLeft > 0) {
        nanosLeft = emptied.awaitNanos(nanosLeft);
      }
      return total.get() == 0;
    } finally {
      waiting.unlock();
    }
  }

  private Refused refuse(Refusal reason) {
    refusals.incrementAndGet(reason.ordinal());
    return new Refused(reason);
  }

  /** How many were refused for a reason, since the start. */
  public long refusals(Refusal reason) {
    return refusals.get(reason.ordinal());
  }

  /** How many places are taken. */
  public int taken() {
    return total.get();
  }
}
