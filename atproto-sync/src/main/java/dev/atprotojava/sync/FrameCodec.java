// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborType;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cbor.LenientCbor;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Turns WebSocket messages into {@link Frame}s (SC-20 to SC-25): a header map and a body map, one
 * behind the other.
 *
 * <p>A message that is valid CBOR but not in canonical form is encoded anew and read then, since
 * nothing about the envelope is signed; what it says stays the same, and {@link
 * EncodedFrame#canonical} tells. Unknown fields are checked and kept, as a {@code $type} is that
 * has no business there (SC-24).
 *
 * <p>An instance belongs to one stream; it keeps the buffers of its reader. Not thread-safe.
 */
public final class FrameCodec {
  private static final byte[] OP = name("op");
  private static final byte[] T = name("t");
  private static final byte[] SEQ = name("seq");
  private static final byte[] DID = name("did");
  private static final byte[] REPO = name("repo");
  private static final byte[] TIME = name("time");
  private static final byte[] REV = name("rev");
  private static final byte[] SINCE = name("since");
  private static final byte[] COMMIT = name("commit");
  private static final byte[] PREV_DATA = name("prevData");
  private static final byte[] BLOCKS = name("blocks");
  private static final byte[] OPS = name("ops");
  private static final byte[] REBASE = name("rebase");
  private static final byte[] TOO_BIG = name("tooBig");
  private static final byte[] HANDLE = name("handle");
  private static final byte[] ACTIVE = name("active");
  private static final byte[] STATUS = name("status");
  private static final byte[] NAME = name("name");
  private static final byte[] MESSAGE = name("message");
  private static final byte[] ERROR = name("error");
  private static final byte[] ACTION = name("action");
  private static final byte[] PATH = name("path");
  private static final byte[] CID = name("cid");
  private static final byte[] PREV = name("prev");

  static final CborLimits LIMITS = new CborLimits(SyncLimits.FRAME_BYTES, 32, 1 << 17, 1 << 13);

  private final CborReader in = new CborReader(LIMITS);
  private final Fields fields = new Fields();

  /** A codec for one stream. */
  public FrameCodec() {}

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a message, sharing its bytes.
   *
   * @throws FrameException if it is none
   */
  public Frame decode(Bytes message) {
    try {
      return read(message, true);
    } catch (CborException strict) {
      return switch (strict.reason()) {
        case NOT_SHORTEST, INDEFINITE_LENGTH, KEY_ORDER -> readLenient(message);
        default -> throw notCbor(strict);
      };
    }
  }

  private Frame readLenient(Bytes message) {
    try {
      List<CborValue> items = LenientCbor.decodeSequence(message, LIMITS);
      CborWriter canonical = new CborWriter(message.length());
      items.forEach(item -> item.write(canonical));
      return read(canonical.toBytes(), false);
    } catch (CborException e) {
      throw notCbor(e);
    }
  }

  private static FrameException notCbor(CborException e) {
    return switch (e.reason()) {
      case UNEXPECTED_TYPE -> new FrameException(FrameFault.FIELD_TYPE, "at byte " + e.offset());
      default -> new FrameException(FrameFault.NOT_CBOR, e.reason() + " at byte " + e.offset());
    };
  }

  private Frame read(Bytes message, boolean canonical) {
    in.reset(message);
    fields.clear();
    requireMap();
    long op = 0;
    boolean sawOp = false;
    Kind kind = Kind.NONE;
    while (in.nextKey()) {
      if (in.keyIs(OP)) {
        op = in.readInteger();
        sawOp = true;
      } else if (in.keyIs(T)) {
        in.readTextSpan();
        kind = Kind.of(message.array(), in.spanOffset(), in.spanLength());
      } else {
        in.skip();
      }
    }
    if (!sawOp || (op == 1 && kind == Kind.NONE)) {
      throw new FrameException(FrameFault.HEADER, "");
    }
    requireMap();
    Kind body = op == 1 ? kind : op == -1 ? Kind.ERROR : Kind.UNKNOWN;
    while (in.nextKey()) {
      readField(body, message);
    }
    if (in.remaining() > 0) {
      throw new FrameException(FrameFault.NOT_TWO_MAPS, "");
    }
    return fields.frame(body, message, canonical);
  }

  private void requireMap() {
    if (in.remaining() == 0 || in.peek() != CborType.MAP) {
      throw new FrameException(FrameFault.NOT_TWO_MAPS, "");
    }
    in.readMap();
  }

  /**
   * Reads one field of a body. Fields that the kind of message does not have are skipped, even if
   * another kind has them; a {@code seq} is read from all, if it is a number.
   */
  private void readField(Kind kind, Bytes message) {
    if (in.keyIs(SEQ)) {
      readSeq(kind, message);
      return;
    }
    switch (kind) {
      case COMMIT -> readCommitField();
      case SYNC -> {
        if (in.keyIs(REV)) {
          fields.rev = readTid();
        } else if (in.keyIs(BLOCKS)) {
          fields.blocks = in.readBytes();
        } else {
          readDidOrTime(DID);
        }
      }
      case IDENTITY -> {
        if (in.keyIs(HANDLE)) {
          fields.text = readOptionalText();
        } else {
          readDidOrTime(DID);
        }
      }
      case ACCOUNT -> {
        if (in.keyIs(ACTIVE)) {
          fields.active = in.readBoolean();
          fields.sawActive = true;
        } else if (in.keyIs(STATUS)) {
          fields.text = readOptionalText();
        } else {
          readDidOrTime(DID);
        }
      }
      case INFO, ERROR -> {
        if (in.keyIs(kind == Kind.INFO ? NAME : ERROR)) {
          fields.name = in.readText();
        } else if (in.keyIs(MESSAGE)) {
          fields.text = readOptionalText();
        } else {
          in.skip();
        }
      }
      case UNKNOWN, NONE -> in.skip();
    }
  }

  private void readCommitField() {
    if (in.keyIs(OPS)) {
      readOps();
    } else if (in.keyIs(REV)) {
      fields.rev = readTid();
    } else if (in.keyIs(SINCE)) {
      fields.since = in.tryReadNull() ? null : readTid();
      fields.sawSince = true;
    } else if (in.keyIs(BLOCKS)) {
      fields.blocks = in.readBytes();
    } else if (in.keyIs(COMMIT)) {
      fields.commit = in.readLink();
    } else if (in.keyIs(PREV_DATA)) {
      fields.prevData = readOptionalLink();
    } else if (in.keyIs(REBASE)) {
      fields.rebase = in.readBoolean();
    } else if (in.keyIs(TOO_BIG)) {
      fields.tooBig = in.readBoolean();
    } else {
      readDidOrTime(REPO); // and blobs, which nobody reads (SC-30)
    }
  }

  private void readDidOrTime(byte[] didKey) {
    if (in.keyIs(didKey)) {
      fields.did = readDid();
    } else if (in.keyIs(TIME)) {
      in.readTextSpan();
      fields.time = in.span();
    } else {
      in.skip();
    }
  }

  private void readSeq(Kind kind, Bytes message) {
    if (in.peek() != CborType.INTEGER) {
      if (kind.sequenced()) {
        throw new FrameException(FrameFault.FIELD_TYPE, "seq");
      }
      in.skip();
      return;
    }
    int from = in.position();
    fields.seq = in.readInteger();
    fields.seqOffset = from - message.offset();
    fields.seqLength = in.position() - from;
    fields.sawSeq = true;
  }

  private void readOps() {
    int count = in.readArray();
    List<RepoOp> ops = new ArrayList<>(Math.min(count, SyncLimits.OPS));
    while (in.nextElement()) {
      if (count > SyncLimits.OPS) {
        fields.fault = FrameFault.TOO_MANY_OPS;
        in.skip();
      } else {
        ops.add(readOp());
      }
    }
    fields.ops = ops;
  }

  private RepoOp readOp() {
    RepoOp.Action action = null;
    Bytes path = null;
    Cid cid = null;
    boolean sawCid = false;
    Cid prev = null;
    in.readMap();
    while (in.nextKey()) {
      if (in.keyIs(CID)) {
        cid = readOptionalLink();
        sawCid = true;
      } else if (in.keyIs(PATH)) {
        in.readTextSpan();
        path = in.span();
      } else if (in.keyIs(PREV)) {
        prev = readOptionalLink(); // SC-36: null is as good as absent
      } else if (in.keyIs(ACTION)) {
        action = readAction();
      } else {
        in.skip();
      }
    }
    if (action == null || path == null || !sawCid) { // SC-36: null is not absent
      throw new FrameException(FrameFault.MISSING_FIELD, "ops");
    }
    return new RepoOp(action, path, cid, prev);
  }

  private RepoOp.Action readAction() {
    return switch (in.readText()) {
      case "create" -> RepoOp.Action.CREATE;
      case "update" -> RepoOp.Action.UPDATE;
      case "delete" -> RepoOp.Action.DELETE;
      default -> RepoOp.Action.UNKNOWN;
    };
  }

  private @Nullable Tid readTid() {
    in.readTextSpan();
    Bytes text = in.span();
    if (Tid.isValid(text.array(), text.offset(), text.length())) {
      return Tid.of(Tid.decode(text.array(), text.offset()));
    }
    fields.fault = FrameFault.BAD_REV;
    return null;
  }

  private @Nullable Did readDid() {
    in.readTextSpan();
    Bytes text = in.span();
    if (Did.isValid(text.array(), text.offset(), text.length())) {
      Did did = Did.decode(text.array(), text.offset(), text.length());
      if (did.isNormalized()) {
        return did;
      }
    }
    fields.fault = FrameFault.BAD_DID;
    return null;
  }

  private @Nullable String readOptionalText() {
    return in.tryReadNull() ? null : in.readText();
  }

  private @Nullable Cid readOptionalLink() {
    return in.tryReadNull() ? null : in.readLink();
  }

  /** The kinds of message, by {@code op} and {@code t}. */
  private enum Kind {
    COMMIT,
    SYNC,
    IDENTITY,
    ACCOUNT,
    INFO,
    ERROR,
    UNKNOWN,
    /** A header without {@code t}. */
    NONE;

    private static final byte[] COMMIT_T = FrameCodec.name("#commit");
    private static final byte[] SYNC_T = FrameCodec.name("#sync");
    private static final byte[] IDENTITY_T = FrameCodec.name("#identity");
    private static final byte[] ACCOUNT_T = FrameCodec.name("#account");
    private static final byte[] INFO_T = FrameCodec.name("#info");

    static Kind of(byte[] in, int offset, int length) {
      if (is(COMMIT_T, in, offset, length)) {
        return COMMIT;
      }
      if (is(SYNC_T, in, offset, length)) {
        return SYNC;
      }
      if (is(IDENTITY_T, in, offset, length)) {
        return IDENTITY;
      }
      if (is(ACCOUNT_T, in, offset, length)) {
        return ACCOUNT;
      }
      return is(INFO_T, in, offset, length) ? INFO : UNKNOWN;
    }

    private static boolean is(byte[] name, byte[] in, int offset, int length) {
      return Arrays.equals(name, 0, name.length, in, offset, offset + length);
    }

    boolean sequenced() {
      return switch (this) {
        case COMMIT, SYNC, IDENTITY, ACCOUNT -> true;
        case INFO, ERROR, UNKNOWN, NONE -> false;
      };
    }
  }

  /** The fields of one body while it is read. */
  private static final class Fields {
    boolean sawSeq;
    long seq;
    int seqOffset;
    int seqLength;
    @Nullable Did did;
    @Nullable Bytes time;
    @Nullable Tid rev;
    boolean sawSince;
    @Nullable Tid since;
    @Nullable Cid commit;
    @Nullable Cid prevData;
    @Nullable Bytes blocks;
    @Nullable List<RepoOp> ops;
    boolean rebase;
    boolean tooBig;
    boolean sawActive;
    boolean active;
    @Nullable String text;
    @Nullable String name;
    @Nullable FrameFault fault;

    void clear() {
      sawSeq = false;
      did = null;
      time = null;
      rev = null;
      sawSince = false;
      since = null;
      commit = null;
      prevData = null;
      blocks = null;
      ops = null;
      rebase = false;
      tooBig = false;
      sawActive = false;
      text = null;
      name = null;
      fault = null;
    }

    Frame frame(Kind kind, Bytes message, boolean canonical) {
      if (kind == Kind.UNKNOWN || kind == Kind.NONE) {
        boolean counts = sawSeq && seq > 0 && seq <= SyncLimits.MAX_SEQ;
        return new Frame.Unknown(counts ? OptionalLong.of(seq) : OptionalLong.empty());
      }
      if (kind == Kind.ERROR) {
        return new Frame.Error(required(name, "error"), text);
      }
      if (kind == Kind.INFO) {
        return new Frame.Message(new RepoEvent.InfoEvent(required(name, "name"), text));
      }
      if (!sawSeq) {
        throw new FrameException(FrameFault.MISSING_FIELD, "seq");
      }
      if (seq < 1 || seq > SyncLimits.MAX_SEQ) {
        throw new FrameException(FrameFault.SEQ_RANGE, "");
      }
      if (fault != null) {
        return new Frame.Invalid(seq, fault);
      }
      return new Frame.Message(
          event(kind, new EncodedFrame(message, seqOffset, seqLength, canonical)));
    }

    private RepoEvent event(Kind kind, EncodedFrame source) {
      Did account = required(did, "did");
      Bytes when = required(time, "time");
      return switch (kind) {
        case COMMIT -> {
          if (!sawSince) { // SC-36: null says that there was no commit before
            throw new FrameException(FrameFault.MISSING_FIELD, "since");
          }
          yield new RepoEvent.CommitEvent(
              source,
              seq,
              account,
              required(commit, "commit"),
              required(rev, "rev"),
              since,
              prevData,
              required(blocks, "blocks"),
              required(ops, "ops"),
              rebase,
              tooBig,
              when);
        }
        case SYNC ->
            new RepoEvent.SyncEvent(
                source, seq, account, required(rev, "rev"), required(blocks, "blocks"), when);
        case IDENTITY -> new RepoEvent.IdentityEvent(source, seq, account, text, when);
        case ACCOUNT -> {
          if (!sawActive) {
            throw new FrameException(FrameFault.MISSING_FIELD, "active");
          }
          yield new RepoEvent.AccountEvent(source, seq, account, active, text, when);
        }
        case INFO, ERROR, UNKNOWN, NONE -> throw new IllegalStateException("no event");
      };
    }

    private static <T> T required(@Nullable T value, String field) {
      if (value == null) {
        throw new FrameException(FrameFault.MISSING_FIELD, field);
      }
      return value;
    }
  }
}
