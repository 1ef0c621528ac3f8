// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cbor.LenientCbor;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.ingest.AcceptedEvent;
import dev.atprotojava.relay.ingest.Announcement;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.EncodedFrame;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.syntax.Handle;
import dev.atprotojava.testing.Gen;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Invariant 3, RL-17, RL-18. Catches a byte of a message that is changed without need, a field that
 * is lost because we do not know it, and a word that the relay passes on against its own decision.
 */
class OutboundEncoderTest {
  private static final CborLimits LIMITS =
      new CborLimits(SyncLimits.FRAME_BYTES + 100, 32, 1 << 17, 1 << 13);
  private static final long SEQ = 1L << 33;

  private final TestHost host = new TestHost(1, "pds.example.com");
  private final TestAccount alice = new TestAccount(1);
  private final List<OutboundEvent> sequenced = new ArrayList<>();
  private final OutboundEncoder encoder = new OutboundEncoder(sequenced::add);

  private static CborValue text(String value) {
    return new CborValue.TextValue(value);
  }

  private static CborValue bool(boolean value) {
    return new CborValue.BooleanValue(value);
  }

  /** A body with the fields that every one has, and any that nobody knows. */
  private Map<String, CborValue> body(Gen gen, long seq) {
    Map<String, CborValue> body = new LinkedHashMap<>();
    body.put("did", text(alice.did().toString()));
    body.put("seq", new CborValue.IntegerValue(seq));
    body.put("time", text(TestAccount.TIME));
    for (int i = gen.nextInt(4); i > 0; i--) {
      body.put("x" + gen.text("abcdefgh", gen.between(0, 12)), value(gen));
    }
    return body;
  }

  private static CborValue value(Gen gen) {
    return switch (gen.nextInt(5)) {
      case 0 -> new CborValue.IntegerValue(gen.anyMagnitude());
      case 1 -> text(gen.text("äbc ", gen.nextInt(30)));
      case 2 -> new CborValue.BytesValue(Bytes.wrap(gen.bytes()));
      case 3 -> new CborValue.ArrayValue(List.of(new CborValue.NullValue(), text("seq")));
      default -> new CborValue.MapValue(Map.of("seq", new CborValue.IntegerValue(5)));
    };
  }

  private static Bytes frame(String type, Map<String, CborValue> body) {
    Map<String, CborValue> header = new LinkedHashMap<>();
    header.put("t", text(type));
    header.put("op", new CborValue.IntegerValue(1));
    header.put("xyz", text("a field of the header"));
    CborWriter out = new CborWriter();
    new CborValue.MapValue(header).write(out);
    new CborValue.MapValue(body).write(out);
    return out.toBytes();
  }

  private AccountRecord account(AccountStatus upstream, LocalStatus local) {
    return new AccountRecord(1, alice.did(), alice.hash(), 1, upstream, local, true, null);
  }

  private boolean offer(UpstreamEvent event, AccountRecord after, @Nullable String claimed) {
    return encoder.offer(new AcceptedEvent(event, after, claimed, true, 3, 9));
  }

  /** What leaves for a frame, with a number of ours. */
  private Bytes pass(Bytes frame, AccountRecord after, @Nullable String claimed) {
    sequenced.clear();
    UpstreamEvent event = host.send(frame);
    assertThat(offer(event, after, claimed)).isTrue();
    assertThat(sequenced).hasSize(1);
    OutboundEvent out = sequenced.getFirst();
    assertThat(out.kind()).isEqualTo(EventKind.of(event.event()));
    assertThat(out.origin()).isSameAs(event);
    assertThat(out.after()).isSameAs(after);
    assertThat(out.waived()).isTrue();
    assertThat(out.lane()).isEqualTo(3);
    assertThat(out.ordinal()).isEqualTo(9);
    Bytes leaves = withSeq(out.frame());
    assertThat(leaves.length()).isEqualTo(out.frameLength());
    assertThat(new FrameCodec().decode(leaves))
        .isInstanceOfSatisfying(
            Frame.Message.class,
            message -> {
              RepoEvent.Sequenced sent = (RepoEvent.Sequenced) message.event();
              assertThat(sent.seq()).isEqualTo(SEQ);
              assertThat(sent.source().canonical()).isTrue();
            });
    return leaves;
  }

  private static Bytes withSeq(EncodedFrame frame) {
    byte[] source = frame.bytes().toByteArray();
    int rest = frame.seqOffset() + frame.seqLength();
    ByteBuffer out = ByteBuffer.allocate(source.length - frame.seqLength() + 9);
    out.put(source, 0, frame.seqOffset()).put((byte) 0x1b).putLong(SEQ);
    out.put(source, rest, source.length - rest);
    return Bytes.wrap(out.array());
  }

