// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.account.StatusByte;
import dev.atprotojava.sync.AccountStatus;
import java.nio.ByteBuffer;

/**
 * What a record says about its event, besides the frame (see {@link RecordLayout}).
 *
 * @param seq its number
 * @param receivedMicros when it came
 * @param kind what it is
 * @param waived true if it was let pass though a check failed
 * @param erased true if the frame was overwritten with zeros
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
    boolean erased,
    AccountStatus upstreamStatus,
    LocalStatus localStatus,
    int hostId,
    int epoch,
    long upstreamSeq,
    long rev,
    long didHash) {
  /** Reads the header of the record at {@code at}. */
  static RecordHeader read(ByteBuffer in, int at) {
    int flags = in.get(at + RecordLayout.FLAGS);
    int status = in.get(at + RecordLayout.STATUS) & 0xff;
    return new RecordHeader(
        in.getLong(at + RecordLayout.SEQ),
        in.getLong(at + RecordLayout.RECEIVED),
        EventKind.ofCode(in.get(at + RecordLayout.KIND)),
        (flags & RecordLayout.FLAG_WAIVED) != 0,
        (flags & RecordLayout.FLAG_ERASED) != 0,
        StatusByte.upstream(status),
        StatusByte.local(status),
        in.getInt(at + RecordLayout.HOST),
        in.getInt(at + RecordLayout.EPOCH),
        in.getLong(at + RecordLayout.UPSTREAM_SEQ),
        in.getLong(at + RecordLayout.REV),
        in.getLong(at + RecordLayout.DID_HASH));
  }
}
