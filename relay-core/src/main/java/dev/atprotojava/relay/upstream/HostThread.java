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
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A host as the rest of the relay handles it: its link, its connection and the virtual thread that
 * drives it, made and ended together.
 */
public final class HostThread {
  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final Duration LONGEST_AGE = Duration.ofDays(36_500);

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
   * @param since when it came to that status
   * @param refused true if the operator refuses it, which is then its status too
   * @param epoch how often it began its numbers anew
   * @param cursor the number up to which everything is done; negative for a host that is joined at
   *     whatever it says next
   * @param gap where the log was when events of it were missing, last; 0 if none ever were
   * @param catchingUp true if it has begun its numbers anew and is asked for all of them
   * @param rates how much it may send
   * @param observe true if its events may pass with the checks waived that may be
   * @param ratchet how far it has come towards having all its checks count; null if not at all
   */
  public record Beginning(
      int id,
      String hostname,
      URI stream,
      HostStatus status,
      String reason,
      Instant since,
      boolean refused,
      int epoch,
      long cursor,
      long gap,
      boolean catchingUp,
      HostRates rates,
      boolean observe,
      PostureRatchet.@Nullable Progress ratchet) {}

  private final HostLink link;
  private final HostRunner runner;
  private final Thread thread;
  private final Surroundings relay;
  private final InstantSource clock;
  private final NanoClock nanos;

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
    long age = age(host.since(), shared.clock().instant());
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
            new PostureRatchet(host.ratchet()),
            shared.drops(),
            shared.nanos());
    link.banned(host.refused());
    if (host.catchingUp()) {
      link.catchUp.begin();
    }
    this.runner =
        new HostRunner(
            link,
            host.stream(),
            new HostConnection(
                cursor, host.status(), host.reason(), now - age, shared.random(), now),
            new HostGate(host.rates(), now),
            shared);
    this.relay = shared.relay();
    this.clock = shared.clock();
    this.nanos = shared.nanos();
    this.thread = Thread.ofVirtual().name("host/" + host.hostname()).unstarted(runner);
  }

  private static long age(Instant since, Instant now) {
    Duration age = Duration.between(since, now);
    if (age.isNegative()) {
      return 0;
    }
    return age.compareTo(LONGEST_AGE) > 0 ? LONGEST_AGE.toNanos() : age.toNanos();
  }

  /** Begins to dial. */
  public void start() {
    thread.start();
  }

  /** Has the host tried at once, if it is not connected. */
  public void wake() {
    runner.wake();
  }

  /** Refuses the host from now on: what is under way of it is dropped. */
  public void ban(String why) {
    link.banned(true);
    link.gapAt(relay.nextLogSeq());
    runner.ban(why);
  }

  /** True if the operator refuses it; not if it is banned because it is a relay. */
  public boolean isBanned() {
    return link.isBanned();
  }

  /** Takes that back, and has the host tried at once. */
  public void unban() {
    link.banned(false);
    runner.resume();
  }

  /** Has the host followed again, however things stood, unless it is banned. */
  public void resume() {
    if (!link.isBanned()) {
      runner.resume();
    }
  }

  /** Leaves the host alone until somebody asks for it. */
  public void rest(String why) {
    runner.rest(why);
  }

  /** Decides how much the host may send. */
  public void rates(HostRates rates) {
    runner.rates(rates);
  }

  /** Decides whether its events may pass with the checks waived that may be. */
  public void observe(boolean observe) {
    link.observe(observe);
  }

  /**
   * Begins the next epoch of the host's numbers, which is durable then, but not yet in effect:
   * until {@link #move} the host goes on as before.
   */
  public int reserveEpoch() {
    int next = link.cursor.epoch() + 1;
    relay.newEpoch(link, next);
    return next;
  }

  /**
   * Has the host asked for what comes after a number.
   *
   * @param newEpoch of its numbers, by {@link #reserveEpoch}
   */
  public void move(int newEpoch, long cursor) {
    runner.move(newEpoch, cursor);
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

  /** Since when. */
  public Instant since() {
    return at(runner.snapshot().sinceNanos());
  }

  /** When the host is tried next; null while it is connected, or waits to be asked for. */
  public @Nullable Instant nextAttempt() {
    HostConnection.Snapshot now = runner.snapshot();
    boolean waits = now.status() == HostStatus.IDLE || now.status() == HostStatus.BANNED;
    return now.connected() || waits ? null : at(now.nextAttemptNanos());
  }

  /** What went wrong last; empty if nothing has since the start. */
  public String lastError() {
    return runner.snapshot().lastError();
  }

  /** When that was; null if nothing has gone wrong. */
  public @Nullable Instant lastErrorAt() {
    HostConnection.Snapshot now = runner.snapshot();
    return now.lastError().isEmpty() ? null : at(now.lastErrorNanos());
  }

  private Instant at(long atNanos) {
    return clock.instant().plusNanos(atNanos - nanos.nanos());
  }

  /** True if its events may pass with the checks waived that may be. */
  public boolean isObserved() {
    return link.observe();
  }

  /** True once the host has shown that nothing needs to be waived for it. */
  public boolean isRatchetDue() {
    return link.observe() && link.ratchet().isDue();
  }

  /** How far it has come on the way there; null if it is at the beginning. */
  public PostureRatchet.@Nullable Progress ratchet() {
    return link.ratchet().progress();
  }

  /** What the last event said that the time was, but for a second; null before the first. */
  public @Nullable Instant lastEventTime() {
    return link.lastEventTime();
  }

  /** The last number that was received. */
  public long receivedSeq() {
    return link.cursor.received();
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
    return byReason(link::drops);
  }

  /** The same within the last hour, to the minute. */
  public Map<DropReason, Long> dropsOfHour() {
    return byReason(link::dropsOfHour);
  }

  /** The same within the last day, to the hour. */
  public Map<DropReason, Long> dropsOfDay() {
    return byReason(link::dropsOfDay);
  }

  private static Map<DropReason, Long> byReason(ToLongFunction<DropReason> counts) {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      long count = counts.applyAsLong(reason);
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
