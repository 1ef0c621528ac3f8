// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.outbound.OutboundEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** A real log in memory for tests of those who read it, with what each of them must get. */
public final class MemoryLog {
  private static final int SLAB = 1 << 12;

  private final MemoryStorage storage;
  private final TestLog log;
  private final ColdReader reader;
  private final SortedMap<Long, Bytes> messages;

  /**
   * A log of small segments and a small tail.
   *
   * @param retainBytes how much stays
   * @param files where files are read
   */
  public MemoryLog(long retainBytes, Executor files) {
    this(new MemoryStorage(), retainBytes, files, new TreeMap<>());
  }

  private MemoryLog(
      MemoryStorage storage, long retainBytes, Executor files, SortedMap<Long, Bytes> messages) {
    this.storage = storage;
    this.messages = messages;
    this.log =
        new TestLog(
            storage,
            new LogOptions(
                FsyncPolicy.NEVER, 1 << 14, Duration.ofDays(3), retainBytes, LogOptions.LOWEST_SEQ),
            new TestLog.Clock(),
            new LiveTail(4 * SLAB, SLAB));
    this.reader = new ColdReader(log.log, files, 1 << 16);
  }

  /** The same log after the process died: there is a gap in its numbers. */
  public MemoryLog afterKill(Executor files) {
    return new MemoryLog(storage.afterKill(), 1 << 30, files, new TreeMap<>(messages));
  }

  /** Appends {@code #identity} events with fillers of these lengths, in one batch. */
  public void append(int... fillers) {
    List<OutboundEvent> batch = new ArrayList<>();
    for (int filler : fillers) {
      batch.add(Events.identity(messages.size() + batch.size() + 1L, filler));
    }
    long seq = log.log.append(batch);
    for (OutboundEvent event : batch) {
      messages.put(seq, Events.message(event, seq));
      seq++;
    }
  }

  /** Deletes what there is no room for. */
  public void retain() {
    log.log.retain();
  }

  public SegmentedEventLog log() {
    return log.log;
  }

  public LiveTail tail() {
    return log.tail;
  }

  public ColdReader reader() {
    return reader;
  }

  /** The WebSocket messages that whoever is behind a number must get. */
  public List<Bytes> messagesAfter(long seq) {
    return List.copyOf(messages.tailMap(seq + 1).values());
  }

  /** The numbers of all events. */
  public List<Long> seqs() {
    return List.copyOf(messages.keySet());
  }

  /** How many pieces of the tail are in memory because somebody reads them or may. */
  public int slabsInUse() {
    return log.tail.slabs() - log.tail.freeSlabs();
  }
}
