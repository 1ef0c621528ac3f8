// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.cbor.JsonException;
import dev.atprotojava.cbor.LenientCbor;
import dev.atprotojava.relay.log.LogInspector.Frames;
import dev.atprotojava.relay.log.LogStorage.LogFile;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes records as lines, those with a number in a range. */
final class LogDump {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final CborLimits LIMITS =
      new CborLimits(SyncLimits.FRAME_BYTES, 32, 1 << 17, 1 << 13);
  private static final String NOTHING = "-";

  private final long fromSeq;
  private final long toSeq;
  private final Frames frames;
  private final Consumer<String> out;
  private final FrameCodec codec = new FrameCodec();

  LogDump(long fromSeq, long toSeq, Frames frames, Consumer<String> out) {
    this.fromSeq = fromSeq;
    this.toSeq = toSeq;
    this.frames = frames;
    this.out = out;
  }

  /** True if a segment may have records of the range. */
  boolean wants(long firstSeq, long firstSeqOfNext) {
    return firstSeqOfNext > fromSeq && firstSeq <= toSeq;
  }

  /** Writes a line that is no record's. */
  void note(String text) {
    out.accept("# " + text);
  }

  /** Writes the records of one segment. */
  void run(LogStorage storage, LogFile file, SegmentLayout.Header header, boolean isNewest)
      throws IOException {
    String name = SegmentLayout.fileName(header.firstSeq());
    long size = file.size();
    SegmentIndex.Snapshot index = SegmentIndex.load(storage, header.firstSeq(), size);
    long start = SegmentLayout.HEADER;
    long limit = size;
    if (index != null && index.count() > 0) {
      start = index.offset(index.chunkOf(fromSeq));
      int behind = index.chunkOf(toSeq) + 1;
      limit = behind < index.count() ? index.offset(behind) : size;
    }
    long end =
        new SegmentScan(file, RecordLayout.mark(header.didKeyId()), limit)
            .run(start, header.firstSeq() - 1, visitor(name));
    if (end < limit && !(isNewest && limit == size)) {
      noteDamage(name, end, limit);
    }
  }

  private SegmentScan.Visitor visitor(String name) {
    return new SegmentScan.Visitor() {
      @Override
      public void record(ByteBuffer buffer, int at, long offset) {
        long seq = RecordLayout.seqAt(buffer, at);
        if (seq >= fromSeq && seq <= toSeq) {
          out.accept(line(RecordHeader.read(buffer, at), LogFrame.read(buffer, at)));
        }
      }

      @Override
      public void hole(long fromOffset, long toOffset) {
        noteDamage(name, fromOffset, toOffset);
      }
    };
  }

  private void noteDamage(String name, long from, long to) {
    note(name + " is damaged from byte " + from + " to " + to);
  }

  private String line(RecordHeader record, LogFrame frame) {
    StringBuilder line = new StringBuilder();
    line.append(record.seq()).append('\t').append(record.hostId()).append('\t');
    line.append(TIME.format(SegmentInspection.instant(record.receivedMicros()))).append('\t');
    line.append(record.kind().name().toLowerCase(Locale.ROOT)).append('\t');
    line.append(did(frame)).append('\t');
    line.append(record.rev() == 0 ? NOTHING : Tid.of(record.rev())).append('\t');
    line.append(frame.bytes().length()).append('\t').append(flags(record));
    switch (frames) {
      case NONE -> {}
      case JSON -> line.append('\t').append(json(frame.bytes()));
      case HEX -> line.append('\t').append(frame.bytes().toHex());
    }
    return line.toString();
  }

  private static String flags(RecordHeader record) {
    String waived = record.waived() ? "waived" : "";
    String erased = record.erased() ? "erased" : "";
    String comma = record.waived() && record.erased() ? "," : "";
    return record.waived() || record.erased() ? waived + comma + erased : NOTHING;
  }

  private String did(LogFrame frame) {
    try {
      return codec.decode(frame.bytes()) instanceof Frame.Message(RepoEvent.Sequenced event)
          ? event.did().toString()
          : NOTHING;
    } catch (FrameException e) { // erased
      return NOTHING;
    }
  }

  private static String json(Bytes frame) {
    try {
      CborValue body = LenientCbor.decodeSequence(frame, LIMITS).getLast();
      return DataModelJson.print(body);
    } catch (CborException | JsonException e) {
      return frame.toHex();
    }
  }
}
