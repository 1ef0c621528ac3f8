// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.RepoOp;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames as a well-behaved host does (SC-20, SC-21): header and body in canonical form, the
 * keys in the order that CB-10 gives (spec.md 1.1). Optional fields that are null are left out;
 * {@code since} and the {@code cid} of an operation are null on the wire.
 */
public final class FrameEncoder {
  private FrameEncoder() {}

  /** The frame of an event under a number. */
  public static EncodedFrame encode(FrameBody.Event event, long seq) {
    return switch (event) {
      case FrameBody.Commit commit -> encode(commit, seq);
      case FrameBody.Sync sync -> encode(sync, seq);
      case FrameBody.Identity identity -> encode(identity, seq);
      case FrameBody.Account account -> encode(account, seq);
    };
  }

  /** The frame of a word about the stream. */
  public static Bytes encode(FrameBody.Info info) {
    CborWriter out = header("#info", 64);
    out.writeMap(info.message() == null ? 1 : 2).writeText("name").writeText(info.name());
    writeOptional(out, "message", info.message());
    return bytes(out);
  }

  /** The frame that ends a stream (SC-23). */
  public static Bytes encode(FrameBody.Error error) {
    CborWriter out = new CborWriter(64).writeMap(1).writeText("op").writeInteger(-1);
    out.writeMap(error.message() == null ? 1 : 2).writeText("error").writeText(error.error());
    writeOptional(out, "message", error.message());
    return bytes(out);
  }

  private static EncodedFrame encode(FrameBody.Commit commit, long seq) {
    CborWriter out = header("#commit", commit.blocks().length() + 256);
    out.writeMap(commit.prevData() == null ? 11 : 12);
    out.writeText("ops").writeArray(commit.ops().size());
    commit.ops().forEach(op -> write(out, op));
    out.writeText("rev").writeText(commit.rev().toString());
    int seqOffset = writeSeq(out, seq);
    int seqLength = out.length() - seqOffset;
    out.writeText("repo").writeText(commit.did().toString());
    out.writeText("time").writeText(commit.time());
    out.writeText("blobs").writeArray(0); // SC-30
    out.writeText("since");
    if (commit.since() == null) {
      out.writeNull();
    } else {
      out.writeText(commit.since().toString());
    }
    out.writeText("blocks").writeBytes(commit.blocks());
    out.writeText("commit").writeLink(commit.commit());
    out.writeText("rebase").writeBoolean(commit.rebase());
    out.writeText("tooBig").writeBoolean(commit.tooBig());
    if (commit.prevData() != null) {
      out.writeText("prevData").writeLink(commit.prevData());
    }
    return frame(out, seqOffset, seqLength);
  }

  private static void write(CborWriter out, RepoOp op) {
    out.writeMap(op.prev() == null ? 3 : 4);
    writeLink(out.writeText("cid"), op.cid());
    out.writeText("path").writeText(op.path().toByteArray());
    if (op.prev() != null) {
      out.writeText("prev").writeLink(op.prev());
    }
    out.writeText("action").writeText(op.action().name().toLowerCase(Locale.ROOT));
  }

  private static void writeLink(CborWriter out, @Nullable Cid cid) {
    if (cid == null) {
      out.writeNull();
    } else {
      out.writeLink(cid);
    }
  }

  private static EncodedFrame encode(FrameBody.Sync sync, long seq) {
    CborWriter out = header("#sync", sync.blocks().length() + 192).writeMap(5);
    out.writeText("did").writeText(sync.did().toString());
    out.writeText("rev").writeText(sync.rev().toString());
    int seqOffset = writeSeq(out, seq);
    int seqLength = out.length() - seqOffset;
    out.writeText("time").writeText(sync.time());
    out.writeText("blocks").writeBytes(sync.blocks());
    return frame(out, seqOffset, seqLength);
  }

  private static EncodedFrame encode(FrameBody.Identity identity, long seq) {
    CborWriter out = header("#identity", 192).writeMap(identity.handle() == null ? 3 : 4);
    out.writeText("did").writeText(identity.did().toString());
    int seqOffset = writeSeq(out, seq);
    int seqLength = out.length() - seqOffset;
    out.writeText("time").writeText(identity.time());
    writeOptional(out, "handle", identity.handle());
    return frame(out, seqOffset, seqLength);
  }

  private static EncodedFrame encode(FrameBody.Account account, long seq) {
    CborWriter out = header("#account", 192).writeMap(account.status() == null ? 4 : 5);
    out.writeText("did").writeText(account.did().toString());
    int seqOffset = writeSeq(out, seq);
    int seqLength = out.length() - seqOffset;
    out.writeText("time").writeText(account.time());
    out.writeText("active").writeBoolean(account.active());
    writeOptional(out, "status", account.status());
    return frame(out, seqOffset, seqLength);
  }

  private static CborWriter header(String type, int bodyBytes) {
    return new CborWriter(bodyBytes + 32)
        .writeMap(2)
        .writeText("t")
        .writeText(type)
        .writeText("op")
        .writeInteger(1);
  }

  private static void writeOptional(CborWriter out, String key, @Nullable String value) {
    if (value != null) {
      out.writeText(key).writeText(value);
    }
  }

  /** Writes the number and returns where its value begins. */
  private static int writeSeq(CborWriter out, long seq) {
    int offset = out.writeText("seq").length();
    out.writeInteger(seq);
    return offset;
  }

  private static EncodedFrame frame(CborWriter out, int seqOffset, int seqLength) {
    return new EncodedFrame(bytes(out), seqOffset, seqLength, true);
  }

  /** The writer is made for one frame, so its buffer is given away instead of copied. */
  private static Bytes bytes(CborWriter out) {
    return Bytes.wrap(out.array(), 0, out.length());
  }
}
