// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.outbound.OutboundEvent;
import dev.atprotojava.relay.upstream.Origin;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Events for tests of the log, and the bytes that a consumer must get for them. */
final class Events {
  static final DidHash.Key KEY = new DidHash.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
  static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  static final Cid DATA = Cid.ofDagCbor(new byte[] {1});
  static final Cid COMMIT = Cid.ofDagCbor(new byte[] {2});

  private static final String TIME = "2024-06-01T12:00:00.000Z";

  private Events() {}

  /** Where a test's event came from. */
  record From(int hostId, int epoch, long upstreamSeq) implements Origin {
    @Override
    public void durable() {}
  }

  /** An event with a frame of this many bytes, at least two, that is no CBOR but for its seq. */
  static OutboundEvent raw(Gen gen, int length) {
    byte[] seq = new CborWriter().writeInteger(gen.between(0, 70_000)).toByteArray();
    int rest = Math.max(0, length - seq.length);
    int before = gen.between(0, rest);
    ByteBuffer frame = ByteBuffer.allocate(rest + seq.length);
    frame.put(gen.bytes(before)).put(seq).put(gen.bytes(rest - before));
    return event(
        gen.oneOf(EventKind.values()),
        new EncodedFrame(Bytes.wrap(frame.array()), before, seq.length, true),
        gen.nextInt(1000));
  }

  /** An {@code #identity} that has a field nobody knows, of so many bytes. */
  static OutboundEvent identity(long upstreamSeq, int fillerBytes) {
    return identity(upstreamSeq, new byte[fillerBytes]);
  }

  /** An {@code #identity} that has a field nobody knows. */
  static OutboundEvent identity(long upstreamSeq, byte[] filler) {
    Frame frame = new Frame("#identity", 4);
    frame.body.writeText("did").writeText(DID.toString());
    frame.seq(upstreamSeq);
    frame.body.writeText("time").writeText(TIME);
    frame.body.writeText("filler").writeBytes(filler);
    return event(EventKind.IDENTITY, frame.encoded(), upstreamSeq);
  }

  /** An {@code #account}. */
  static OutboundEvent account(long upstreamSeq) {
    Frame frame = new Frame("#account", 4);
    frame.body.writeText("did").writeText(DID.toString());
    frame.seq(upstreamSeq);
    frame.body.writeText("time").writeText(TIME);
    frame.body.writeText("active").writeBoolean(true);
    return event(EventKind.ACCOUNT, frame.encoded(), upstreamSeq);
  }

  /** A {@code #sync} without a commit in it. */
  static OutboundEvent sync(long upstreamSeq) {
    Frame frame = new Frame("#sync", 5);
    frame.body.writeText("did").writeText(DID.toString());
    frame.body.writeText("rev").writeText(REV.toString());
    frame.seq(upstreamSeq);
    frame.body.writeText("time").writeText(TIME);
    frame.body.writeText("blocks").writeBytes(new byte[8]);
    return event(EventKind.SYNC, frame.encoded(), upstreamSeq);
  }

  /** A {@code #commit} without blocks and operations. */
  static OutboundEvent commit(long upstreamSeq) {
    Frame frame = new Frame("#commit", 8);
    frame.body.writeText("ops").writeArray(0);
    frame.body.writeText("rev").writeText(REV.toString());
    frame.seq(upstreamSeq);
    frame.body.writeText("repo").writeText(DID.toString());
    frame.body.writeText("time").writeText(TIME);
    frame.body.writeText("since").writeNull();
    frame.body.writeText("blocks").writeBytes(new byte[40]);
    frame.body.writeText("commit").writeLink(COMMIT);
    return event(EventKind.COMMIT, frame.encoded(), upstreamSeq);
  }

  /** An event around a frame, of an active account. */
  static OutboundEvent event(EventKind kind, EncodedFrame frame, long upstreamSeq) {
    return event(
        kind, frame, new From(7, 3, upstreamSeq), account(new RepoState(REV, DATA, COMMIT)));
  }

  static OutboundEvent event(
      EventKind kind, EncodedFrame frame, Origin origin, AccountRecord after) {
    return new OutboundEvent(kind, frame, origin, after, false, 0, 0, 1);
  }

  /** The same event, received at another time. */
  static OutboundEvent received(OutboundEvent event, long micros) {
    return new OutboundEvent(
        event.kind(),
        event.frame(),
        event.origin(),
        event.after(),
        event.waived(),
        micros,
        event.lane(),
        event.ordinal());
  }

  static AccountRecord account(@Nullable RepoState repo) {
    return new AccountRecord(
        1, DID, KEY.hash(DID), 7, AccountStatus.ACTIVE, LocalStatus.ACTIVE, true, repo);
  }

  /** The whole WebSocket message that must leave for an event (RFC 6455 section 5.2). */
  static Bytes message(OutboundEvent event, long seq) {
    EncodedFrame frame = event.frame();
    byte[] source = frame.bytes().toByteArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(source, 0, frame.seqOffset());
    out.write(0x1b);
    out.writeBytes(ByteBuffer.allocate(8).putLong(seq).array());
    int rest = frame.seqOffset() + frame.seqLength();
    out.write(source, rest, source.length - rest);
    byte[] payload = out.toByteArray();
    ByteBuffer message = ByteBuffer.allocate(payload.length + 10);
    message.put((byte) 0x82);
    if (payload.length <= 125) {
      message.put((byte) payload.length);
    } else if (payload.length <= 65_535) {
      message.put((byte) 126).putShort((short) payload.length);
    } else {
      message.put((byte) 127).putLong(payload.length);
    }
    message.put(payload).flip();
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return Bytes.wrap(bytes);
  }

  /** A message in the making. */
  private static final class Frame {
    final CborWriter body = new CborWriter();
    private final byte[] header;
    private int seqOffset;
    private int seqLength;

    Frame(String type, int fields) {
      header =
          new CborWriter()
              .writeMap(2)
              .writeText("t")
              .writeText(type)
              .writeText("op")
              .writeInteger(1)
              .toByteArray();
      body.writeMap(fields);
    }

    void seq(long seq) {
      body.writeText("seq");
      seqOffset = header.length + body.length();
      body.writeInteger(seq);
      seqLength = header.length + body.length() - seqOffset;
    }

    EncodedFrame encoded() {
      byte[] text = body.toByteArray();
      ByteBuffer all = ByteBuffer.allocate(header.length + text.length);
      all.put(header).put(text);
      return new EncodedFrame(Bytes.wrap(all.array()), seqOffset, seqLength, true);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
