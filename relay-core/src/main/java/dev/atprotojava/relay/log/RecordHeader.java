// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a record says about its event, besides the frame (see {@link RecordLayout}).
 *
 * @param seq its number
 * @param receivedMicros when it came
 * @param kind what it is
 * @param waived true if it was let pass though a check failed
 * @param upstreamStatus what the host said of the account, after
 * @param localStatus what the relay had decided, after
 * @param hostId the sending host, 0 if none
 * @param epoch of the host's numbers
 * @param upstreamSeq the host's number
 * @param rev the revision as a TID's number, 0 if the kind has none
 * @param didHash the first half of the hash of the DID
 */
public record RecordHeader(
    long seq,
    long receivedMicros,
    EventKind kind,
    boolean waived,
    AccountStatus upstreamStatus,
    LocalStatus localStatus,
    int hostId,
    int epoch,
    long upstreamSeq,
    long rev,
    long didHash) {
  /** Reads the header of the record at {@code at}. */
  static RecordHeader read(ByteBuffer in, int at) {
    int status = in.get(at + RecordLayout.STATUS) & 0xff;
    return new RecordHeader(
        in.getLong(at + RecordLayout.SEQ),
        in.getLong(at + RecordLayout.RECEIVED),
        EventKind.ofCode(in.get(at + RecordLayout.KIND)),
        (in.get(at + RecordLayout.FLAGS) & RecordLayout.FLAG_WAIVED) != 0,
        StatusByte.upstream(status),
        StatusByte.local(status),
        in.getInt(at + RecordLayout.HOST),
        in.getInt(at + RecordLayout.EPOCH),
        in.getLong(at + RecordLayout.UPSTREAM_SEQ),
        in.getLong(at + RecordLayout.REV),
        in.getLong(at + RecordLayout.DID_HASH));
  }

  /** Writes all of a record's header that the event says. */
  static void put(ByteBuffer out, int at, OutboundEvent event) {
    AccountRecord after = event.after();
    out.put(at + RecordLayout.KIND, (byte) event.kind().code());
    out.put(
        at + RecordLayout.FLAGS,
        (byte) (event.waived() ? RecordLayout.FLAG_WAIVED : RecordLayout.FLAG_VERIFIED));
    out.put(at + RecordLayout.STATUS, StatusByte.of(after.upstreamStatus(), after.localStatus()));
    out.putInt(at + RecordLayout.HOST, event.origin().hostId());
    out.putInt(at + RecordLayout.EPOCH, event.origin().epoch());
    out.putInt(at + RecordLayout.RESERVED, 0);
    out.putLong(at + RecordLayout.UPSTREAM_SEQ, event.origin().upstreamSeq());
    RepoState repo = after.repo();
    boolean content = event.kind() == EventKind.COMMIT || event.kind() == EventKind.SYNC;
    out.putLong(at + RecordLayout.REV, content && repo != null ? repo.rev().value() : 0);
    out.putLong(at + RecordLayout.DID_HASH, after.hash().low());
    putDigest(out, at + RecordLayout.DATA, repo == null ? null : repo.data());
  }

  private static void putDigest(ByteBuffer out, int at, @Nullable Cid data) {
    if (data == null) {
      for (int i = 0; i < 32; i += 8) {
        out.putLong(at + i, 0);
      }
    } else {
      byte[] cid = data.toByteArray();
      out.put(at, cid, Cid.DIGEST_OFFSET, 32);
    }
  }
}
