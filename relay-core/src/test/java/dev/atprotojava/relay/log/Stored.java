// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A record as a reader found it, and the ways to find all of them. Reads the bytes by the drawing
 * in {@link RecordLayout} and not by its code.
 *
 * @param seq the number
 * @param receivedMicros the time
 * @param message the WebSocket message
 */
record Stored(long seq, long receivedMicros, Bytes message) {
  private static final int SEGMENT_HEADER = 64;
  private static final int RECORD_HEADER = 96;

  /** The whole record at an offset, or a failed assertion. */
  static Stored at(ByteBuffer shared, int at) {
    ByteBuffer in = shared.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int length = in.getInt(at);
    CRC32C crc = new CRC32C();
    crc.update(in.slice(at + 8, length));
    assertThat((int) crc.getValue()).as("checksum").isEqualTo(in.getInt(at + 4));
    byte[] message = new byte[length - (RECORD_HEADER - 8)];
    in.get(at + RECORD_HEADER, message);
    return new Stored(in.getLong(at + 8), in.getLong(at + 16), Bytes.wrap(message));
  }

  static int sizeAt(ByteBuffer shared, int at) {
    int length = shared.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    return (8 + length + 7) / 8 * 8;
  }

  /** All records of a segment that is whole. */
  static List<Stored> ofSegment(byte[] segment) {
    ByteBuffer in = ByteBuffer.wrap(segment);
    List<Stored> all = new ArrayList<>();
    for (int at = SEGMENT_HEADER; at < segment.length; at += sizeAt(in, at)) {
      all.add(at(in, at));
    }
    return all;
  }

  /** All records of a log that is whole. */
  static List<Stored> ofStorage(MemoryStorage storage) {
    List<Stored> all = new ArrayList<>();
    for (String name : storage.names(".log")) {
      all.addAll(ofSegment(storage.bytes(name)));
    }
    return all;
  }

  /** All records in memory behind a seq. */
  static List<Stored> ofTail(LiveTail tail, long afterSeq) {
    assertThat(tail.covers(afterSeq)).as("covers " + afterSeq).isTrue();
    List<Stored> all = new ArrayList<>();
    long newest = tail.newestNumber();
    for (long number = tail.numberAfter(afterSeq); number > 0 && number <= newest; number++) {
      Slab slab = tail.acquire(number);
      assertThat(slab).as("slab " + number).isNotNull();
      for (int at = 0; at < slab.end(); at += sizeAt(slab.memory, at)) {
        Stored record = at(slab.memory, at);
        if (record.seq > afterSeq) {
          all.add(record);
        }
      }
      tail.release(slab);
    }
    return all;
  }

  /** All records in the files behind a seq, chunk by chunk. */
  static List<Stored> ofCold(ColdReader reader, long afterSeq) {
    List<Stored> all = new ArrayList<>();
    ColdReader.Result result = reader.after(afterSeq).join();
    while (result instanceof ColdReader.Result.Found found) {
      Chunk chunk = found.chunk();
      long after = all.isEmpty() ? afterSeq : all.getLast().seq();
      for (int i = chunk.after(after); i < chunk.count; i++) {
        all.add(at(chunk.memory, chunk.offsets[i]));
      }
      LogPosition next = chunk.next;
      reader.release(chunk);
      if (next == null) {
        return all;
      }
      result = reader.at(next).join();
    }
    assertThat(result).isInstanceOf(ColdReader.Result.End.class);
    return all;
  }
}
