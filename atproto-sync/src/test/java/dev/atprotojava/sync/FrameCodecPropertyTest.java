// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.testing.LooseEncoder;
import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.sync.RepoEvent.AccountEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.InfoEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.testing.Gen;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FrameCodecPropertyTest {
  private static final List<String> TYPES =
      List.of("#commit", "#sync", "#identity", "#account", "#info");
  private static final EncodedFrame NO_SOURCE = new EncodedFrame(Bytes.EMPTY, 0, 0, true);

  /** The fields of a message with some that nobody knows. */
  private static MapValue body(Gen gen, String type) {
    Map<String, CborValue> fields = Messages.fields(type);
    for (int i = gen.nextInt(4); i > 0; i--) {
      fields.put("x" + gen.text("abcxyz", gen.nextInt(12)), RandomValues.value(gen, 3));
    }
    return new MapValue(fields);
  }

  private static MapValue header(Gen gen, String type) {
    Map<String, CborValue> fields = new TreeMap<>(Messages.header(type).entries());
    if (gen.oneIn(3)) {
      fields.put("x", RandomValues.value(gen, 2));
    }
    return new MapValue(fields);
  }

  private static RepoEvent withoutSource(RepoEvent event) {
    return switch (event) {
      case CommitEvent e ->
          new CommitEvent(
              NO_SOURCE,
              e.seq(),
              e.did(),
              e.commit(),
              e.rev(),
              e.since(),
              e.prevData(),
              e.blocks(),
              e.ops(),
              e.rebase(),
              e.tooBig(),
              e.time());
      case SyncEvent e -> new SyncEvent(NO_SOURCE, e.seq(), e.did(), e.rev(), e.blocks(), e.time());
      case IdentityEvent e -> new IdentityEvent(NO_SOURCE, e.seq(), e.did(), e.handle(), e.time());
      case AccountEvent e ->
          new AccountEvent(NO_SOURCE, e.seq(), e.did(), e.active(), e.status(), e.time());
      case InfoEvent e -> e;
    };
  }

  // Invariant 3: what is valid but not canonical leaves in canonical form with the same fields and
  // values. A relay that lost a field here would lose it for everybody behind it.
  @Test
  void decode_ofAnotherFormSaysTheSame() {
    Gen.forAll(
        2000,
        gen -> {
          String type = gen.oneOf(TYPES);
          MapValue header = header(gen, type);
          MapValue body = body(gen, type);
          Bytes canonical = Messages.frame(header, body);
          Bytes loose =
              Messages.join(LooseEncoder.encode(header, gen), LooseEncoder.encode(body, gen));
          RepoEvent expected = Messages.event(canonical);
          RepoEvent event = Messages.event(loose);
          assertThat(withoutSource(event)).isEqualTo(withoutSource(expected));
          if (event instanceof Sequenced sequenced) {
            assertThat(sequenced.source().bytes()).isEqualTo(canonical);
            assertThat(sequenced.source().canonical()).isEqualTo(loose.equals(canonical));
            assertThat(sequenced.source().seqOffset())
                .isEqualTo(((Sequenced) expected).source().seqOffset());
          }
        });
  }

  // SC-25 holds for them as well, and so does the limit on operations.
  @Test
  void decode_ofAnotherFormIsNoWayAroundARule() {
    Gen.forAll(
        500,
        gen -> {
          Map<String, CborValue> fields = Messages.fields("#identity");
          MapValue body = new MapValue(fields);
          Bytes unknown =
              Messages.join(
                  LooseEncoder.encode(Messages.header("#other"), gen),
                  LooseEncoder.encode(body, gen));
          assertThat(Messages.decode(unknown)).isEqualTo(new Frame.Unknown(OptionalLong.of(7)));
          fields.put("did", Messages.text("did:plc:UPPER"));
          Bytes invalid =
              Messages.join(
                  LooseEncoder.encode(Messages.header("#identity"), gen),
                  LooseEncoder.encode(new MapValue(fields), gen));
          assertThat(Messages.decode(invalid)).isEqualTo(new Frame.Invalid(7, FrameFault.BAD_DID));
          assertThat(Messages.faultOf(Messages.join(invalid, LooseEncoder.encode(body, gen))))
              .isEqualTo(FrameFault.NOT_TWO_MAPS);
        });
  }

  // A frame that was cut off must not pass as a shorter one, wherever the cut is.
  @Test
  void decode_refusesEveryTruncation() {
    Gen gen = Gen.of(1);
    for (String type : TYPES) {
      MapValue body = body(gen, type);
      Bytes canonical = Messages.frame(type, body.entries());
      Bytes loose =
          Messages.join(
              LooseEncoder.encode(Messages.header(type), gen), LooseEncoder.encode(body, gen));
      for (Bytes frame : List.of(canonical, loose)) {
        for (int length = 0; length < frame.length(); length++) {
          assertThat(Messages.faultOf(frame.slice(0, length)))
              .isIn(FrameFault.NOT_CBOR, FrameFault.NOT_TWO_MAPS);
        }
      }
    }
  }

  // Invariant 8: no bytes of a host may end the thread that reads it.
  @Test
  void decode_ofDamagedBytesFailsInOneWay() {
    FrameCodec codec = new FrameCodec();
    Gen.forAll(
        20_000,
        gen -> {
          String type = gen.oneOf(TYPES);
          byte[] bytes =
              gen.oneIn(3)
                  ? Messages.join(
                          LooseEncoder.encode(header(gen, type), gen),
                          LooseEncoder.encode(body(gen, type), gen))
                      .toByteArray()
                  : Messages.frame(header(gen, type), body(gen, type)).toByteArray();
          for (int i = gen.between(1, 3); i > 0; i--) {
            bytes[gen.nextInt(bytes.length)] = (byte) gen.nextInt(256);
          }
          judge(codec, Bytes.wrap(bytes));
        });
  }

  @Test
  void decode_ofRandomBytesFailsInOneWay() {
    FrameCodec codec = new FrameCodec();
    Gen.forAll(
        50_000,
        gen -> {
          Bytes random = Bytes.wrap(gen.bytes());
          judge(codec, random);
          judge(codec, Messages.join(Messages.header(gen.oneOf(TYPES)).encode(), random));
          judge(codec, Messages.frame(RandomValues.map(gen, 3), RandomValues.map(gen, 3)));
        });
  }

  /** Decodes; whatever is accepted must be passed on as two canonical maps. */
  private static void judge(FrameCodec codec, Bytes bytes) {
    Frame frame;
    try {
      frame = codec.decode(bytes);
    } catch (FrameException refused) {
      return;
    }
    if (frame instanceof Frame.Message message && message.event() instanceof Sequenced event) {
      EncodedFrame source = event.source();
      CborValue[] items = Messages.split(source.bytes());
      Bytes seq = source.bytes().slice(source.seqOffset(), source.seqLength());
      assertThat(Messages.frame(items[0], items[1])).isEqualTo(source.bytes());
      assertThat(seq).isEqualTo(Messages.integer(event.seq()).encode());
      assertThat(source.canonical()).isEqualTo(source.bytes().equals(bytes));
    }
  }
}
