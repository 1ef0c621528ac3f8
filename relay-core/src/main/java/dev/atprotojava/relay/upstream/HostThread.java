// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.client.FrameTransport;
import dev.atprotojava.sync.client.NanoClock;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A host as the rest of the relay handles it: its link, its connection and the virtual thread that
 * drives it, made and ended together.
 */
public final class HostThread {
  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(90);

  /**
   * What all hosts share.
   *
   * @param drops counts the drops of all hosts
   */
  public record Shared(
      ByteLedger ledger,
      FrameTransport transport,
      EventSink lanes,
      DidHash.Key didKey,
      InstantSource clock,
      NanoClock nanos,
      RandomGenerator random,
      Surroundings relay,
      HostLink.DropCounter drops) {}

  /** What a host's thread reports to the relay and asks of it. */
  public interface Surroundings {
    /** The number that the log gives out next. */
    long nextLogSeq();

    /** Makes durable that the host began its numbers anew. */
    void newEpoch(HostLink host, int epoch);

    /**
     * Makes durable that the host was joined in mid-stream; on disk on return.
     *
     * @param cursor the number below its first
     * @param gap where the log was then
     * @return false if the relay stops, and nothing may follow
     */
    boolean joined(HostLink host, long cursor, long gap);

    /** Makes durable how the relay stands to the host. */
    void statusChanged(HostLink host, HostStatus status, String reason);

    /** The host's thread ends because of a mistake in the relay: nothing can go on. */
    void failed(Throwable cause);

    /** True if the {@code Server} header of a host is one that must not be followed. */
    boolean isRelay(String server);
  }

  /**
   * Where a host begins.
   *
   * @param id its number on this relay
   * @param stream the address of its stream, without a query
   * @param epoch how often it began its numbers anew
   * @param cursor the number up to which everything is done; negative for a host that is joined at
   *     whatever it says next
   * @param gap where the log was when events of it were missing, last; 0 if none ever were
   * @param catchingUp true if it has begun its numbers anew and is asked for all of them
   * @param rates how much it may send
   * @param observe true if its events may pass with the checks waived that may be
   */
  public record Beginning(
      int id,
      String hostname,
      URI stream,
      HostStatus status,
      String reason,
      int epoch,
      long cursor,
      long gap,
      boolean catchingUp,
      HostRates rates,
      boolean observe) {}

  private final HostLink link;
  private final HostRunner runner;
  private final Thread thread;

  /**
   * A host whose thread has not begun.
   *
   * @param replayed the numbers of its events that are in the log though the cursor is below,
   *     rising
   * @param replayedFloor where in the log these begin
   */
  public HostThread(Beginning host, long[] replayed, long replayedFloor, Shared shared) {
    HostCursor cursor =
        replayed.length == 0
            ? new HostCursor(host.epoch(), host.cursor())
            : new HostCursor(
                host.epoch(), host.cursor(), replayed[replayed.length - 1], replayedFloor);
    long now = shared.nanos().nanos();
    this.link =
        new HostLink(
            host.id(),
            host.hostname(),
            "wss".equals(host.stream().getScheme()),
            host.observe(),
            cursor,
            shared.ledger().share(),
            replayed,
            host.gap(),
            shared.drops(),
            now);
    if (host.catchingUp()) {
      link.catchUp.begin();
    }
    this.runner =
        new HostRunner(
            link,
            host.stream(),
            new HostConnection(cursor, host.status(), host.reason(), shared.random(), now),
            new HostGate(host.rates(), now),
            shared);
    this.thread = Thread.ofVirtual().name("host/" + host.hostname()).unstarted(runner);
  }

  /** Begins to dial. */
  public void start() {
    thread.start();
  }

  /** Has the host tried at once, if it is not connected. */
  public void wake() {
    runner.wake();
  }

  /** Checks that a connected host still lives; may block on a write for some seconds. */
  public void checkLife() {
    runner.checkLife(PING_NANOS, DEAD_NANOS);
  }

  /** Ends the connection and the thread, and waits for it. */
  public void stop(Duration atMost) throws InterruptedException {
    runner.abort();
    thread.interrupt();
    if (thread.getState() != Thread.State.NEW) {
      thread.join(atMost);
    }
  }

  /** How the relay stands to the host. */
  public HostStatus status() {
    return runner.snapshot().status();
  }

  /** Why. */
  public String reason() {
    return runner.snapshot().reason();
  }

  /** True if the host's stream is open. */
  public boolean isConnected() {
    return runner.snapshot().connected();
  }

  /** How often it began its numbers anew. */
  public int epoch() {
    return link.cursor.epoch();
  }

  /** The number up to which everything of this epoch is durable or dropped. */
  public long durableSeq() {
    return link.durableSeq();
  }

  /** Where the log was when events of it were missing, last; 0 if none ever were. */
  public long gap() {
    return link.gap();
  }

  /** How many of its events are being worked on. */
  public long underWay() {
    return link.cursor.underWay();
  }

  /** How many of its events were passed on since the start. */
  public long emitted() {
    return link.emitted();
  }

  /** How many of its events were not passed on since the start, by reason. */
  public Map<DropReason, Long> drops() {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      long count = link.drops(reason);
      if (count > 0) {
        drops.put(reason, count);
      }
    }
    return drops;
  }

  /** How many of its events were passed on in spite of a fault since the start, by fault. */
  public Map<CommitFault, Long> waived() {
    Map<CommitFault, Long> waived = new EnumMap<>(CommitFault.class);
    for (CommitFault fault : CommitFault.values()) {
      long count = link.waived(fault);
      if (count > 0) {
        waived.put(fault, count);
      }
    }
    return waived;
  }

  /** The beginning of the last message that was none, for the operator. */
  public Bytes lastPoison() {
    return runner.lastPoison();
  }

  /**
   * How far the host has come, and how far back a restart must look in the log.
   *
   * @param nextLogSeq the number that the log gives out next
   */
  public Progress progress(long nextLogSeq) {
    HostCursor.Mark mark = link.cursor.mark(nextLogSeq);
    return new Progress(link.id(), mark.epoch(), mark.cursor(), link.gap(), mark.logFloor());
  }

  /** How far a host has come. */
  public record Progress(int hostId, int epoch, long cursor, long gap, long logFloor) {}
}
