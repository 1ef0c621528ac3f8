// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.log.LogStorage.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The places in a segment where chunks begin: a record is entered when it starts {@value #STRIDE}
 * bytes or more behind the one entered before. A reader finds the chunk of a seq with one look,
 * reads it whole, and shares it with others.
 *
 * <p>A sealed segment keeps it in a file beside, {@code 0000000004294967297.idx}, which is made
 * anew from the segment whenever it is missing, damaged, or of another size of the segment (a power
 * loss can bring an older one back). Little-endian:
 *
 * <pre>
 *    0  8    "ATRELAYI"
 *    8  u32  version of the format: 0
 *   12  u32  number of entries
 *   16  u64  size of the segment
 *   24       per entry: u64 seq, u64 offset in the segment; both rise
 *   end u32  CRC-32C of all before
 * </pre>
 *
 * <p>The appender adds; any thread reads a {@link Snapshot}.
 */
final class SegmentIndex {
  static final int STRIDE = 256 << 10;

  /**
   * No chunk has whole records behind this many bytes: one that began {@value #STRIDE} bytes behind
   * the chunk's first would have begun another chunk. What goes beyond is damage.
   */
  static final int MAX_CHUNK = STRIDE + RecordLayout.MAX_SIZE;

  static final String SUFFIX = ".idx";
  private static final int HEAD = 24;
  private static final long MAGIC = 0x4959414c45525441L; // "ATRELAYI", read little-endian
  private static final int VERSION = 0;

  /**
   * The entries at one moment: the seq of the first record of each chunk, rising, and where it
   * begins.
   */
  static final class Snapshot {
    private final long[] seqs;
    private final long[] offsets;
    private final int count;

    /** Of the first {@code count} elements of two arrays, which do not change any more. */
    Snapshot(long[] seqs, long[] offsets, int count) {
      this.seqs = seqs;
      this.offsets = offsets;
      this.count = count;
    }

    /** The number of chunks. */
    int count() {
      return count;
    }

    /** The chunk that holds {@code seq} if any does: the last that begins at or below it. */
    int chunkOf(long seq) {
      int found = Arrays.binarySearch(seqs, 0, count, seq);
      return found >= 0 ? found : Math.max(0, -found - 2);
    }

    /** The chunk that an offset lies in. */
    int chunkAt(long offset) {
      int found = Arrays.binarySearch(offsets, 0, count, offset);
      return found >= 0 ? found : Math.max(0, -found - 2);
    }

    /** True if another one has the same entries. */
    boolean sameAs(Snapshot other) {
      return Arrays.equals(seqs, 0, count, other.seqs, 0, other.count)
          && Arrays.equals(offsets, 0, count, other.offsets, 0, other.count);
    }

    /** Where a chunk begins. */
    long offset(int chunk) {
      return offsets[chunk];
    }
  }

  private volatile Snapshot snapshot = new Snapshot(new long[64], new long[64], 0);

  /** Enters a record if it is far enough behind the last one entered. */
  void add(long seq, long offset) {
    Snapshot now = snapshot;
    int count = now.count;
    if (count > 0 && offset - now.offsets[count - 1] < STRIDE) {
      return;
    }
    long[] seqs = now.seqs;
    long[] offsets = now.offsets;
    if (count == seqs.length) {
      seqs = Arrays.copyOf(seqs, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    // Entries behind `count` are not looked at by those who have the older snapshot.
    seqs[count] = seq;
    offsets[count] = offset;
    snapshot = new Snapshot(seqs, offsets, count + 1);
  }

  Snapshot snapshot() {
    return snapshot;
  }

  static String fileName(long firstSeq) {
    return String.format(Locale.ROOT, "%019d%s", firstSeq, SUFFIX);
  }

  /** The first seq in the name of an index, or -1 if it is no index's name. */
  static long firstSeqOf(String fileName) {
    return fileName.endsWith(SUFFIX)
        ? SegmentLayout.firstSeqOf(fileName.replace(SUFFIX, SegmentLayout.SUFFIX))
        : -1;
  }

  /** Writes the file, which is not forced: it can be made again. */
  void save(LogStorage storage, long firstSeq, long segmentSize) throws IOException {
    Snapshot now = snapshot;
    ByteBuffer out = ByteBuffer.allocate(HEAD + 16 * now.count + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(now.count).putLong(segmentSize);
    for (int i = 0; i < now.count; i++) {
      out.putLong(now.seqs[i]).putLong(now.offsets[i]);
    }
    out.putInt(crc(out, out.position())).flip();
    storage.delete(fileName(firstSeq));
    try (LogFile file = storage.create(fileName(firstSeq))) {
      file.append(out);
    }
  }

  /** Reads the file; null if there is none that is whole and of a segment of this size. */
  static @Nullable Snapshot load(LogStorage storage, long firstSeq, long segmentSize) {
    ByteBuffer in;
    try (LogFile file = storage.openToRead(fileName(firstSeq))) {
      in = ByteBuffer.allocate(Math.toIntExact(file.size())).order(ByteOrder.LITTLE_ENDIAN);
      file.read(in, 0);
    } catch (IOException | ArithmeticException e) {
      return null;
    }
    in.flip();
    int count = in.limit() < HEAD + 4 ? -1 : in.getInt(12);
    if (count < 0
        || in.limit() != HEAD + 16L * count + 4
        || in.getLong(0) != MAGIC
        || in.getInt(8) != VERSION
        || in.getLong(16) != segmentSize
        || in.getInt(in.limit() - 4) != crc(in, in.limit() - 4)) {
      return null;
    }
    long[] seqs = new long[count];
    long[] offsets = new long[count];
    for (int i = 0; i < count; i++) {
      seqs[i] = in.getLong(HEAD + 16 * i);
      offsets[i] = in.getLong(HEAD + 16 * i + 8);
    }
    return new Snapshot(seqs, offsets, count);
  }

  private static int crc(ByteBuffer bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, length));
    return (int) crc.getValue();
  }
}
