// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cbor.LenientCbor;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.ingest.AcceptedEvent;
import dev.atprotojava.relay.ingest.Announcement;
import dev.atprotojava.relay.ingest.LaneOutput;
import dev.atprotojava.relay.ingest.LaneSuccessor;
import dev.atprotojava.relay.upstream.OwnOrigin;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.syntax.AtDatetime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stage 7: the bytes that leave for an accepted event, with a hole for {@code seq}.
 *
 * <p>{@code #commit} and {@code #sync} leave as they came (invariant 3). {@code #identity} keeps
 * its handle only if the account's document claims it (RL-34); {@code #account} says what the relay
 * says of the account (RL-35). Fields that we do not know are kept. Only where something changes is
 * a message encoded anew. What the relay says by itself is written here too.
 */
public final class OutboundEncoder implements LaneSuccessor {
  private static final CborLimits LIMITS =
      new CborLimits(SyncLimits.FRAME_BYTES, 32, 1 << 17, 1 << 13);

  private final FrameCodec codec = new FrameCodec();
  private final Consumer<OutboundEvent> sequencer;

  /**
   * An encoder for one lane.
   *
   * @param sequencer takes what is encoded; does not wait
   */
  public OutboundEncoder(Consumer<OutboundEvent> sequencer) {
    this.sequencer = sequencer;
  }

  @Override
  public boolean offer(LaneOutput output) {
    OutboundEvent outbound =
        switch (output) {
          case AcceptedEvent accepted -> encode(accepted);
          case Announcement announcement -> encode(announcement);
        };
    if (outbound.frameLength() > SyncLimits.FRAME_BYTES) {
      return false;
    }
    sequencer.accept(outbound);
    return true;
  }

  private OutboundEvent encode(AcceptedEvent accepted) {
    RepoEvent.Sequenced event = accepted.upstream().event();
    return new OutboundEvent(
        EventKind.of(event),
        encode(event, accepted.after(), accepted.claimedHandle()),
        accepted.upstream(),
        accepted.after(),
        accepted.waived(),
        accepted.upstream().receivedMicros(),
        accepted.lane(),
        accepted.ordinal());
  }

  private OutboundEvent encode(Announcement announcement) {
    Instant at = announcement.at();
    return new OutboundEvent(
        announcement.kind(),
        sourceOf(frame(announcement)),
        new OwnOrigin(announcement.after().hostId()),
        announcement.after(),
        false,
        at.getEpochSecond() * 1_000_000 + at.getNano() / 1000,
        announcement.lane(),
        announcement.ordinal());
  }

  private static Bytes frame(Announcement announcement) {
    AccountRecord account = announcement.after();
    Map<String, CborValue> body = new LinkedHashMap<>();
    body.put("did", new CborValue.TextValue(account.did().toString()));
    body.put("seq", new CborValue.IntegerValue(1)); // the place of ours
    body.put("time", new CborValue.TextValue(AtDatetime.format(announcement.at())));
    String type =
        switch (announcement.kind()) {
          case ACCOUNT -> {
            putStatus(body, account.effectiveStatus());
            yield "#account";
          }
          case IDENTITY -> {
            if (announcement.handle() != null) {
              body.put("handle", new CborValue.TextValue(announcement.handle().toString()));
            }
            yield "#identity";
          }
          case COMMIT, SYNC -> throw new IllegalArgumentException("a host's to say");
        };
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText(type).writeText("op").writeInteger(1);
    new CborValue.MapValue(body).write(out);
    return out.toBytes();
  }

  private static void putStatus(Map<String, CborValue> body, AccountStatus status) {
    body.put("active", new CborValue.BooleanValue(status.isActive()));
    body.remove("status");
    if (status.wire() != null) {
      body.put("status", new CborValue.TextValue(status.wire()));
    }
  }

  private EncodedFrame encode(
      RepoEvent.Sequenced event, AccountRecord after, @Nullable String claimedHandle) {
    return switch (event) {
      case RepoEvent.CommitEvent commit -> commit.source();
      case RepoEvent.SyncEvent sync -> sync.source();
      case RepoEvent.IdentityEvent identity -> encode(identity, claimedHandle);
      case RepoEvent.AccountEvent account -> encode(account, after.effectiveStatus());
    };
  }

  private EncodedFrame encode(RepoEvent.IdentityEvent event, @Nullable String claimedHandle) {
    String handle = event.handle();
    if (handle == null || handle.equalsIgnoreCase(claimedHandle)) {
      return event.source();
    }
    return rewrite(
        event.source(),
        body -> {
          body.remove("handle");
          return body;
        });
  }

  private EncodedFrame encode(RepoEvent.AccountEvent event, AccountStatus effective) {
    if (AccountStatus.of(event.active(), event.status()) == effective) {
      return event.source();
    }
    return rewrite(
        event.source(),
        body -> {
          putStatus(body, effective);
          return body;
        });
  }

  private EncodedFrame rewrite(EncodedFrame source, UnaryOperator<Map<String, CborValue>> change) {
    List<CborValue> items = LenientCbor.decodeSequence(source.bytes(), LIMITS);
    CborWriter out = new CborWriter(source.bytes().length() + 32);
    items.getFirst().write(out);
    Map<String, CborValue> body =
        new LinkedHashMap<>(((CborValue.MapValue) items.getLast()).entries());
    new CborValue.MapValue(change.apply(body)).write(out);
    return sourceOf(out.toBytes());
  }

  private EncodedFrame sourceOf(Bytes encoded) {
    if (codec.decode(encoded) instanceof Frame.Message(RepoEvent.Sequenced event)) {
      return event.source();
    }
    throw new IllegalStateException("a message that was rewritten is no message");
  }
}
