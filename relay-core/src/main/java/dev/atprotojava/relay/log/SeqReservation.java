// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Which numbers may be given out without asking the disk again, and how often each host began its
 * own anew. Both must be durable before they are used, and outlive the log's files and the store.
 *
 * <p>The file {@code reservation} is replaced as a whole (written beside, forced, renamed). Numbers
 * are little-endian:
 *
 * <pre>
 *    0  8    "ATRELAYR"
 *    8  u32  version of the format: 0
 *   12  u32  1 after a clean stop, else 0
 *   16  u64  the next seq after a clean stop; else no number below this one is used again
 *   24  u64  id of the key that DIDs are hashed with
 *   32  u32  number of hosts below
 *   36       per host: u32 host, u32 epoch
 *   end u32  CRC-32C of all before
 * </pre>
 *
 * <p>Owned by the appender; {@link #setEpoch} may be called by any thread.
 *
 * <p>No number is used twice, whatever is lost (RL-10, RL-11).
 */
final class SeqReservation {
  static final String FILE = "reservation";
  private static final String NEW_FILE = "reservation.new";
  private static final long MAGIC = 0x5259414c45525441L; // "ATRELAYR", read little-endian
  private static final int HEAD = 36;

  /** A bound on what is read of a file that may be anything: two million hosts. */
  private static final int MAX_SIZE = 1 << 24;

  /** How many numbers are reserved at once: a gap of at most this many after an unclean stop. */
  static final long BLOCK = 1 << 20;

  private final LogStorage storage;
  private final long didKeyId;
  private final Map<Integer, Integer> epochs = new TreeMap<>();
  private long reservedUntil;
  private boolean clean;

  private SeqReservation(LogStorage storage, long didKeyId) {
    this.storage = storage;
    this.didKeyId = didKeyId;
  }

  /**
   * A reservation for a log that is new.
   *
   * @throws RelayException if there is something in its directory
   */
  static SeqReservation create(LogStorage storage, List<String> names, long didKeyId) {
    for (String name : names) {
      if (SegmentLayout.firstSeqOf(name) >= 0) {
        throw RelayException.refused(
            "the log has segments but no file "
                + FILE
                + ", which says what numbers were given out; restore it from a backup, or start"
                + " with a new log and RELAY_INITIAL_SEQ_NUMBER above every number ever used");
      }
      if (!name.equals(NEW_FILE)) {
        throw foreign(name);
      }
    }
    return new SeqReservation(storage, didKeyId);
  }

  /** The refusal of a directory that another program has written to. */
  static RelayException foreign(String name) {
    return RelayException.refused(
        "the directory for the event log has other files in it ("
            + name
            + "). Give an empty one by RELAY_PERSIST_DIR; to take over the data of another relay"
            + " use import-indigo.");
  }

  /**
   * Reads the reservation of a log.
   *
   * @throws RelayException if it is not ours, of another version, or of another key
   */
  static SeqReservation open(LogStorage storage, long didKeyId) throws IOException {
    SeqReservation reservation = read(storage);
    if (reservation.didKeyId != didKeyId) {
      throw RelayException.refused(
          "the database and the log are not of the same relay: DIDs are hashed with different keys."
              + " Restore the database that belongs to this log.");
    }
    return reservation;
  }

  /**
   * Reads the reservation of a log of whatever relay, to look at it.
   *
   * @throws RelayException if it is damaged or of another version
   */
  static SeqReservation read(LogStorage storage) throws IOException {
    ByteBuffer in;
    try (LogStorage.LogFile file = storage.openToRead(FILE)) {
      int size = (int) Math.min(file.size(), MAX_SIZE);
      in = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      file.read(in, 0);
    }
    in.flip();
    if (in.limit() < HEAD + 4 || in.getLong(0) != MAGIC) {
      throw damaged();
    }
    SegmentLayout.requireVersion(in.getInt(8), FILE);
    if (in.getInt(in.limit() - 4) != crc(in, in.limit() - 4)
        || in.limit() != HEAD + 8L * in.getInt(32) + 4) {
      throw damaged();
    }
    SeqReservation reservation = new SeqReservation(storage, in.getLong(24));
    reservation.clean = in.getInt(12) == 1;
    reservation.reservedUntil = in.getLong(16);
    for (int i = 0; i < in.getInt(32); i++) {
      reservation.epochs.put(in.getInt(HEAD + 8 * i), in.getInt(HEAD + 8 * i + 4));
    }
    return reservation;
  }

  private static RelayException damaged() {
    return RelayException.refused(
        "the file "
            + FILE
            + " of the log is damaged; restore it from a backup, or start with a new log and"
            + " RELAY_INITIAL_SEQ_NUMBER above every number ever used");
  }

  /** True if the log was closed in good order after it was used last. */
  synchronized boolean isClean() {
    return clean;
  }

  /** The id of the key that DIDs are hashed with. */
  long didKeyId() {
    return didKeyId;
  }

  /** The first number that is surely unused. */
  synchronized long reservedUntil() {
    return reservedUntil;
  }

  /** Makes durable that all numbers below {@code until} may be in use. */
  synchronized void reserve(long until) throws IOException {
    reservedUntil = until;
    write(false);
  }

  /** Makes durable that {@code next} is the next number, at a clean stop. */
  synchronized void release(long next) throws IOException {
    reservedUntil = next;
    write(true);
  }

  /** Writes this reservation into another storage, with all numbers below {@code until} taken. */
  synchronized void copyTo(LogStorage other, long until) throws IOException {
    SeqReservation copy = new SeqReservation(other, didKeyId);
    copy.epochs.putAll(epochs);
    copy.reserve(until);
  }

  /** How often a host began its numbers anew. */
  synchronized int epoch(int hostId) {
    return epochs.getOrDefault(hostId, 0);
  }

  /** Makes the epoch of a host durable. */
  synchronized void setEpoch(int hostId, int epoch) throws IOException {
    epochs.put(hostId, epoch);
    write(false);
  }

  private void write(boolean nowClean) throws IOException {
    clean = nowClean;
    ByteBuffer out =
        ByteBuffer.allocate(HEAD + 8 * epochs.size() + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(SegmentLayout.VERSION).putInt(clean ? 1 : 0);
    out.putLong(reservedUntil).putLong(didKeyId).putInt(epochs.size());
    epochs.forEach((host, epoch) -> out.putInt(host).putInt(epoch));
    out.putInt(crc(out, out.position()));
    out.flip();
    storage.delete(NEW_FILE);
    try (LogStorage.LogFile file = storage.create(NEW_FILE)) {
      file.append(out);
      file.force();
    }
    storage.rename(NEW_FILE, FILE);
    storage.syncDirectory();
  }

  private static int crc(ByteBuffer bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, length));
    return (int) crc.getValue();
  }
}
