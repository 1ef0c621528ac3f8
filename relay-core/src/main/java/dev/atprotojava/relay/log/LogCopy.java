// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.sync.SyncLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Copies of a log: made while the relay writes, and made a log again.
 *
 * <p>A copy holds the log up to some moment after it was begun, without a gap: segments are copied
 * in order, the newest as far as it is, and the reservation last, so that it covers every number in
 * them. What was emitted later is not in it, and its numbers are unknown; a log that is made of it
 * therefore goes on {@value #RAISE} above what was reserved. That is 127 days at 100,000 events a
 * second, and it can be done eight thousand times before numbers run out.
 */
public final class LogCopy {
  /** How far above what was reserved a restored log goes on: 2 to the power of 40. */
  public static final long RAISE = 1L << 40;

  private static final int CHUNK = 1 << 20;

  private LogCopy() {}

  /**
   * Copies a log that may be written to.
   *
   * @param directory of the log
   * @param target an empty directory
   * @return the first number that was not reserved then
   * @throws RelayException if there is no log in the directory
   */
  public static long make(Path directory, Path target) throws IOException {
    try (DirectoryStorage from = DirectoryStorage.toRead(directory);
        DirectoryStorage to = new DirectoryStorage(target)) {
      return make(from, to, directory.toString());
    }
  }

  static long make(LogStorage from, LogStorage to, String place) throws IOException {
    TreeSet<Long> segments = new TreeSet<>();
    for (String name : from.list()) {
      long firstSeq = SegmentLayout.firstSeqOf(name);
      if (firstSeq >= 0) {
        segments.add(firstSeq);
      }
    }
    if (segments.isEmpty()) {
      throw RelayException.refused("there is no event log in " + place + " to copy.");
    }
    List<String> copied = new ArrayList<>();
    for (long firstSeq : segments) {
      try {
        copied.add(copy(from, to, SegmentLayout.fileName(firstSeq)));
      } catch (NoSuchFileException e) {
        // It left the window in the meantime, and so did those before it: a log has no gap.
        for (String name : copied) {
          to.delete(name);
        }
        copied.clear();
        continue;
      }
      try {
        copied.add(copy(from, to, SegmentIndex.fileName(firstSeq)));
      } catch (NoSuchFileException e) {
        // The newest has none yet, and any other can be made again.
        to.delete(SegmentIndex.fileName(firstSeq));
      }
    }
    copy(from, to, SeqReservation.FILE);
    to.syncDirectory();
    return SeqReservation.read(to).reservedUntil();
  }

  /** Copies a file as far as it is; its name. */
  private static String copy(LogStorage from, LogStorage to, String name) throws IOException {
    try (LogFile in = from.openToRead(name);
        LogFile out = to.create(name)) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
      long position = 0;
      while (in.read(chunk, position) > 0) {
        position += chunk.position();
        out.append(chunk.flip());
        chunk.clear();
      }
      out.force();
    }
    return name;
  }

  /**
   * Makes a log of a copy. Without its last file, which is written last, no relay takes it for one.
   *
   * @param copy the directory of the copy, which is left as it is
   * @param target an empty directory
   * @param floor the first number to be given, at least what was reserved; 0 for {@link #RAISE}
   *     above that
   * @return the first number that will be given
   * @throws RelayException if the floor is too low, or numbers run out
   */
  public static long restore(Path copy, Path target, long floor) throws IOException {
    try (DirectoryStorage from = DirectoryStorage.toRead(copy)) {
      SeqReservation reservation = SeqReservation.read(from);
      long reserved = reservation.reservedUntil();
      long next = floor == 0 ? reserved + RAISE : floor;
      if (next < reserved || next > SyncLimits.MAX_SEQ) {
        throw RelayException.refused(
            "the next seq cannot be "
                + next
                + ": it must be from "
                + reserved
                + ", since all below may have been given out, to "
                + SyncLimits.MAX_SEQ
                + ".");
      }
      try (DirectoryStorage to = new DirectoryStorage(target)) {
        for (String name : from.list()) {
          if (!name.equals(SeqReservation.FILE)) {
            copy(from, to, name);
          }
        }
        reservation.copyTo(to, next);
      }
      return next;
    }
  }
}
