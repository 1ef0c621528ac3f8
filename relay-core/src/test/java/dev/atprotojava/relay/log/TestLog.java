// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.outbound.OutboundEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A log on a {@link MemoryStorage} with a clock that the test moves. */
final class TestLog implements AutoCloseable {
  static final long KEY_ID = Events.KEY.id();

  /** A clock that stands until it is moved. */
  static final class Clock implements InstantSource {
    private volatile Instant now = Instant.parse("2024-06-01T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    void advance(Duration by) {
      now = now.plus(by);
    }

    long micros() {
      return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
  }

  final MemoryStorage storage;
  final Clock clock;
  final LiveTail tail;
  final SegmentedEventLog log;
  final ColdReader reader;

  TestLog(MemoryStorage storage, LogOptions options) {
    this(storage, options, new Clock(), new LiveTail(1 << 20, 1 << 16));
  }

  TestLog(MemoryStorage storage, LogOptions options, Clock clock, LiveTail tail) {
    this.storage = storage;
    this.clock = clock;
    this.tail = tail;
    this.log = SegmentedEventLog.open(storage, options, KEY_ID, clock, tail);
    this.reader = new ColdReader(log, Runnable::run, 1 << 22);
  }

  static LogOptions options(FsyncPolicy fsync, long segmentBytes) {
    return new LogOptions(fsync, segmentBytes, Duration.ofDays(3), 0, LogOptions.LOWEST_SEQ);
  }

  static LogOptions batch() {
    return options(FsyncPolicy.BATCH, 1 << 20);
  }

  long append(OutboundEvent... events) {
    return log.append(List.of(events));
  }

  /** Appends one small event. */
  long append() {
    return append(Events.identity(1, 10));
  }

  @Override
  public void close() {
    log.close();
  }
}
