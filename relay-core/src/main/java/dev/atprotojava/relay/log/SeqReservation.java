// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 */
final class SeqReservation {
  static final String FILE = "reservation";
  private static final String NEW_FILE = "reservation.new";
  private static final int VERSION = 0;
  private static final long MAGIC = 0x5259414c45525441L; // "ATRELAYR", read little-endian
  private static final int HEAD = 36;

  /** How many numbers are reserved at once: a gap of at most this many after an unclean stop. */
  static final long BLOCK = 1 << 20;

  private final LogStorage storage;
  private final long didKeyId;
  private final Map<Integer, Integer> epochs = new TreeMap<>();
  private long reservedUntil;

  private SeqReservation(LogStorage storage, long didKeyId) {
    this.storage = storage;
    this.didKeyId = didKeyId;
  }

  /** A reservation for a log that is new. */
  static SeqReservation create(LogStorage storage, long didKeyId) {
    return new SeqReservation(storage, didKeyId);
  }

  /**
   * Reads the reservation of a log.
   *
   * @throws RelayException if it is not ours, of another version, or of another key
   */
  static SeqReservation open(LogStorage storage, long didKeyId) throws IOException {
    ByteBuffer in;
    try (LogStorage.LogFile file = storage.openToRead(FILE)) {
      in = ByteBuffer.allocate(Math.toIntExact(file.size())).order(ByteOrder.LITTLE_ENDIAN);
      file.read(in, 0);
    }
    in.flip();
    if (in.limit() < HEAD + 4
        || in.getLong(0) != MAGIC
        || in.getInt(in.limit() - 4) != crc(in, in.limit() - 4)) {
      throw RelayException.refused(
          "the file "
              + FILE
              + " of the log is damaged; restore it from a backup, or start with a new log and"
              + " RELAY_INITIAL_SEQ_NUMBER above every number ever used");
    }
    if (in.getInt(8) != VERSION) {
      throw RelayException.refused(
          FILE
              + " is of log format "
              + in.getInt(8)
              + "; this relay reads format "
              + VERSION
              + " only. Use the relay that wrote it.");
    }
    if (in.getLong(24) != didKeyId) {
      throw RelayException.refused(
          "the database and the log are not of the same relay: DIDs are hashed with different keys."
              + " Restore the database that belongs to this log.");
    }
    SeqReservation reservation = new SeqReservation(storage, didKeyId);
    reservation.reservedUntil = in.getLong(16);
    for (int i = 0; i < in.getInt(32); i++) {
      reservation.epochs.put(in.getInt(HEAD + 8 * i), in.getInt(HEAD + 8 * i + 4));
    }
    return reservation;
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

  /** How often a host began its numbers anew. */
  synchronized int epoch(int hostId) {
    return epochs.getOrDefault(hostId, 0);
  }

  /** Makes the epoch of a host durable. */
  synchronized void setEpoch(int hostId, int epoch) throws IOException {
    epochs.put(hostId, epoch);
    write(false);
  }

  private void write(boolean clean) throws IOException {
    ByteBuffer out =
        ByteBuffer.allocate(HEAD + 8 * epochs.size() + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(clean ? 1 : 0);
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
