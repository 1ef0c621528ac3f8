// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.RepoState;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Lays out records as {@link RecordLayout} draws them. Owned by the appender; allocates nothing.
 */
final class RecordWriter {
  private static final int SEQ_HEAD = 0x1b; // CBOR: an unsigned integer of eight bytes
  private static final byte[] NO_DIGEST = new byte[32];

  private final int mark;
  private final CRC32C crc = new CRC32C();
  private final byte[] digest = new byte[32];

  /** A writer for the log with a mark. */
  RecordWriter(int mark) {
    this.mark = mark;
  }

  /** Writes the record of an event behind what a slab holds; there must be room for it. */
  void put(Slab slab, OutboundEvent event, long seq, long receivedMicros) {
    ByteBuffer out = slab.memory;
    int at = slab.written;
    int frameLength = event.frameLength();
    int wsHeader = RecordLayout.wsHeaderLength(frameLength);
    int length = RecordLayout.PAYLOAD - RecordLayout.SEQ + wsHeader + frameLength;
    out.putInt(at + RecordLayout.LENGTH, length);
    out.putLong(at + RecordLayout.SEQ, seq);
    out.putLong(at + RecordLayout.RECEIVED, receivedMicros);
    out.put(at + RecordLayout.WS_HEADER, (byte) wsHeader);
    out.putInt(at + RecordLayout.MARK, mark);
    putHeader(out, at, event);
    RecordLayout.putWsHeader(out, at + RecordLayout.PAYLOAD, frameLength);
    putFrame(out, at + RecordLayout.PAYLOAD + wsHeader, event.frame(), seq);
    int end = at + RecordLayout.SEQ + length;
    slab.written = at + RecordLayout.size(frameLength);
    for (int i = end; i < slab.written; i++) {
      out.put(i, (byte) 0);
    }
    crc.reset();
    crc.update(slab.view(at + RecordLayout.SEQ, end));
    out.putInt(at + RecordLayout.CRC, (int) crc.getValue());
  }

  private void putHeader(ByteBuffer out, int at, OutboundEvent event) {
    AccountRecord after = event.after();
    RepoState repo = after.repo();
    boolean content = event.kind() == EventKind.COMMIT || event.kind() == EventKind.SYNC;
    out.put(at + RecordLayout.KIND, (byte) event.kind().code());
    out.put(
        at + RecordLayout.FLAGS,
        (byte) (event.waived() ? RecordLayout.FLAG_WAIVED : RecordLayout.FLAG_VERIFIED));
    out.put(at + RecordLayout.STATUS, StatusByte.of(after.upstreamStatus(), after.localStatus()));
    out.putInt(at + RecordLayout.HOST, event.origin().hostId());
    out.putInt(at + RecordLayout.EPOCH, event.origin().epoch());
    out.putLong(at + RecordLayout.UPSTREAM_SEQ, event.origin().upstreamSeq());
    out.putLong(at + RecordLayout.REV, content && repo != null ? repo.rev().value() : 0);
    out.putLong(at + RecordLayout.DID_HASH, after.hash().low());
    out.put(at + RecordLayout.DATA, digest(repo == null ? null : repo.data()));
  }

  private byte[] digest(@Nullable Cid data) {
    if (data == null) {
      return NO_DIGEST;
    }
    data.writeDigest(digest, 0);
    return digest;
  }

  /** The frame as it came, with our number in the place of the host's. */
  private static void putFrame(ByteBuffer out, int at, EncodedFrame frame, long seq) {
    byte[] source = frame.bytes().array();
    int start = frame.bytes().offset();
    int before = frame.seqOffset();
    int after = before + frame.seqLength();
    out.put(at, source, start, before);
    int number = at + before;
    out.put(number, (byte) SEQ_HEAD);
    for (int i = 0; i < 8; i++) {
      out.put(number + 1 + i, (byte) (seq >>> (56 - 8 * i)));
    }
    out.put(
        number + OutboundEvent.SEQ_LENGTH, source, start + after, frame.bytes().length() - after);
  }
}