  private static List<CborValue> items(Bytes frame) {
    return LenientCbor.decodeSequence(frame, LIMITS);
  }

  private static void assertLeaves(Bytes leaves, Bytes came, Map<String, CborValue> body) {
    Map<String, CborValue> expected = new LinkedHashMap<>(body);
    expected.put("seq", new CborValue.IntegerValue(SEQ));
    assertThat(items(leaves))
        .isEqualTo(List.of(items(came).getFirst(), new CborValue.MapValue(expected)));
  }

  /** The same bytes but for the number, wherever it is and however long. */
  private static void assertSameBytes(Bytes leaves, Bytes came, long seq) {
    byte[] before = new CborWriter().writeText("seq").writeInteger(seq).toByteArray();
    byte[] after = new CborWriter().writeText("seq").writeInteger(SEQ).toByteArray();
    String hex = came.toHex().replaceFirst(Bytes.wrap(before).toHex(), Bytes.wrap(after).toHex());
    assertThat(leaves.toHex()).isEqualTo(hex);
  }

  @Test
  void offer_content_leavesAsItCame() {
    AccountRecord after = account(AccountStatus.ACTIVE, LocalStatus.ACTIVE);
    for (long seq : new long[] {1, 23, 24, 255, 256, 65_536, 1L << 32, SyncLimits.MAX_SEQ}) {
      Bytes commit = alice.commit(seq);
      assertSameBytes(pass(commit, after, null), commit, seq);
      Bytes sync = alice.sync(seq);
      assertSameBytes(pass(sync, after, null), sync, seq);
    }
  }

  /** RL-34: a handle leaves only if the account's document claims it. */
  @Test
  void offer_identity_keepsOnlyAClaimedHandle() {
    Gen.forAll(
        300,
        gen -> {
          long seq = gen.oneOf(1L, 300L, 1L << 40);
          Map<String, CborValue> body = body(gen, seq);
          String handle = gen.oneOf("a.example.com", "B.Example.com");
          boolean hasHandle = !gen.oneIn(4);
          if (hasHandle) {
            body.put("handle", gen.oneIn(8) ? new CborValue.NullValue() : text(handle));
          }
          boolean isText = body.get("handle") instanceof CborValue.TextValue;
          String claimed =
              gen.oneIn(3) ? null : gen.oneOf("other.example.com", handle.toLowerCase(Locale.ROOT));
          Bytes frame = frame("#identity", body);
          Bytes leaves = pass(frame, account(AccountStatus.ACTIVE, LocalStatus.ACTIVE), claimed);
          if (isText && !handle.toLowerCase(Locale.ROOT).equals(claimed)) {
            body.remove("handle");
            assertLeaves(leaves, frame, body);
          } else {
            assertSameBytes(leaves, frame, seq);
          }
        });
  }

  /** RL-35, SC-82: what leaves is what the relay says of the account, not what its host says. */
  @Test
  void offer_account_saysTheEffectiveStatus() {
    Gen.forAll(
        500,
        gen -> {
          long seq = gen.oneOf(1L, 300L, 1L << 40);
          Map<String, CborValue> body = body(gen, seq);
          boolean active = gen.oneIn(2);
          body.put("active", bool(active));
          String status =
              gen.oneIn(4) ? null : gen.oneOf("deactivated", "takendown", "throttled", "new-word");
          if (status != null) {
            body.put("status", text(status));
          }
          LocalStatus local = gen.oneOf(LocalStatus.values());
          AccountRecord after = account(AccountStatus.of(active, status), local);
          Bytes frame = frame("#account", body);
          Bytes leaves = pass(frame, after, null);
          String ours =
              switch (local) {
                case ACTIVE, DESYNCHRONIZED -> null;
                case TAKENDOWN -> "takendown";
                case THROTTLED, CHAIN_THROTTLED -> "throttled";
              };
          if (ours == null || (!active && ours.equals(status))) {
            assertSameBytes(leaves, frame, seq);
          } else {
            body.put("active", bool(false));
            body.put("status", text(ours));
            assertLeaves(leaves, frame, body);
          }
        });
  }

