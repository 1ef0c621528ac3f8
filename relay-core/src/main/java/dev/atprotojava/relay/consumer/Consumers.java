// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import dev.atprotojava.relay.log.ColdReader;
import dev.atprotojava.relay.log.LiveTail;
import dev.atprotojava.relay.log.LogView;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.NanoClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** All consumers: opens their sessions, wakes them when there is more, and knows why they ended. */
public final class Consumers implements LiveTail.Listener {
  private static final int MAX_FRAMES = 128;
  private static final int KEPT_ENDINGS = 100;

  /**
   * Who a consumer is.
   *
   * @param address its network address
   * @param userAgent what it calls itself; bounded in length
   */
  public record Peer(String address, String userAgent) {}

  /**
   * A consumer at one moment.
   *
   * @param id of the connection
   * @param peer who it is
   * @param connectedAt since when
   * @param position the number of the last event that was written to it
   * @param frames how many events were written to it
   * @param bytes how many bytes were
   * @param eventsPerSecond how many events a second were, lately
   */
  public record Row(
      long id,
      Peer peer,
      Instant connectedAt,
      long position,
      long frames,
      long bytes,
      long eventsPerSecond) {}

  /** A consumer that is gone, and why. */
  public record Ending(Row row, EndReason reason, Instant at) {}

  private record Open(ConsumerSession session, Peer peer, Instant connectedAt) {
    Row row() {
      return new Row(
          session.id(),
          peer,
          connectedAt,
          session.position(),
          session.frames(),
          session.bytes(),
          session.eventsPerSecond());
    }
  }

  private final SegmentedEventLog log;
  private final LiveTail tail;
  private final ColdReader files;
  private final InstantSource clock;
  private final NanoClock nanos;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, Open> open = new ConcurrentHashMap<>();
  private final Map<ConsumerLoop, ConsumerGroup> groups = new ConcurrentHashMap<>();
  private final AtomicLongArray endings = new AtomicLongArray(EndReason.values().length);
  private final AtomicLong framesOfEnded = new AtomicLong();
  private final AtomicLong bytesOfEnded = new AtomicLong();
  private final Deque<Ending> lastEndings = new ArrayDeque<>();

  public Consumers(
      SegmentedEventLog log,
      LiveTail tail,
      ColdReader files,
      InstantSource clock,
      NanoClock nanos) {
    this.log = log;
    this.tail = tail;
    this.files = files;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Begins a session. To be called on the loop's thread; what the consumer sends must go to {@link
   * ConsumerSession#received}, and its going to {@link ConsumerSession#disconnected}.
   */
  public ConsumerSession open(Cursor cursor, Peer peer, ConsumerSink sink, ConsumerLoop loop) {
    long oldest = log.oldestSeq();
    long next = log.nextSeq();
    long after =
        switch (cursor) {
          case Cursor.Live _ -> tail.lastSeq();
          case Cursor.Oldest _ -> oldest - 1;
          case Cursor.After(long seq) -> Math.max(oldest - 1, Math.min(seq, next - 1));
        };
    ConsumerGroup group =
        groups.computeIfAbsent(loop, newLoop -> new ConsumerGroup(newLoop, nanos));
    ConsumerSession session =
        new ConsumerSession(
            ids.incrementAndGet(),
            sink,
            loop,
            new LogView(tail, files, after, MAX_FRAMES),
            nanos,
            this::ended);
    open.put(session.id(), new Open(session, peer, clock.instant()));
    group.add(session);
    if (cursor instanceof Cursor.After(long seq)) {
      if (seq >= next) {
        session.end(EndReason.FUTURE_CURSOR);
      } else if (seq < oldest - 1) {
        session.say(StreamFrames.info("OutdatedCursor", "the window begins behind the cursor"));
      }
    }
    session.pump();
    return session;
  }

  @Override
  public void published() {
    for (ConsumerGroup group : groups.values()) {
      group.wake();
    }
  }

  private void ended(ConsumerSession session, EndReason reason) {
    Open gone = open.remove(session.id());
    ConsumerGroup group = groups.get(session.loop());
    if (group != null) {
      group.remove(session);
    }
    endings.incrementAndGet(reason.ordinal());
    framesOfEnded.addAndGet(session.frames());
    bytesOfEnded.addAndGet(session.bytes());
    if (gone != null) {
      synchronized (lastEndings) {
        lastEndings.addLast(new Ending(gone.row(), reason, clock.instant()));
        if (lastEndings.size() > KEPT_ENDINGS) {
          lastEndings.removeFirst();
        }
      }
    }
  }

  /** The consumers that are connected. */
  public List<Row> list() {
    List<Row> rows = new ArrayList<>();
    open.values().forEach(each -> rows.add(each.row()));
    return rows;
  }

  /** The last of those that are gone. */
  public List<Ending> lastEndings() {
    synchronized (lastEndings) {
      return List.copyOf(lastEndings);
    }
  }

  /** How many are connected. */
  public int count() {
    return open.size();
  }

  /** How many ended for a reason, since the start. */
  public long endings(EndReason reason) {
    return endings.get(reason.ordinal());
  }

  /** How many events were written to all consumers together, since the start. */
  public long framesSent() {
    long frames = framesOfEnded.get();
    for (Open each : open.values()) {
      frames += each.session.frames();
    }
    return frames;
  }

  /** How many bytes were written to all consumers together, since the start. */
  public long bytesSent() {
    long bytes = bytesOfEnded.get();
    for (Open each : open.values()) {
      bytes += each.session.bytes();
    }
    return bytes;
  }

  /**
   * Ends a session at the operator's word, on its thread; the consumer is told why.
   *
   * @return the consumer as it was; empty if it is not there
   */
  public Optional<Row> disconnect(long id) {
    Open found = open.get(id);
    if (found == null) {
      return Optional.empty();
    }
    Row row = found.row();
    end(found.session, EndReason.KICKED);
    return Optional.of(row);
  }

  /** Ends all sessions, each on its thread. */
  public void close() {
    for (Open each : open.values()) {
      end(each.session, EndReason.SHUTDOWN);
    }
  }

  private static void end(ConsumerSession session, EndReason reason) {
    session
        .loop()
        .execute(
            () -> {
              session.end(reason);
              session.pump();
            });
  }
}
