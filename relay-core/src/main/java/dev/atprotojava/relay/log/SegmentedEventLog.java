// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.relay.outbound.EventLog;
import dev.atprotojava.relay.outbound.OutboundEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log as segment files, appended by one thread.
 *
 * <p>A batch is laid out once, in the memory that consumers will read it from; written to the
 * newest segment with one call a slab; forced, if the policy says so; and only then published.
 * Numbers are reserved on disk in blocks before they are given out, so none is ever given twice,
 * whatever is lost.
 *
 * <p>A write or a force that fails is the end: what is on disk is then unknown, and trying again
 * would hide it. The exception is fatal and every later call throws it again.
 *
 * <p>Methods of {@link EventLog} that change something, {@link #retain} and {@link #close} belong
 * to the appender's thread; all others may be called by any.
 *
 * <p>Numbers are durable before anybody sees them (RL-10); the window is bounded by time and bytes
 * (RL-12).
 */
public final class SegmentedEventLog implements EventLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedEventLog.class);

  private final LogStorage storage;
  private final LogOptions options;
  private final InstantSource clock;
  private final LiveTail tail;
  private final SeqReservation reservation;
  private final RecordWriter writer;

  private final HiddenAccounts hidden = new HiddenAccounts();

  /** Held while a segment leaves or is replaced, so that none comes back that has left. */
  private final ReentrantLock replacing = new ReentrantLock();

  private volatile boolean rollAsked;
  private volatile List<Segment> segments;
  private volatile long nextSeq;
  private volatile long durableSeq;
  private volatile @Nullable RelayException failure;
  private final long holes;

  // Owned by the appender.
  private LogFile file;
  private SegmentIndex index;
  private Segment newest;
  private long fileEnd;
  private long writtenSeq;
  private long lastMicros;
  private long reservedUntil;
  private boolean closed;
  private final List<Region> regions = new ArrayList<>();

  /** A stretch of a slab that was written to the file and is to be published. */
  private record Region(Slab slab, int end, long lastSeq, long fileEnd) {}

  private SegmentedEventLog(
      LogStorage storage,
      LogOptions options,
      InstantSource clock,
      LiveTail tail,
      SeqReservation reservation,
      LogRecovery recovered)
      throws IOException {
    this.storage = storage;
    this.options = options;
    this.clock = clock;
    this.tail = tail;
    this.reservation = reservation;
    this.writer = new RecordWriter(RecordLayout.mark(reservation.didKeyId()));
    this.segments = List.copyOf(recovered.segments());
    this.holes = recovered.holes();
    this.lastMicros = recovered.lastMicros();
    this.nextSeq =
        Math.max(
            Math.max(recovered.lastSeq() + 1, reservation.reservedUntil()),
            Math.max(options.initialSeq(), LogOptions.LOWEST_SEQ));
    this.writtenSeq = segments.isEmpty() ? nextSeq - 1 : recovered.lastSeq();
    this.durableSeq = writtenSeq;
    tail.begin(writtenSeq); // and not what was given out: nothing that is there lies between
    this.reservedUntil = nextSeq + SeqReservation.BLOCK;
    reservation.reserve(reservedUntil);
    Active active = openNewest(recovered);
    this.file = active.file;
    this.index = active.index;
    this.newest = active.segment;
    this.fileEnd = active.end;
  }

  /**
   * Opens the log of a storage, or begins one in an empty one.
   *
   * @param didKeyId the id of the key that DIDs are hashed with; also what marks records, so nobody
   *     outside may know it
   * @throws RelayException if the storage holds something else, or a log of another relay or
   *     version
   */
  public static SegmentedEventLog open(
      LogStorage storage, LogOptions options, long didKeyId, InstantSource clock, LiveTail tail) {
    try {
      List<String> names = storage.list();
      SeqReservation reservation =
          names.contains(SeqReservation.FILE)
              ? SeqReservation.open(storage, didKeyId)
              : SeqReservation.create(storage, names, didKeyId);
      LogRecovery recovered = LogRecovery.run(storage, names, didKeyId);
      return new SegmentedEventLog(storage, options, clock, tail, reservation, recovered);
    } catch (IOException e) {
      throw RelayException.fatal("the event log cannot be opened: " + e, e);
    }
  }

  /** True if a storage holds a log of ours. */
  public static boolean exists(LogStorage storage) throws IOException {
    return storage.list().contains(SeqReservation.FILE);
  }

  /** The newest segment, open for appending. */
  private record Active(LogFile file, Segment segment, SegmentIndex index, long end) {}

  private Active openNewest(LogRecovery recovered) throws IOException {
    if (segments.isEmpty()) {
      return createSegment();
    }
    Segment segment = segments.getLast();
    LogFile open = storage.open(segment.fileName);
    return new Active(open, segment, recovered.newestIndex(), segment.end());
  }

  private Active createSegment() throws IOException {
    SegmentLayout.Header header =
        new SegmentLayout.Header(nextSeq, reservation.didKeyId(), micros());
    LogFile created = storage.create(SegmentLayout.fileName(header.firstSeq()));
    try {
      created.append(SegmentLayout.encode(header));
      created.force();
      storage.syncDirectory();
    } catch (IOException e) {
      created.close();
      throw e;
    }
    SegmentIndex empty = new SegmentIndex();
    Segment segment = new Segment(header, empty, SegmentLayout.HEADER);
    List<Segment> next = new ArrayList<>(segments);
    next.add(segment);
    segments = List.copyOf(next);
    return new Active(created, segment, empty, SegmentLayout.HEADER);
  }

  @Override
  public long append(List<OutboundEvent> batch) {
    requireHealthy();
    try {
      if (fileEnd >= options.segmentBytes()) {
        roll();
      }
      long first = nextSeq;
      if (first + batch.size() > reservedUntil) {
        reserve();
      }
      write(batch, first);
      nextSeq = first + batch.size();
      if (options.fsync() == FsyncPolicy.BATCH) {
        file.force();
        durableSeq = writtenSeq;
      }
      publish();
      return first;
    } catch (IOException | RuntimeException | Error e) {
      throw fail("the event log cannot be written: " + e, e);
    }
  }

  /** Lays the events out in slabs and writes each stretch to the file as it is full. */
  private void write(List<OutboundEvent> batch, long first) throws IOException {
    Slab slab = null;
    int from = 0;
    long seq = first;
    for (OutboundEvent event : batch) {
      requireSize(event);
      Slab next = tail.slabFor(RecordLayout.size(event.frameLength()));
      if (next != slab) {
        flush(slab, from);
        slab = next;
        from = slab.written;
      }
      lastMicros = Math.max(lastMicros, event.receivedMicros());
      index.add(seq, fileEnd + slab.written - from);
      writer.put(slab, event, seq, lastMicros);
      writtenSeq = seq++;
    }
    flush(slab, from);
  }

  /** What no reader would take for a record must not be written as one. */
  private static void requireSize(OutboundEvent event) {
    if (event.frameLength() > RecordLayout.MAX_FRAME) {
      throw new IllegalArgumentException(
          "frame of " + event.frameLength() + " bytes, limit " + RecordLayout.MAX_FRAME);
    }
  }

  private void flush(@Nullable Slab slab, int from) throws IOException {
    if (slab != null && slab.written > from) {
      file.append(slab.view(from, slab.written));
      fileEnd += slab.written - from;
      regions.add(new Region(slab, slab.written, writtenSeq, fileEnd));
    }
  }

  private void publish() {
    for (Region region : regions) {
      newest.extend(region.fileEnd);
      tail.publish(region.slab, region.end, region.lastSeq);
    }
    regions.clear();
    tail.announce();
  }

  @Override
  public void force() {
    requireHealthy();
    if (durableSeq < writtenSeq) {
      try {
        file.force();
        durableSeq = writtenSeq;
      } catch (IOException e) {
        throw fail("the event log cannot be forced to disk: " + e, e);
      }
    }
  }

  private void roll() throws IOException {
    file.force();
    durableSeq = writtenSeq;
    index.save(storage, newest.firstSeq, fileEnd);
    newest.seal();
    file.close();
    Active active = createSegment();
    file = active.file;
    index = active.index;
    newest = active.segment;
    fileEnd = active.end;
  }

  /** Asks the appender to seal the newest segment. For any thread. */
  void askToRoll() {
    rollAsked = true;
  }

  /** Seals the newest segment, if somebody asked for it. For the appender. */
  public void rollIfAsked() {
    if (!rollAsked) {
      return;
    }
    rollAsked = false;
    if (fileEnd == SegmentLayout.HEADER) {
      return; // there is nothing to seal
    }
    requireHealthy();
    try {
      roll();
    } catch (IOException e) {
      throw fail("the event log cannot be written: " + e, e);
    }
  }

  private void reserve() throws IOException {
    reservedUntil = nextSeq + SeqReservation.BLOCK;
    reservation.reserve(reservedUntil);
  }

  private long micros() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  private void requireHealthy() {
    RelayException known = failure;
    if (known != null) {
      throw known;
    }
  }

  private RelayException fail(String message, Throwable cause) {
    RelayException fatal = RelayException.fatal(message, cause);
    failure = fatal;
    return fatal;
  }

  @Override
  public long durableSeq() {
    return durableSeq;
  }

  @Override
  public long nextSeq() {
    return nextSeq;
  }

  /** How often a host began its numbers anew. */
  public int epoch(int hostId) {
    return reservation.epoch(hostId);
  }

  /** Makes durable how often a host began its numbers anew. May be called by any thread. */
  public void setEpoch(int hostId, int epoch) {
    requireHealthy();
    try {
      reservation.setEpoch(hostId, epoch);
    } catch (IOException e) {
      throw fail("the epochs of hosts cannot be written: " + e, e);
    }
  }

  /** The lowest number that may still be in the window: a cursor further back is outdated. */
  public long oldestSeq() {
    return segments.getFirst().firstSeq;
  }

  /** The stretches of damage that the start found in the newest segment, and passes over. */
  public long holes() {
    return holes;
  }

  /** The bytes of all segments. */
  public long bytes() {
    long bytes = 0;
    for (Segment segment : segments) {
      bytes += segment.end();
    }
    return bytes;
  }

  /** The segments, the oldest first; at least one. */
  List<Segment> segments() {
    return segments;
  }

  LogStorage storage() {
    return storage;
  }

  /** The accounts whose content readers do not get. */
  public HiddenAccounts hidden() {
    return hidden;
  }

  /**
   * Puts a file in the place of a sealed segment with the same records, unless that has left. Not
   * durable before the directory is. For any thread.
   */
  void replace(Segment segment, String file) throws IOException {
    replacing.lock();
    try {
      if (segments.contains(segment)) {
        storage.rename(file, segment.fileName);
      }
    } finally {
      replacing.unlock();
    }
  }

  /**
   * Deletes the segments that are too old or too many; never the newest. Does nothing at a moment
   * at which one of them is replaced.
   */
  public void retain() {
    requireHealthy();
    if (!replacing.tryLock()) {
      return;
    }
    try {
      long limit =
          options.retainBytes() > 0 ? options.retainBytes() : storage.volumeBytes() / 10 * 6;
      long oldest = clock.instant().getEpochSecond() - options.window().toSeconds();
      long bytes = bytes();
      List<Segment> kept = new ArrayList<>(segments);
      while (kept.size() > 1 && (bytes > limit || kept.get(1).createdMicros / 1_000_000 < oldest)) {
        Segment gone = kept.removeFirst();
        bytes -= gone.end();
        segments = List.copyOf(kept); // readers stop opening it before it is gone
        storage.delete(gone.fileName);
        storage.delete(SegmentIndex.fileName(gone.firstSeq));
        storage.syncDirectory(); // else a power loss could bring this one back and not the next
        LOG.info("segment={} state=deleted", gone.fileName);
      }
    } catch (IOException e) {
      throw fail("old segments cannot be deleted: " + e, e);
    } finally {
      replacing.unlock();
    }
  }

  /** Ends the log in good order: the next start goes on with the next number. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (LogFile closing = file) {
      if (failure == null) {
        closing.force();
        durableSeq = writtenSeq;
        reservation.release(nextSeq);
      }
    } catch (IOException e) {
      throw fail("the event log cannot be closed: " + e, e);
    }
  }
}