  /** RL-35, SC-80: what the relay itself says is an event like others, with a number of ours. */
  @Test
  void offer_announcement_isAnEventOfTheRelay() {
    AccountRecord throttled = account(AccountStatus.ACTIVE, LocalStatus.CHAIN_THROTTLED);
    Map<String, CborValue> expected = new LinkedHashMap<>();
    expected.put("did", text(alice.did().toString()));
    expected.put("time", text(TestAccount.TIME));
    expected.put("active", bool(false));
    expected.put("status", text("throttled"));
    assertThat(announce(EventKind.ACCOUNT, throttled, null)).isEqualTo(expected);
    expected.put("active", bool(true));
    expected.remove("status");
    AccountRecord lost = account(AccountStatus.ACTIVE, LocalStatus.DESYNCHRONIZED);
    assertThat(announce(EventKind.ACCOUNT, lost, null)).isEqualTo(expected);
    expected.remove("active");
    assertThat(announce(EventKind.IDENTITY, lost, null)).isEqualTo(expected);
    expected.put("handle", text(alice.handle().toString()));
    assertThat(announce(EventKind.IDENTITY, lost, alice.handle())).isEqualTo(expected);
  }

  /** The body of what leaves, without the number. */
  private Map<String, CborValue> announce(
      EventKind kind, AccountRecord after, @Nullable Handle handle) {
    sequenced.clear();
    assertThat(encoder.offer(new Announcement(kind, after, handle, TestAccount.NOW, 3, 9)))
        .isTrue();
    OutboundEvent event = sequenced.getFirst();
    assertThat(event.origin().hostId()).as("that of the account").isEqualTo(1);
    assertThat(event.origin().upstreamSeq()).as("no number of it").isZero();
    assertThat(event.kind()).isEqualTo(kind);
    assertThat(event.after()).isEqualTo(after);
    List<CborValue> items = items(event.frame().bytes());
    assertThat(((CborValue.MapValue) items.getFirst()).entries())
        .containsEntry("t", text(kind == EventKind.ACCOUNT ? "#account" : "#identity"))
        .containsEntry("op", new CborValue.IntegerValue(1))
        .hasSize(2);
    Map<String, CborValue> body =
        new LinkedHashMap<>(((CborValue.MapValue) items.getLast()).entries());
    assertThat(body.remove("seq")).isNotNull();
    return body;
  }

  /** Invariant 3: an envelope in another form leaves in canonical form, with the same fields. */
  @Test
  void offer_notCanonical_leavesWithTheSameFields() {
    byte[] header = new CborWriter().writeMap(2).writeText("t").writeText("#account").toByteArray();
    CborWriter out = new CborWriter();
    out.writeText("op").writeInteger(1).writeMap(5);
    out.writeText("active").writeBoolean(true); // not in the order of keys
    out.writeText("unknown").writeInteger(5);
    out.writeText("did").writeText(alice.did().toString());
    out.writeText("time").writeText(TestAccount.TIME);
    out.writeText("seq").writeInteger(4);
    byte[] rest = out.toByteArray();
    Bytes frame =
        Bytes.wrap(ByteBuffer.allocate(header.length + rest.length).put(header).put(rest).array());
    Bytes leaves = pass(frame, account(AccountStatus.ACTIVE, LocalStatus.ACTIVE), null);
    CborValue.MapValue body = (CborValue.MapValue) items(frame).getLast();
    assertLeaves(leaves, frame, body.entries());
  }

  /** RL-19: our number may be longer than theirs; what gets too long by that does not leave. */
  @Test
  void offer_tooLong_isRefusedAndGoesNowhere() {
    AccountRecord after = account(AccountStatus.ACTIVE, LocalStatus.ACTIVE);
    int others = fillerFrame(70_000).length() - 70_000;
    Bytes fits = fillerFrame(SyncLimits.FRAME_BYTES - 8 - others);
    assertThat(fits.length()).isEqualTo(SyncLimits.FRAME_BYTES - 8);
    assertThat(pass(fits, after, null).length()).isEqualTo(SyncLimits.FRAME_BYTES);
    sequenced.clear();
    for (int more = 1; more <= 8; more++) {
      UpstreamEvent event = host.send(fillerFrame(SyncLimits.FRAME_BYTES - 8 - others + more));
      assertThat(offer(event, after, null)).isFalse();
    }
    assertThat(sequenced).isEmpty();
  }

  private Bytes fillerFrame(int length) {
    Map<String, CborValue> body = body(Gen.of(1), 1);
    body.keySet().removeIf(key -> key.startsWith("x"));
    body.put("active", bool(true));
    body.put("filler", new CborValue.BytesValue(Bytes.wrap(new byte[length])));
    return frame("#account", body);
  }
}
