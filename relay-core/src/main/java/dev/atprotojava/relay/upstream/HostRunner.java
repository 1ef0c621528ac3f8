// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.FrameConnection;
import dev.atprotojava.sync.client.FrameTransport;
import dev.atprotojava.sync.client.HandshakeException;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.syntax.AtDatetime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stage 1, the doing half: the thread of a host, which dials, reads and waits as {@link
 * HostConnection} says. Nothing that a host sends ends it.
 *
 * <p>A host is a stranger: whatever it sends costs itself, and no other (RL-60).
 */
final class HostRunner implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(HostRunner.class);
  private static final long LONGEST_SLEEP = TimeUnit.MINUTES.toNanos(10);
  private static final long TIME_PACE = TimeUnit.SECONDS.toNanos(1);
  private static final int KEPT_POISON_BYTES = 4096;
  private static final Duration LIVE = Duration.ofSeconds(10);

  private final HostLink link;
  private final URI stream;
  private final HostConnection connection;
  private final HostGate gate;
  private final FrameTransport transport;
  private final EventSink lanes;
  private final DidHash.Key didKey;
  private final InstantSource clock;
  private final NanoClock nanos;
  private final HostThread.Surroundings relay;
  private final FrameCodec codec = new FrameCodec();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private boolean wake;

  /** What the operator wants, done by the host's own thread before it does anything else. */
  private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();

  private volatile @Nullable FrameConnection open;
  private volatile boolean paused;
  private volatile Bytes lastPoison = Bytes.EMPTY;
  private HostStatus reported;

  /** True once the host has said something about the stream on this connection (RL-41). */
  private boolean informed;

  private long timeNotedAt;

  HostRunner(
      HostLink link,
      URI stream,
      HostConnection connection,
      HostGate gate,
      HostThread.Shared shared) {
    this.link = link;
    this.stream = stream;
    this.connection = connection;
    this.gate = gate;
    this.transport = shared.transport();
    this.lanes = shared.lanes();
    this.didKey = shared.didKey();
    this.clock = shared.clock();
    this.nanos = shared.nanos();
    this.relay = shared.relay();
    this.reported = connection.snapshot().status();
    this.timeNotedAt = nanos.nanos() - TIME_PACE;
  }

  @Override
  public void run() {
    try {
      while (true) {
        obey();
        report();
        switch (connection.next(nanos.nanos())) {
          case HostConnection.Next.Dial(long cursor) -> dial(cursor);
          case HostConnection.Next.Sleep(long until) -> sleep(until);
          case HostConnection.Next.Read() -> read();
          case HostConnection.Next.HangUp() -> hangUp("closed by us");
          case HostConnection.Next.Stop() -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      hangUp("the relay stops");
    } catch (RuntimeException | Error e) {
      relay.failed(e);
    }
  }

  private void obey() {
    Runnable order = orders.poll();
    while (order != null) {
      order.run();
      order = orders.poll();
    }
  }

  private void order(Runnable order) {
    orders.add(order);
    lock.lock();
    try {
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Breaks what the thread reads, so that it looks at its orders. */
  private void interruptReading() {
    FrameConnection now = open;
    if (now != null) {
      now.abort();
    }
  }

  /** Refuses the host. For any thread, like all that follows. */
  void ban(String why) {
    order(() -> connection.ban(why, nanos.nanos()));
    interruptReading();
  }

  /** Has the host tried at once, however things stood. */
  void resume() {
    order(() -> connection.resume(nanos.nanos()));
  }

  /** Leaves the host alone until somebody asks for it. */
  void rest(String why) {
    order(() -> connection.rest(why, nanos.nanos()));
    interruptReading();
  }

  /** Has the host send as much as this. */
  void rates(HostRates rates) {
    order(
        () -> {
          gate.rates(rates);
          connection.ratesChanged(nanos.nanos());
        });
  }

  /**
   * Has the host asked for what comes after a number, in an epoch that is durable already. Nothing
   * happens if the host began a later one meanwhile.
   */
  void move(int epoch, long cursor) {
    order(
        () -> {
          if (epoch > link.cursor.epoch()) {
            beginEpoch(epoch, cursor);
            connection.moved(nanos.nanos());
          }
        });
    interruptReading();
  }

  private void dial(long cursor) {
    try {
      FrameConnection opened = transport.connect(from(cursor));
      open = opened;
      gate.connected(cursor);
      informed = false;
      link.catchUp.opened();
      connection.opened(nanos.nanos());
      if (opened.server().filter(relay::isRelay).isPresent()) {
        connection.ban("the host is a relay itself", nanos.nanos());
      }
    } catch (HandshakeException e) {
      long retryAfter = e.retryAfter().map(Duration::toNanos).orElse(0L);
      connection.dialRefused(message(e), retryAfter, nanos.nanos());
    } catch (IOException e) {
      connection.dialFailed(message(e), nanos.nanos());
    }
  }

  /** Without a cursor a host begins with what it says next (SC-41). */
  private URI from(long cursor) {
    return cursor < 0 ? stream : URI.create(stream + "?cursor=" + cursor);
  }

  private void read() throws InterruptedException {
    FrameConnection from = open;
    if (from == null) {
      connection.closed("gone", nanos.nanos());
      return;
    }
    try {
      link.catchUp.waits(nanos.nanos());
      FrameConnection.Arrival arrival = from.await();
      link.catchUp.waited(nanos.nanos(), arrival != FrameConnection.Arrival.CLOSED);
      switch (arrival) {
        case BINARY -> readBinary(from);
        case TEXT -> {
          from.discard();
          poison(DropReason.TEXT_MESSAGE, Bytes.EMPTY, "a text message");
        }
        case OVERSIZED -> {
          from.discard();
          poison(DropReason.FRAME_TOO_LARGE, Bytes.EMPTY, "a message that is too long");
        }
        case CLOSED -> hangUp(from.closeReason());
      }
    } catch (IOException e) {
      hangUp(message(e));
    }
  }

  private void readBinary(FrameConnection from) throws IOException, InterruptedException {
    int charge = from.announcedBytes();
    paused = true; // a pause is no sign of a dead host
    link.bytes.take(charge);
    paused = false;
    boolean submitted = false;
    try {
      Bytes message = from.read();
      if (message == null) {
        poison(DropReason.FRAME_TOO_LARGE, Bytes.EMPTY, "a message that is too long");
      } else {
        submitted = handle(message, charge);
      }
    } finally {
      if (!submitted) {
        link.bytes.giveBack(charge);
      }
    }
  }

  /** Handles a message; true if it went on as an event that keeps what it was charged. */
  private boolean handle(Bytes message, int charge) throws InterruptedException {
    Frame frame;
    try {
      frame = codec.decode(message);
    } catch (FrameException e) {
      poison(DropReason.of(e.fault()), message, e.fault().toString());
      return false;
    } catch (RuntimeException e) { // our mistake; a host must not be able to repeat it for ever
      LOG.error("host={}: decoding failed", link.hostname(), e);
      poison(DropReason.RELAY_FAULT, message, "the relay failed on it");
      return false;
    }
    switch (frame) {
      case Frame.Message(RepoEvent.Sequenced event) -> {
        if (admit(event.seq())) {
          return submit(event, charge);
        }
      }
      case Frame.Message(RepoEvent.InfoEvent info) -> {
        if (!informed && gate.isAtStart()) {
          informed = true;
          LOG.info("host={} info={}", link.hostname(), Text.bounded(info.name()));
          if (info.name().equals("OutdatedCursor")) {
            link.gapAt(relay.nextLogSeq());
          }
        }
        passOver();
      }
      case Frame.Invalid(long seq, var fault) -> {
        if (admit(seq)) {
          link.countDrop(DropReason.of(fault));
          link.cursor.end(link.cursor.begin(seq, relay.nextLogSeq()));
        }
      }
      case Frame.Unknown unknown -> {
        if (unknown.seq().isEmpty()) {
          passOver();
        } else if (admit(unknown.seq().getAsLong())) { // SC-25
          link.cursor.end(link.cursor.begin(unknown.seq().getAsLong(), relay.nextLogSeq()));
        }
      }
      case Frame.Error error -> errorFrame(error);
    }
    return false;
  }

  /** A message without a number costs its host as much of its rate as any. */
  private void passOver() throws InterruptedException {
    long now = nanos.nanos();
    gate.count(now);
    pause(gate.pauseNanos(now), now);
  }

  private boolean admit(long seq) throws InterruptedException {
    long now = nanos.nanos();
    return switch (gate.step(seq, now)) {
      case ADMIT -> {
        connection.progressed();
        if (link.cursor.isLive()) {
          join(seq);
        }
        pause(gate.pauseNanos(now), now);
        yield true;
      }
      case REPEATS_CURSOR -> false;
      case NOT_RISING -> {
        link.countDrop(DropReason.SEQ_NOT_RISING);
        pause(gate.pauseNanos(now), now);
        yield false;
      }
      case NEW_EPOCH -> {
        newEpoch("it began its numbers anew");
        yield false;
      }
    };
  }

  /**
   * The first number of a host that is joined in mid-stream. It is on disk before its frame goes
   * on: after a crash the host is asked for that frame, and not for what it says then.
   */
  private void join(long seq) throws InterruptedException {
    long before = Math.max(0, seq - 1);
    link.cursor.restart(link.cursor.epoch(), before);
    link.gapAt(relay.nextLogSeq());
    LOG.info("host={} joined at seq={}", link.hostname(), seq);
    if (!relay.joined(link, before, link.gap())) {
      throw new InterruptedException("the relay stops");
    }
  }

  private void pause(long pauseNanos, long now) throws InterruptedException {
    if (pauseNanos > 0 && !connection.throttled(pauseNanos, now)) {
      paused = true;
      sleep(now + pauseNanos);
      paused = false;
    }
  }

  private boolean submit(RepoEvent.Sequenced event, int charge) {
    long position = relay.nextLogSeq();
    endCatchUpBy(event.time());
    noteTime(event.time());
    long ticket = link.cursor.begin(event.seq(), position);
    UpstreamEvent upstream =
        new UpstreamEvent(
            link,
            link.cursor.epoch(),
            ticket,
            event,
            didKey.hash(event.did()),
            micros(clock.instant()),
            charge,
            position,
            link.isCatchingUp(nanos.nanos()));
    if (link.isReplayed(event.seq())) {
      upstream.dropped(DropReason.REPLAYED);
    } else {
      lanes.submit(upstream);
    }
    return true;
  }

  /** What was said just now is nothing that the host tells again, however busy it is. */
  private void endCatchUpBy(Bytes time) {
    Instant now = clock.instant();
    if (link.isCatchingUp(nanos.nanos())
        && AtDatetime.isValid(time.array(), time.offset(), time.length())
        && AtDatetime.decode(time.array(), time.offset(), time.length())
            .instant()
            .isAfter(now.minus(LIVE))) {
      link.catchUp.end();
    }
  }

  /** Looks at the time of an event once a second, which is enough to see how late a host is. */
  private void noteTime(Bytes time) {
    long now = nanos.nanos();
    if (now - timeNotedAt >= TIME_PACE
        && AtDatetime.isValid(time.array(), time.offset(), time.length())) {
      timeNotedAt = now;
      link.lastEventTime(AtDatetime.decode(time.array(), time.offset(), time.length()).instant());
    }
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  private void errorFrame(Frame.Error error) {
    LOG.info("host={} error={}", link.hostname(), Text.bounded(error.error()));
    if (error.error().equals("FutureCursor")) {
      newEpoch("it says that our cursor is in the future");
    } else {
      connection.errorFrame(Text.bounded(error.error()), nanos.nanos());
    }
  }

  private void newEpoch(String why) {
    if (connection.restarted(why, nanos.nanos())) {
      int epoch = link.cursor.epoch() + 1;
      LOG.warn("host={} epoch={}: {}", link.hostname(), epoch, why);
      relay.newEpoch(link, epoch);
      beginEpoch(epoch, 0);
    }
  }

  private void beginEpoch(int epoch, long cursor) {
    link.cursor.restart(epoch, cursor);
    link.gapAt(relay.nextLogSeq());
    link.catchUp.begin();
    link.forgetReplayed();
  }

  private void poison(DropReason drop, Bytes message, String why) throws InterruptedException {
    long now = nanos.nanos();
    gate.count(now);
    link.countDrop(drop);
    if (!message.isEmpty()) {
      lastPoison =
          Bytes.wrap(message.slice(0, Math.min(message.length(), KEPT_POISON_BYTES)).toByteArray());
    }
    connection.poisoned(why, now);
    pause(gate.pauseNanos(now), now);
  }

  private void hangUp(String why) {
    FrameConnection gone = open;
    open = null;
    link.catchUp.waited(nanos.nanos(), false);
    if (gone != null) {
      gone.close();
    }
    connection.closed(why, nanos.nanos());
  }

  /** Tells the relay, which makes it durable, when the host came to stand differently. */
  private void report() {
    HostConnection.Snapshot now = connection.snapshot();
    if (now.status() != reported) {
      reported = now.status();
      LOG.info("host={} status={} reason={}", link.hostname(), now.status().wire(), now.reason());
      relay.statusChanged(link, now.status(), now.reason());
    }
  }

  private void sleep(long until) throws InterruptedException {
    lock.lock();
    try {
      long left =
          until == HostConnection.FOREVER
              ? LONGEST_SLEEP
              : Math.min(until - nanos.nanos(), LONGEST_SLEEP);
      while (!wake && orders.isEmpty() && left > 0) {
        left = woken.awaitNanos(left);
      }
      if (wake) {
        wake = false;
        connection.wake(nanos.nanos());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Has the host tried at once. For any thread. */
  void wake() {
    lock.lock();
    try {
      wake = true;
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Checks that the host still lives: asks it, or gives up. For a timer's thread; may block on a
   * write.
   */
  void checkLife(long pingNanos, long deadNanos) {
    FrameConnection now = open;
    if (now == null || paused) {
      return;
    }
    long silent = nanos.nanos() - now.heardNanos();
    if (silent > deadNanos) {
      now.abort();
    } else if (silent > pingNanos) {
      try {
        now.ping();
      } catch (IOException e) {
        now.abort();
      }
    }
  }

  /** Breaks what the thread waits for; the thread must be interrupted too. */
  void abort() {
    connection.stop();
    FrameConnection now = open;
    if (now != null) {
      now.abort();
    }
  }

  HostConnection.Snapshot snapshot() {
    return connection.snapshot();
  }

  /** The beginning of the last message that was none, for the operator. */
  Bytes lastPoison() {
    return lastPoison;
  }

  private static String message(IOException e) {
    String message = e.getMessage();
    return Text.bounded(message == null ? e.getClass().getSimpleName() : message);
  }
}
