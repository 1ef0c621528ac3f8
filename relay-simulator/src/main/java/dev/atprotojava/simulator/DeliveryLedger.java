// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What hosts have sent and a consumer has not received yet. Everything that is received is looked
 * up by its {@link Fingerprint}, so it is found only if it is what was sent, byte for byte.
 *
 * <p>One thread sends and one receives; the numbers may be read by any.
 */
final class DeliveryLedger {
  private final LongSupplier nanoClock;
  private final long warmUntilNanos;
  private final ConcurrentMap<Long, Long> sentAt = new ConcurrentHashMap<>();
  private final Fingerprint sendersFingerprint = new Fingerprint();
  private final Fingerprint receiversFingerprint = new Fingerprint();
  private final FrameCodec codec = new FrameCodec();
  private final LatencyHistogram warmUpLatency = new LatencyHistogram();
  private final LatencyHistogram latency = new LatencyHistogram();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong unexpected = new AtomicLong();
  private final AtomicLong outOfOrder = new AtomicLong();
  private volatile long lastArrivalNanos;
  private volatile LatencyHistogram recent = new LatencyHistogram();
  private long lastSeq;

  /**
   * An empty ledger.
   *
   * @param warmUp for how long from now latencies are counted apart, because a JVM starts slowly
   */
  DeliveryLedger(LongSupplier nanoClock, Duration warmUp) {
    this.nanoClock = nanoClock;
    this.lastArrivalNanos = nanoClock.getAsLong();
    this.warmUntilNanos = lastArrivalNanos + warmUp.toNanos();
  }

  /** Notes a frame that a host is about to have, from which moment its latency counts. */
  EncodedFrame send(EncodedFrame frame) {
    sentAt.put(sendersFingerprint.of(frame), nanoClock.getAsLong());
    sent.incrementAndGet();
    return frame;
  }

  /** Takes a message of the firehose; the event if it is one that was sent. */
  RepoEvent.@Nullable Sequenced receive(Bytes message) {
    long now = nanoClock.getAsLong();
    RepoEvent.Sequenced event = event(message);
    Long at = event == null ? null : sentAt.remove(receiversFingerprint.of(event.source()));
    if (event == null || at == null) {
      // Before the first event, a relay may replay what it has of an earlier run.
      if (received.get() > 0) {
        unexpected.incrementAndGet();
      }
      return null;
    }
    if (event.seq() <= lastSeq) {
      outOfOrder.incrementAndGet();
    }
    lastSeq = event.seq();
    lastArrivalNanos = now;
    received.incrementAndGet();
    (now < warmUntilNanos ? warmUpLatency : latency).add(now - at);
    recent.add(now - at);
    return event;
  }

  private RepoEvent.@Nullable Sequenced event(Bytes message) {
    try {
      return codec.decode(message) instanceof Frame.Message(RepoEvent.Sequenced event)
          ? event
          : null;
    } catch (FrameException notAFrame) {
      return null;
    }
  }

  /** The number of frames that were sent. */
  long sent() {
    return sent.get();
  }

  /** The number of frames that were received as they were sent. */
  long received() {
    return received.get();
  }

  /** The number of frames that are still on their way, or lost. */
  long outstanding() {
    return sent.get() - received.get();
  }

  /** Whether everything has arrived, or nothing has for so long that nothing will. */
  boolean isSettled(Duration patience) {
    return outstanding() == 0 || nanoClock.getAsLong() - lastArrivalNanos > patience.toNanos();
  }

  /** The number of messages that nobody sent: hostile ones, altered ones, second ones. */
  long unexpected() {
    return unexpected.get();
  }

  /** The number of events with a number that was not above the one before. */
  long outOfOrder() {
    return outOfOrder.get();
  }

  /** How long the events took that arrived during the warm-up. */
  LatencyHistogram warmUpLatency() {
    return warmUpLatency;
  }

  /** How long the events took that arrived later. */
  LatencyHistogram latency() {
    return latency;
  }

  /** How long the events took since this was last asked. */
  LatencyHistogram takeRecent() {
    LatencyHistogram taken = recent;
    recent = new LatencyHistogram();
    return taken;
  }
}
