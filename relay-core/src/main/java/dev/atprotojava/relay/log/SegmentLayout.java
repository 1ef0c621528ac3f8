// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A segment: a file of records, named after the first seq it may hold, {@code
 * 0000000004294967297.log}. It begins with 64 bytes, little-endian:
 *
 * <pre>
 *    0  8    "ATRELAYL"
 *    8  u32  version of the format: 0
 *   12  u32  length of this header: 64
 *   16  u64  first seq: no record here has a lower one
 *   24  u64  id of the key that DIDs are hashed with
 *   32  u64  time of creation, microseconds since the epoch
 *   40  20   zeros
 *   60  u32  CRC-32C of bytes 0 to 59
 * </pre>
 */
final class SegmentLayout {
  static final int HEADER = 64;
  static final int VERSION = 0;
  static final String SUFFIX = ".log";

  private static final long MAGIC = 0x4c59414c45525441L; // "ATRELAYL", read little-endian

  /** What a header says. */
  record Header(long firstSeq, long didKeyId, long createdMicros) {}

  private SegmentLayout() {}

  static String fileName(long firstSeq) {
    return String.format(Locale.ROOT, "%019d%s", firstSeq, SUFFIX);
  }

  /** The first seq in the name of a segment, or -1 if it is no segment's name. */
  static long firstSeqOf(String fileName) {
    return fileName.matches("[0-8][0-9]{18}\\" + SUFFIX)
        ? Long.parseLong(fileName.substring(0, 19))
        : -1;
  }

  static ByteBuffer encode(Header header) {
    ByteBuffer out = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(HEADER);
    out.putLong(header.firstSeq()).putLong(header.didKeyId()).putLong(header.createdMicros());
    out.putInt(60, crc(out));
    return out.clear();
  }

  /**
   * Reads a header; null if it is none, or damaged.
   *
   * @throws RelayException if it is of another version
   */
  static @Nullable Header decode(ByteBuffer in, String fileName) {
    if (in.remaining() < HEADER || in.getLong(0) != MAGIC) {
      return null;
    }
    requireVersion(in.getInt(8), fileName);
    return in.getInt(60) == crc(in)
        ? new Header(in.getLong(16), in.getLong(24), in.getLong(32))
        : null;
  }

  /**
   * Reads the header of a file; null if it has none, or a damaged one.
   *
   * @throws RelayException if it is of another version
   */
  static @Nullable Header read(LogFile file, String fileName) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    file.read(in, 0);
    return decode(in.flip(), fileName);
  }

  /**
   * Refuses a file of another version, whatever else is in it: only the first twelve bytes, magic
   * and version, are the same in all.
   */
  static void requireVersion(int version, String fileName) {
    if (version != VERSION) {
      throw RelayException.refused(
          fileName
              + " is of log format "
              + Integer.toUnsignedString(version)
              + "; this relay reads format "
              + VERSION
              + " only. Use the relay that wrote it.");
    }
  }

  private static int crc(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, 60));
    return (int) crc.getValue();
  }
}
