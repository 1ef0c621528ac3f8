// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.relay.outbound.EventLog;
import dev.atprotojava.relay.outbound.OutboundEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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
 */
public final class SegmentedEventLog implements EventLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedEventLog.class);
  private static final int SEQ_HEAD = 0x1b; // CBOR: an unsigned integer of eight bytes

  private final LogStorage storage;
  private final LogOptions options;
  private final InstantSource clock;
  private final LiveTail tail;
  private final SeqReservation reservation;
  private final long didKeyId;

  private volatile List<Segment> segments;
  private volatile long nextSeq;
  private volatile long durableSeq;
  private volatile long holes;

  // Owned by the appender.
  private LogFile file;
  private SegmentIndex index;
  private Segment newest;
  private long fileEnd;
  private long lastMicros;
  private long reservedUntil;
  private final List<Region> regions = new ArrayList<>();
  private @Nullable RelayException failure;

  /** A stretch of a slab that was written to the file and is to be published. */
  private record Region(Slab slab, int end, long lastSeq, long fileEnd) {}

  private SegmentedEventLog(
      LogStorage storage,
      LogOptions options,
      InstantSource clock,
      LiveTail tail,
      SeqReservation reservation,
      long didKeyId,
      Recovered recovered)
      throws IOException {
    this.storage = storage;
    this.options = options;
    this.clock = clock;
    this.tail = tail;
    this.reservation = reservation;
    this.didKeyId = didKeyId;
    this.segments = List.copyOf(recovered.segments);
    this.holes = recovered.holes;
    this.lastMicros = recovered.lastMicros;
    this.nextSeq =
        Math.max(
            Math.max(recovered.lastSeq + 1, reservation.reservedUntil()),
            Math.max(options.initialSeq(), LogOptions.LOWEST_SEQ));
    this.durableSeq = recovered.lastSeq;
    tail.begin(nextSeq - 1);
    this.reservedUntil = nextSeq + SeqReservation.BLOCK;
    reservation.reserve(reservedUntil);
    Active active = openNewest(recovered);
    this.file = active.file;
    this.index = active.index;
    this.newest = active.segment;
    this.fileEnd = active.end;
  }

  /** What was found on disk. */
  private static final class Recovered {
    final List<Segment> segments = new ArrayList<>();
    SegmentIndex newestIndex = new SegmentIndex();
    long lastSeq;
    long lastMicros;
    long holes;
  }

  /**
   * Opens the log of a storage, or begins one in an empty one.
   *
   * @param didKeyId the id of the key that DIDs are hashed with
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
              : createReservation(storage, names, didKeyId);
      Recovered recovered = recover(storage, names, didKeyId, clock);
      return new SegmentedEventLog(storage, options, clock, tail, reservation, didKeyId, recovered);
    } catch (IOException e) {
      throw RelayException.fatal("the event log cannot be opened: " + e.getMessage(), e);
    }
  }

  /** True if a storage holds a log of ours. */
  public static boolean exists(LogStorage storage) throws IOException {
    return storage.list().contains(SeqReservation.FILE);
  }

  private static SeqReservation createReservation(
      LogStorage storage, List<String> names, long didKeyId) {
    for (String name : names) {
      if (!name.equals(SeqReservation.FILE + ".new")) {
        throw RelayException.refused(
            "the directory for the event log has other files in it ("
                + name
                + "). Give an empty one by RELAY_PERSIST_DIR; to take over the data of another"
                + " relay use import-indigo.");
      }
    }
    return SeqReservation.create(storage, didKeyId);
  }

  private static Recovered recover(
      LogStorage storage, List<String> names, long didKeyId, InstantSource clock)
      throws IOException {
    TreeMap<Long, String> files = new TreeMap<>();
    for (String name : names) {
      long firstSeq = SegmentLayout.firstSeqOf(name);
      if (firstSeq >= 0) {
        files.put(firstSeq, name);
      }
    }
    Recovered recovered = new Recovered();
    for (var entry : files.entrySet()) {
      boolean last = entry.getKey().equals(files.lastKey());
      try (LogFile file = storage.open(entry.getValue())) {
        if (last) {
          recoverNewest(entry.getKey(), file, didKeyId, clock, recovered);
        } else {
          SegmentLayout.Header header = readHeader(file, entry.getValue(), didKeyId);
          recovered.segments.add(
              new Segment(entry.getKey(), null, file.size(), header.createdMicros()));
        }
      }
    }
    return recovered;
  }

  private static void recoverNewest(
      long firstSeq, LogFile file, long didKeyId, InstantSource clock, Recovered recovered)
      throws IOException {
    String name = SegmentLayout.fileName(firstSeq);
    recovered.lastSeq = firstSeq - 1;
    if (file.size() < SegmentLayout.HEADER) {
      // The crash came between creating the file and forcing its header; no record can be in it.
      LOG.info("segment={} state=empty", name);
      file.truncate(0);
      file.append(
          SegmentLayout.encode(new SegmentLayout.Header(firstSeq, didKeyId, micros(clock))));
      file.force();
    }
    SegmentLayout.Header header = readHeader(file, name, didKeyId);
    long end =
        new SegmentScan(file)
            .run(
                SegmentLayout.HEADER,
                firstSeq - 1,
                new SegmentScan.Visitor() {
                  @Override
                  public void record(ByteBuffer buffer, int at, long offset) {
                    recovered.lastSeq = RecordLayout.seqAt(buffer, at);
                    recovered.lastMicros = buffer.getLong(at + RecordLayout.RECEIVED);
                    recovered.newestIndex.add(recovered.lastSeq, offset);
                  }

                  @Override
                  public void hole(long fromOffset, long toOffset) {
                    recovered.holes++;
                    LOG.error(
                        "segment={} damaged from={} to={}: these records are lost",
                        name,
                        fromOffset,
                        toOffset);
                  }
                });
    if (end < file.size()) {
      LOG.info("segment={} torn tail of {} bytes cut", name, file.size() - end);
      file.truncate(end);
      file.force();
    }
    recovered.segments.add(
        new Segment(firstSeq, recovered.newestIndex, end, header.createdMicros()));
  }

  private static SegmentLayout.Header readHeader(LogFile file, String name, long didKeyId)
      throws IOException {
    ByteBuffer in = ByteBuffer.allocate(SegmentLayout.HEADER).order(ByteOrder.LITTLE_ENDIAN);
    file.read(in, 0);
    SegmentLayout.Header header;
    try {
      header = SegmentLayout.decode(in.flip(), name);
    } catch (SegmentDamagedException e) {
      throw RelayException.refused(
          e.getMessage()
              + ". Check the disk; if the file cannot be restored, move it away: its events are"
              + " then missing from the window.");
    }
    if (header.didKeyId() != didKeyId) {
      throw RelayException.refused(
          "the database and "
              + name
              + " are not of the same relay: DIDs are hashed with different keys. Restore the"
              + " database that belongs to this log.");
    }
    return header;
  }

  /** The newest segment, open for appending. */
  private record Active(LogFile file, Segment segment, SegmentIndex index, long end) {}

  private Active openNewest(Recovered recovered) throws IOException {
    if (segments.isEmpty()) {
      return createSegment();
    }
    Segment segment = segments.getLast();
    LogFile open = storage.open(segment.fileName);
    return new Active(open, segment, recovered.newestIndex, open.size());
  }

  private Active createSegment() throws IOException {
    long firstSeq = nextSeq;
    LogFile created = storage.create(SegmentLayout.fileName(firstSeq));
    created.append(
        SegmentLayout.encode(new SegmentLayout.Header(firstSeq, didKeyId, micros(clock))));
    created.force();
    storage.syncDirectory();
    SegmentIndex empty = new SegmentIndex();
    Segment segment = new Segment(firstSeq, empty, SegmentLayout.HEADER, micros(clock));
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
        durableSeq = nextSeq - 1;
      }
      publish();
      return first;
    } catch (IOException e) {
      throw fail("the event log cannot be written: " + e.getMessage(), e);
    }
  }

  /** Lays the events out in slabs and writes each stretch to the file as it is full. */
  private void write(List<OutboundEvent> batch, long first) throws IOException {
    lastMicros = Math.max(lastMicros, micros(clock));
    Slab slab = null;
    int from = 0;
    long seq = first;
    for (OutboundEvent event : batch) {
      int size = RecordLayout.size(event.frameLength());
      Slab next = tail.slabFor(size);
      if (next != slab) {
        flush(slab, from, seq - 1);
        slab = next;
        from = slab.written;
      }
      index.add(seq, fileEnd + slab.written - from);
      put(slab.memory, slab.written, event, seq++);
      slab.written += size;
    }
    flush(slab, from, seq - 1);
  }

  private void flush(@Nullable Slab slab, int from, long seq) throws IOException {
    if (slab != null && slab.written > from) {
      file.append(slab.memory.slice(from, slab.written - from));
      fileEnd += slab.written - from;
      regions.add(new Region(slab, slab.written, seq, fileEnd));
    }
  }

  private void put(ByteBuffer out, int at, OutboundEvent event, long seq) {
    int frameLength = event.frameLength();
    int wsHeader = RecordLayout.wsHeaderLength(frameLength);
    int length = RecordLayout.PAYLOAD - RecordLayout.SEQ + wsHeader + frameLength;
    out.putInt(at + RecordLayout.LENGTH, length);
    out.putLong(at + RecordLayout.SEQ, seq);
    out.putLong(at + RecordLayout.RECEIVED, lastMicros);
    RecordHeader.put(out, at, event);
    out.put(at + RecordLayout.WS_HEADER, (byte) wsHeader);
    int payload = at + RecordLayout.PAYLOAD;
    RecordLayout.putWsHeader(out, payload, frameLength);
    putFrame(out, payload + wsHeader, event, seq);
    int end = at + RecordLayout.SEQ + length;
    for (int i = end; i < at + RecordLayout.size(frameLength); i++) {
      out.put(i, (byte) 0);
    }
    out.putInt(at + RecordLayout.CRC, RecordLayout.crc(out, at));
  }

  /** The frame as it came, with our number in the place of the host's. */
  private static void putFrame(ByteBuffer out, int at, OutboundEvent event, long seq) {
    var frame = event.frame();
    byte[] source = frame.bytes().array();
    int start = frame.bytes().offset();
    int before = frame.seqOffset();
    out.put(at, source, start, before);
    int number = at + before;
    out.put(number, (byte) SEQ_HEAD);
    for (int i = 0; i < 8; i++) {
      out.put(number + 1 + i, (byte) (seq >>> (56 - 8 * i)));
    }
    int after = before + frame.seqLength();
    out.put(
        number + OutboundEvent.SEQ_LENGTH, source, start + after, frame.bytes().length() - after);
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
    if (durableSeq < nextSeq - 1) {
      try {
        file.force();
        durableSeq = nextSeq - 1;
      } catch (IOException e) {
        throw fail("the event log cannot be forced to disk: " + e.getMessage(), e);
      }
    }
  }

  private void roll() throws IOException {
    file.force();
    durableSeq = nextSeq - 1;
    index.save(storage, newest.firstSeq);
    newest.seal();
    file.close();
    Active active = createSegment();
    file = active.file;
    index = active.index;
    newest = active.segment;
    fileEnd = active.end;
  }

  private void reserve() throws IOException {
    reservedUntil = nextSeq + SeqReservation.BLOCK;
    reservation.reserve(reservedUntil);
  }

  private static long micros(InstantSource clock) {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  private void requireHealthy() {
    if (failure != null) {
      throw failure;
    }
  }

  private RelayException fail(String message, IOException cause) {
    failure = RelayException.fatal(message, cause);
    return failure;
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
    try {
      reservation.setEpoch(hostId, epoch);
    } catch (IOException e) {
      throw RelayException.fatal("the epochs of hosts cannot be written: " + e.getMessage(), e);
    }
  }

  /** The lowest number that may still be in the window: a cursor further back is outdated. */
  public long oldestSeq() {
    return segments.getFirst().firstSeq;
  }

  /** The number of stretches of damage that were found and passed over. */
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

  /** Deletes the segments that are too old or too many. */
  public void retain() {
    requireHealthy();
    try {
      long limit =
          options.retainBytes() > 0 ? options.retainBytes() : storage.volumeBytes() / 10 * 6;
      long oldest = micros(clock) - options.window().toNanos() / 1000;
      long bytes = bytes();
      List<Segment> kept = new ArrayList<>(segments);
      while (kept.size() > 1 && (bytes > limit || kept.get(1).createdMicros < oldest)) {
        Segment gone = kept.removeFirst();
        bytes -= gone.end();
        segments = List.copyOf(kept); // readers stop opening it before it is gone
        storage.delete(gone.fileName);
        storage.delete(SegmentIndex.fileName(gone.firstSeq));
        LOG.info("segment={} state=deleted", gone.fileName);
      }
    } catch (IOException e) {
      throw fail("old segments cannot be deleted: " + e.getMessage(), e);
    }
  }

  /** Ends the log in good order: the next start goes on with the next number. */
  @Override
  public void close() {
    if (failure != null) {
      return;
    }
    try {
      file.force();
      durableSeq = nextSeq - 1;
      file.close();
      reservation.release(nextSeq);
    } catch (IOException e) {
      throw fail("the event log cannot be closed: " + e.getMessage(), e);
    }
  }
}
