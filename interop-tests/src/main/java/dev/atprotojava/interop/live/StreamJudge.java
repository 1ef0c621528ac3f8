// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.live;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.FrameFault;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.syntax.AtDatetime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the messages of one stream in their order: form, fields, numbers. What it gives back is an
 * event whose form is in order. Belongs to one thread.
 */
final class StreamJudge {
  /** What decoding looks at, in its order. */
  private static final List<LiveRule> DECODED =
      List.of(
          LiveRule.TWO_MAPS,
          LiveRule.HEADER,
          LiveRule.FIELDS,
          LiveRule.SEQ_RANGE,
          LiveRule.DID,
          LiveRule.TIDS,
          LiveRule.OPS);

  private final Tally tally;
  private final FrameCodec codec = new FrameCodec();
  private long lastSeq;
  private boolean resumed;

  /**
   * A judge.
   *
   * @param cursor the seq that was asked for; 0 for none
   */
  StreamJudge(Tally tally, long cursor) {
    this.tally = tally;
    this.lastSeq = cursor;
    this.resumed = cursor > 0;
  }

  /** The last seq that came. */
  long lastSeq() {
    return lastSeq;
  }

  /** The stream goes on behind {@link #lastSeq}: that event may come once more (SC-42). */
  void resumed() {
    resumed = true;
  }

  /** A message that is not read: a text, or one too long. */
  void passedOver(LiveRule rule, String flaw) {
    tally.add(rule, "after seq " + lastSeq, flaw);
  }

  /** Judges a message; the event in it, if it has one that is to be judged further. */
  @Nullable Sequenced judge(Bytes message) {
    tally.kept(LiveRule.BINARY);
    tally.kept(LiveRule.MESSAGE_SIZE);
    Frame frame;
    try {
      frame = codec.decode(message);
    } catch (FrameException e) {
      count(e.fault(), "after seq " + lastSeq, String.valueOf(e.getMessage()));
      return null;
    }
    return switch (frame) {
      case Frame.Message(RepoEvent.InfoEvent info) -> {
        tally.seen("#info: " + printable(info.name()));
        count(null, "", "");
        yield null;
      }
      case Frame.Message(Sequenced event) -> judge(event);
      case Frame.Invalid(long seq, FrameFault fault) -> {
        count(fault, "seq " + seq, fault.toString());
        rises(seq, "seq " + seq);
        yield null;
      }
      case Frame.Unknown unknown -> {
        tally.seen("messages of a kind that is not known, which is allowed (SC-22)");
        unknown.seq().ifPresent(seq -> rises(seq, "seq " + seq));
        yield null;
      }
      case Frame.Error error -> {
        tally.seen("error from the host: " + printable(error.error()));
        yield null;
      }
    };
  }

  private @Nullable Sequenced judge(Sequenced event) {
    String where = "seq " + event.seq() + " " + event.did();
    count(null, where, "");
    tally.seen(kind(event));
    boolean canonical = event.source().canonical();
    tally.add(LiveRule.CANONICAL, where, canonical ? "" : "CBOR in another form");
    Bytes time = event.time();
    boolean datetime = AtDatetime.isValid(time.array(), time.offset(), time.length());
    tally.add(LiveRule.TIME, where, datetime ? "" : "time is no datetime");
    if (event instanceof CommitEvent commit) {
      tally.add(LiveRule.DEPRECATED, where, deprecated(commit));
    }
    boolean duplicate = resumed && event.seq() == lastSeq;
    resumed = false;
    return !duplicate && rises(event.seq(), where) ? event : null;
  }

  private boolean rises(long seq, String where) {
    boolean rises = seq > lastSeq;
    tally.add(LiveRule.SEQ_RISES, where, rises ? "" : "not above " + lastSeq);
    lastSeq = Math.max(lastSeq, seq);
    return rises;
  }

  private void count(@Nullable FrameFault fault, String where, String flaw) {
    LiveRule broken = fault == null ? null : LiveRule.of(fault);
    for (LiveRule rule : DECODED) {
      if (rule == broken) {
        tally.add(rule, where, flaw);
        return;
      }
      tally.kept(rule);
    }
  }

  /** Fields that nobody reads any more, and that must be there all the same. */
  private static String deprecated(CommitEvent event) {
    if (event.rebase() || event.tooBig()) {
      return event.rebase() ? "rebase is set" : "tooBig is set";
    }
    Bytes bytes = event.source().bytes();
    try {
      CborReader reader = new CborReader().reset(bytes);
      reader.skip();
      MapValue body = (MapValue) CborValue.read(reader);
      for (String field : List.of("rebase", "tooBig")) {
        if (!(body.find(field) instanceof CborValue.BooleanValue)) {
          return field + " is not there";
        }
      }
      return body.find("blobs") instanceof CborValue.ArrayValue ? "" : "blobs is not there";
    } catch (CborException | ClassCastException e) {
      return "the body is no map";
    }
  }

  private static String kind(Sequenced event) {
    return switch (event) {
      case CommitEvent _ -> "#commit";
      case RepoEvent.SyncEvent _ -> "#sync";
      case RepoEvent.IdentityEvent _ -> "#identity";
      case RepoEvent.AccountEvent _ -> "#account";
    };
  }

  /** A word of the host, as far as it is one. */
  private static String printable(String text) {
    String word = text.replaceAll("[^A-Za-z0-9_. -]", "?");
    return word.length() > 64 ? word.substring(0, 64) : word;
  }
}
