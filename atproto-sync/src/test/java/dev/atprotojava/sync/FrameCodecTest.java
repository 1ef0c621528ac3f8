// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static dev.atprotojava.sync.Messages.bool;
import static dev.atprotojava.sync.Messages.event;
import static dev.atprotojava.sync.Messages.faultOf;
import static dev.atprotojava.sync.Messages.fields;
import static dev.atprotojava.sync.Messages.frame;
import static dev.atprotojava.sync.Messages.header;
import static dev.atprotojava.sync.Messages.integer;
import static dev.atprotojava.sync.Messages.join;
import static dev.atprotojava.sync.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.RepoEvent.AccountEvent;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import dev.atprotojava.sync.RepoEvent.InfoEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of spec.md 5.2 and 5.3: what a message is, and what its fields must be. */
class FrameCodecTest {
  private static final Bytes EMPTY_MAP = Bytes.fromHex("a0");
  private static final Cid CID = Cid.ofDagCbor(new byte[] {1});

  private static Frame decode(String type, Map<String, CborValue> body) {
    return Messages.decode(frame(type, body));
  }

  private static Map<String, CborValue> with(String type, String field, CborValue value) {
    Map<String, CborValue> body = fields(type);
    body.put(field, value);
    return body;
  }

  private static Map<String, CborValue> without(String type, String field) {
    Map<String, CborValue> body = fields(type);
    assertThat(body.remove(field)).as(field).isNotNull();
    return body;
  }

  @Test
  void decode_readsAnIdentity() {
    Bytes frame = frame("#identity", fields("#identity"));
    IdentityEvent event = (IdentityEvent) event(frame);
    assertThat(event.seq()).isEqualTo(7);
    assertThat(event.did()).isEqualTo(SampleRepo.DID);
    assertThat(event.handle()).isEqualTo("alice.test");
    assertThat(event.time()).isEqualTo(SampleRepo.path(SampleRepo.TIME));
    assertThat(event.source().bytes()).isEqualTo(frame);
    assertThat(((IdentityEvent) event(frame("#identity", without("#identity", "handle")))).handle())
        .isNull(); // SC-34: which means nothing
  }

  // SC-80: the flag decides, the status is any text. T-73: it may be absent.
  @Test
  void decode_readsAnAccount() {
    AccountEvent event = (AccountEvent) event(frame("#account", fields("#account")));
    assertThat(event.active()).isFalse();
    assertThat(event.status()).isEqualTo("deactivated");
    Map<String, CborValue> body = with("#account", "active", bool(true));
    body.put("status", text("anything at all"));
    event = (AccountEvent) event(frame("#account", body));
    assertThat(event.active()).isTrue();
    assertThat(event.status()).isEqualTo("anything at all");
    event = (AccountEvent) event(frame("#account", without("#account", "status")));
    assertThat(event.status()).isNull();
  }

  @Test
  void decode_readsASync() {
    SampleRepo repo = new SampleRepo();
    repo.commit();
    CommitDraft draft = repo.sync();
    SyncEvent event = draft.syncEvent();
    assertThat(event.did()).isEqualTo(SampleRepo.DID);
    assertThat(event.rev()).isEqualTo(repo.state().rev());
    assertThat(event.blocks()).isEqualTo(draft.slice());
  }

  // RL-41: it has no number and no account.
  @Test
  void decode_readsAnInfo() {
    assertThat(decode("#info", fields("#info")))
        .isEqualTo(new Frame.Message(new InfoEvent("OutdatedCursor", "gone")));
    assertThat(decode("#info", without("#info", "message")))
        .isEqualTo(new Frame.Message(new InfoEvent("OutdatedCursor", null)));
    assertThat(decode("#info", with("#info", "seq", text("x")))).isInstanceOf(Frame.Message.class);
    assertThat(faultOf(frame("#info", without("#info", "name"))))
        .isEqualTo(FrameFault.MISSING_FIELD);
  }

  // SC-23, and T-63 for what one relay sends.
  @ParameterizedTest
  @CsvSource({
    "a1626f7020, a1656572726f726c467574757265437572736f72, FutureCursor,",
    "a1626f7020, a2656572726f726178676d6573736167656179, x, y",
    "a2617460626f7020, a2656572726f726178676d65737361676560, x, ''",
    "a2617467236572726f7221626f7020, a1656572726f7260, '',",
  })
  void decode_readsAnError(String header, String body, String error, String message) {
    assertThat(Messages.decode(Bytes.fromHex(header + body)))
        .isEqualTo(new Frame.Error(error, message));
  }

  @Test
  void decode_refusesAnErrorWithoutAName() {
    assertThat(faultOf(Bytes.fromHex("a1626f7020" + "a0"))).isEqualTo(FrameFault.MISSING_FIELD);
    assertThat(faultOf(Bytes.fromHex("a1626f7020" + "a1656572726f7201")))
        .isEqualTo(FrameFault.FIELD_TYPE);
  }

  // SC-22, SC-25: a message of the future is passed over, and the cursor with it.
  @ParameterizedTest
  @ValueSource(strings = {"#handle", "#migrate", "#tombstone", "#labels", "", "commit", "#Commit"})
  void decode_passesOverAnUnknownType(String type) {
    Map<String, CborValue> body = new TreeMap<>(Map.of("seq", integer(12), "did", integer(3)));
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.of(12)));
    body.put("seq", text("12"));
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.empty()));
    body.put("seq", integer(0));
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.empty()));
    body.put("seq", integer(SyncLimits.MAX_SEQ + 1));
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.empty()));
    body.put("seq", integer(SyncLimits.MAX_SEQ));
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.of(9007199254740991L)));
    body.remove("seq");
    assertThat(decode(type, body)).isEqualTo(new Frame.Unknown(OptionalLong.empty()));
  }

  // T-62: so is an unknown op, whatever type it names.
  @ParameterizedTest
  @ValueSource(longs = {0, 2, -2, 99, Long.MAX_VALUE, Long.MIN_VALUE})
  void decode_passesOverAnUnknownOp(long op) {
    MapValue body = new MapValue(fields("#commit"));
    for (String type : List.of("#commit", "#error")) {
      MapValue header = new MapValue(Map.of("op", integer(op), "t", text(type)));
      assertThat(Messages.decode(frame(header, body)))
          .isEqualTo(new Frame.Unknown(OptionalLong.of(2)));
    }
    MapValue bare = new MapValue(Map.of("op", integer(op)));
    assertThat(Messages.decode(frame(bare, body))).isEqualTo(new Frame.Unknown(OptionalLong.of(2)));
  }

  // SC-21
  @Test
  void decode_refusesAHeaderThatSaysNothing() {
    Bytes body = new MapValue(fields("#account")).encode();
    assertThat(faultOf(join(EMPTY_MAP, body))).isEqualTo(FrameFault.HEADER);
    assertThat(faultOf(join(new MapValue(Map.of("t", text("#account"))).encode(), body)))
        .isEqualTo(FrameFault.HEADER);
    assertThat(faultOf(join(new MapValue(Map.of("op", integer(1))).encode(), body)))
        .isEqualTo(FrameFault.HEADER);
    for (CborValue notAType : List.of(integer(1), new NullValue(), bool(true))) {
      MapValue header = new MapValue(Map.of("op", integer(1), "t", notAType));
      assertThat(faultOf(join(header.encode(), body))).isEqualTo(FrameFault.FIELD_TYPE);
    }
    for (CborValue notAnOp : List.of(text("1"), new NullValue(), bool(true))) {
      MapValue header = new MapValue(Map.of("op", notAnOp, "t", text("#account")));
      assertThat(faultOf(join(header.encode(), body))).isEqualTo(FrameFault.FIELD_TYPE);
    }
  }

  // SC-22: fields that a later version adds to the header.
  @Test
  void decode_ignoresUnknownFieldsOfTheHeader() {
    Map<String, CborValue> header = new TreeMap<>(header("#account").entries());
    header.put("v", new ArrayValue(List.of(integer(1), new NullValue())));
    header.put("seq", integer(5));
    Bytes frame = frame(new MapValue(header), new MapValue(fields("#account")));
    assertThat(((AccountEvent) event(frame)).seq()).isEqualTo(7);
  }

  // SC-20: exactly two maps.
  @Test
  void decode_refusesWhatIsNotTwoMaps() {
    Bytes header = header("#account").encode();
    Bytes body = new MapValue(fields("#account")).encode();
    assertThat(faultOf(Bytes.EMPTY)).isEqualTo(FrameFault.NOT_TWO_MAPS);
    assertThat(faultOf(header)).isEqualTo(FrameFault.NOT_TWO_MAPS);
    assertThat(faultOf(join(header, body, EMPTY_MAP))).isEqualTo(FrameFault.NOT_TWO_MAPS);
    assertThat(faultOf(join(header, body, Bytes.fromHex("00")))).isEqualTo(FrameFault.NOT_TWO_MAPS);
    assertThat(faultOf(join(header, body, Bytes.fromHex("ff")))).isEqualTo(FrameFault.NOT_TWO_MAPS);
    for (String notAMap : List.of("00", "6161", "80", "f6", "4100")) {
      assertThat(faultOf(join(Bytes.fromHex(notAMap), body))).isEqualTo(FrameFault.NOT_TWO_MAPS);
      assertThat(faultOf(join(header, Bytes.fromHex(notAMap)))).isEqualTo(FrameFault.NOT_TWO_MAPS);
    }
  }

  // What a WebSocket text message has for bytes, should somebody hand it over.
  @ParameterizedTest
  @ValueSource(strings = {"hello", "{\"op\":1}", "#commit", "ping", "\u0000", "é"})
  void decode_refusesText(String text) {
    assertThat(faultOf(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8))))
        .isIn(FrameFault.NOT_TWO_MAPS, FrameFault.NOT_CBOR);
  }

  // SC-20: forms that DAG-CBOR has not, wherever they stand. Some other reader takes each of them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fb3ff0000000000000", // float
        "f7", // undefined
        "c100", // tag
        "d82a4100", // a link to nothing
        "61ff", // no UTF-8
        "a10000", // a key that is no text
        "1b8000000000000000", // more than 63 bits
        "ff",
      })
  void decode_refusesWhatIsNotDagCbor(String hex) {
    CborWriter body = new CborWriter().writeMap(2).writeText("x");
    Bytes item = Bytes.fromHex(hex);
    body.writeEncoded(item.array(), 0, item.length()).writeText("did").writeText("did:web:a.b");
    for (String type : List.of("#commit", "#identity", "#unknown", "#info")) {
      assertThat(faultOf(join(header(type).encode(), body.toBytes())))
          .isEqualTo(FrameFault.NOT_CBOR);
    }
  }

  // Which of two values counts would be up to the reader; canonical order or not.
  @Test
  void decode_refusesAFieldThatOccursTwice() {
    CborWriter adjacent = new CborWriter().writeMap(2);
    adjacent.writeText("seq").writeInteger(1).writeText("seq").writeInteger(2);
    CborWriter apart = new CborWriter().writeMap(3);
    apart.writeText("seq").writeInteger(1).writeText("did").writeText("did:web:a.b");
    apart.writeText("seq").writeInteger(2);
    for (CborWriter body : List.of(adjacent, apart)) {
      assertThat(faultOf(join(header("#identity").encode(), body.toBytes())))
          .isEqualTo(FrameFault.NOT_CBOR);
      assertThat(faultOf(join(header("#unknown").encode(), body.toBytes())))
          .isEqualTo(FrameFault.NOT_CBOR);
    }
  }

  // CB-19: the stack of the thread that reads a host must not depend on what the host sends.
  @ParameterizedTest
  @ValueSource(ints = {0x81, 0x9f})
  void decode_refusesTenThousandLevels(int head) {
    byte[] deep = new byte[10_001];
    Arrays.fill(deep, 0, 10_000, (byte) head);
    CborWriter body = new CborWriter().writeMap(1).writeText("x");
    body.writeEncoded(deep, 0, deep.length);
    for (String type : List.of("#commit", "#unknown")) {
      assertThat(faultOf(join(header(type).encode(), body.toBytes())))
          .isEqualTo(FrameFault.NOT_CBOR);
    }
    assertThat(faultOf(Bytes.wrap(deep))).isEqualTo(FrameFault.NOT_TWO_MAPS);
  }

  // SC-40
  @ParameterizedTest
  @ValueSource(strings = {"#commit", "#sync", "#identity", "#account"})
  void decode_takesSeqInItsRangeOnly(String type) {
    for (long seq : new long[] {1, 23, 24, 1L << 32, SyncLimits.MAX_SEQ}) {
      Sequenced event = (Sequenced) event(frame(type, with(type, "seq", integer(seq))));
      assertThat(event.seq()).isEqualTo(seq);
    }
    for (long seq : new long[] {0, -1, Long.MIN_VALUE, 1L << 53, Long.MAX_VALUE}) {
      assertThat(faultOf(frame(type, with(type, "seq", integer(seq)))))
          .isEqualTo(FrameFault.SEQ_RANGE);
    }
  }

  // The relay writes a number of its own into exactly these bytes.
  @ParameterizedTest
  @ValueSource(strings = {"#commit", "#sync", "#identity", "#account"})
  void decode_saysWhereSeqIs(String type) {
    for (long seq : new long[] {5, 200, 70_000, 5_000_000_000L}) {
      Bytes frame = frame(type, with(type, "seq", integer(seq)));
      EncodedFrame source = ((Sequenced) event(frame)).source();
      int end = source.seqOffset() + source.seqLength();
      Bytes spliced =
          join(
              frame.slice(0, source.seqOffset()),
              integer(1L << 33).encode(),
              frame.slice(end, frame.length() - end));
      assertThat(spliced).isEqualTo(frame(type, with(type, "seq", integer(1L << 33))));
    }
  }

  // A slice of a larger buffer, as it comes from a socket or a log.
  @ParameterizedTest
  @ValueSource(strings = {"#commit", "#sync", "#identity", "#account", "#info", "#unknown"})
  void decode_readsASlice(String type) {
    Map<String, CborValue> fields = type.equals("#unknown") ? fields("#sync") : fields(type);
    Bytes frame = frame(type, fields);
    Bytes slice =
        join(Bytes.fromHex("a0a0a0"), frame, Bytes.fromHex("ff")).slice(3, frame.length());
    assertThat(Messages.decode(slice)).isEqualTo(Messages.decode(frame));
  }

  @ParameterizedTest
  @CsvSource({
    "#commit, 'seq,repo,commit,rev,since,blocks,ops,time'",
    "#sync, 'seq,did,blocks,rev,time'",
    "#identity, 'seq,did,time'",
    "#account, 'seq,did,time,active'",
  })
  void decode_refusesAMissingField(String type, String names) {
    for (String field : names.split(",")) {
      assertThat(faultOf(frame(type, without(type, field))))
          .as(field)
          .isEqualTo(FrameFault.MISSING_FIELD);
    }
  }

  // SC-36: null is a value of its own. Only `since` has a use for it; a sender that writes it for
  // an
  // optional field means that the field is absent.
  @ParameterizedTest
  @CsvSource({
    "#commit, 'seq,repo,commit,rev,blocks,ops,rebase,tooBig,time', 'since,prevData,blobs'",
    "#sync, 'seq,did,blocks,rev,time',",
    "#identity, 'seq,did,time', handle",
    "#account, 'seq,did,time,active', status",
    "#info, name, message",
  })
  void decode_refusesNullWhereThereMustBeAValue(String type, String names, String nullable) {
    for (String field : names.split(",")) {
      assertThat(faultOf(frame(type, with(type, field, new NullValue()))))
          .as(field)
          .isEqualTo(FrameFault.FIELD_TYPE);
    }
    if (nullable != null) {
      for (String field : nullable.split(",")) {
        assertThat(decode(type, with(type, field, new NullValue())))
            .as(field)
            .isInstanceOf(Frame.Message.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "#commit, 'seq,repo,commit,rev,since,prevData,blocks,ops,rebase,tooBig,time'",
    "#sync, 'seq,did,blocks,rev,time'",
    "#identity, 'seq,did,time,handle'",
    "#account, 'seq,did,time,active,status'",
    "#info, 'name,message'",
  })
  void decode_refusesAnotherType(String type, String names) {
    List<CborValue> others =
        List.of(
            integer(1),
            text("x"),
            bool(true),
            new LinkValue(CID),
            new BytesValue(Bytes.EMPTY),
            new ArrayValue(List.of()),
            new MapValue(Map.of()));
    for (String field : names.split(",")) {
      CborValue own = fields(type).get(field);
      for (CborValue other : others) {
        if (own == null || other.getClass() != own.getClass()) {
          boolean isSince = field.equals("since") && other instanceof CborValue.TextValue;
          if (!isSince) {
            assertThat(faultOf(frame(type, with(type, field, other))))
                .as(field)
                .isEqualTo(FrameFault.FIELD_TYPE);
          }
        }
      }
    }
  }

  // SC-30: nobody reads them any more, and some hosts do not write them.
  @Test
  void decode_toleratesTheDeprecatedFields() {
    for (CborValue blobs :
        List.of(new NullValue(), new ArrayValue(List.of(new LinkValue(CID))), text("?"))) {
      assertThat(decode("#commit", with("#commit", "blobs", blobs)))
          .isInstanceOf(Frame.Message.class);
    }
    for (String field : List.of("blobs", "rebase", "tooBig")) {
      CommitEvent event = (CommitEvent) event(frame("#commit", without("#commit", field)));
      assertThat(event.rebase()).isFalse();
      assertThat(event.tooBig()).isFalse();
    }
    assertThat(
            ((CommitEvent) event(frame("#commit", with("#commit", "rebase", bool(true))))).rebase())
        .isTrue();
    assertThat(
            ((CommitEvent) event(frame("#commit", with("#commit", "tooBig", bool(true))))).tooBig())
        .isTrue();
  }

  // SC-24, SC-22, CB-12
  @ParameterizedTest
  @ValueSource(strings = {"#commit", "#sync", "#identity", "#account", "#info"})
  void decode_ignoresUnknownFields(String type) {
    Map<String, CborValue> body =
        with(type, "$type", text("com.atproto.sync.subscribeRepos" + type));
    body.put("extension", new MapValue(Map.of("seq", text("no"), "did", integer(1))));
    // T-65: the field of another kind of message is an unknown one here
    body.put(type.equals("#commit") ? "did" : "repo", integer(1));
    Bytes frame = frame(type, body);
    RepoEvent event = event(frame);
    if (event instanceof Sequenced sequenced) {
      assertThat(sequenced.source().bytes()).isEqualTo(frame);
      assertThat(sequenced.did()).isEqualTo(SampleRepo.DID);
    }
  }

  // T-36: two spellings would be two accounts to us and one to the directory. The number of the
  // message is known all the same, so the cursor can pass it.
  @ParameterizedTest
  @CsvSource({
    "did:plc:EWVI7nxzyoun6zhxrhs64oiz, false",
    "did:web:Example.com, false",
    "DID:plc:ewvi7nxzyoun6zhxrhs64oiz, false",
    "did:plc:, false",
    "ewvi7nxzyoun6zhxrhs64oiz, false",
    "'', false",
    "'did:plc:ewvi7nxzyoun6zhxrhs64oiz ', false",
    "did:web:example.com, true",
    "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme, true",
  })
  void decode_takesADidInNormalFormOnly(String did, boolean valid) {
    for (String type : List.of("#commit", "#sync", "#identity", "#account")) {
      String field = type.equals("#commit") ? "repo" : "did";
      Frame frame = decode(type, with(type, field, text(did)));
      if (valid) {
        assertThat(((Sequenced) ((Frame.Message) frame).event()).did()).hasToString(did);
      } else {
        long seq = ((CborValue.IntegerValue) Messages.field(fields(type), "seq")).value();
        assertThat(frame).isEqualTo(new Frame.Invalid(seq, FrameFault.BAD_DID));
      }
    }
  }

  // T-68 for `#sync`. SY-10: a TID with the top bit set is one.
  @ParameterizedTest
  @CsvSource({
    "3jzfcijpj2z2a, true",
    "2222222222222, true",
    "jzzzzzzzzzzzz, true",
    "kzzzzzzzzzzzz, false",
    "3jzfcijpj2z2, false",
    "3jzfcijpj2z2aa, false",
    "3JZFCIJPJ2Z2A, false",
    "3jzf-cij-pj2z-2a, false",
    "'', false",
  })
  void decode_takesATidOnly(String rev, boolean valid) {
    for (String field : List.of("rev", "since")) {
      Frame frame = decode("#commit", with("#commit", field, text(rev)));
      if (valid) {
        CommitEvent event = (CommitEvent) ((Frame.Message) frame).event();
        assertThat(field.equals("rev") ? event.rev() : event.since()).hasToString(rev);
      } else {
        assertThat(frame).isEqualTo(new Frame.Invalid(2, FrameFault.BAD_REV));
      }
    }
    Frame sync = decode("#sync", with("#sync", "rev", text(rev)));
    if (valid) {
      assertThat(((SyncEvent) ((Frame.Message) sync).event()).rev()).hasToString(rev);
    } else {
      assertThat(sync).isEqualTo(new Frame.Invalid(3, FrameFault.BAD_REV));
    }
  }

  // SC-35, SC-36
  @Test
  void decode_readsAFirstCommit() {
    CommitEvent event = new SampleRepo().commit().commitEvent();
    assertThat(event.since()).isNull();
    assertThat(event.prevData()).isNull();
    assertThat(event.ops()).isEmpty();
  }

  @Test
  void decode_readsOperations() {
    SampleRepo repo = new SampleRepo();
    repo.put("com.example.record/a", "1").put("com.example.record/b", "2").commit();
    Cid one = Cid.ofDagCbor(SampleRepo.record("1").toByteArray());
    Cid two = Cid.ofDagCbor(SampleRepo.record("2").toByteArray());
    Cid three = Cid.ofDagCbor(SampleRepo.record("3").toByteArray());
    CommitDraft draft =
        repo.put("com.example.record/a", "3")
            .delete("com.example.record/b")
            .put("com.example.record/c", "2")
            .commit();
    // SC-36: null on a create is what some hosts write for absent
    draft.withOp(2, "prev", new NullValue()).withOp(0, "extra", text("x"));
    assertThat(draft.commitEvent().ops())
        .containsExactly(
            new RepoOp(RepoOp.Action.UPDATE, path("com.example.record/a"), three, one),
            new RepoOp(RepoOp.Action.DELETE, path("com.example.record/b"), null, two),
            new RepoOp(RepoOp.Action.CREATE, path("com.example.record/c"), two, null));
    // MST-50 is for the verifier to say
    draft.withOp(0, "action", text("Create")).withOp(1, "path", text("../x"));
    assertThat(draft.commitEvent().ops().get(0).action()).isEqualTo(RepoOp.Action.UNKNOWN);
    assertThat(draft.commitEvent().ops().get(1).path()).isEqualTo(path("../x"));
  }

  private static Bytes path(String path) {
    return SampleRepo.path(path);
  }

  // SC-36: a `cid` that is absent is not one that is null.
  @ParameterizedTest
  @ValueSource(strings = {"action", "path", "cid"})
  void decode_refusesAnOperationWithoutAField(String field) {
    SampleRepo repo = new SampleRepo();
    CommitDraft create = repo.put("com.example.record/a", "1").commit();
    CommitDraft delete = repo.delete("com.example.record/a").commit();
    assertThat(faultOf(create.withOp(0, field, null).frame())).isEqualTo(FrameFault.MISSING_FIELD);
    assertThat(faultOf(delete.withOp(0, field, null).frame())).isEqualTo(FrameFault.MISSING_FIELD);
  }

  @Test
  void decode_refusesAnOperationOfOtherTypes() {
    SampleRepo repo = new SampleRepo();
    CommitDraft draft = repo.put("com.example.record/a", "1").commit();
    for (String field : List.of("action", "path", "cid", "prev")) {
      assertThat(faultOf(draft.copy().withOp(0, field, integer(1)).frame()))
          .isEqualTo(FrameFault.FIELD_TYPE);
    }
    for (String field : List.of("action", "path")) {
      assertThat(faultOf(draft.copy().withOp(0, field, new NullValue()).frame()))
          .isEqualTo(FrameFault.FIELD_TYPE);
    }
    CborValue notAMap = new ArrayValue(List.of(text("create")));
    assertThat(faultOf(draft.copy().with("ops", notAMap).frame())).isEqualTo(FrameFault.FIELD_TYPE);
  }

  // SC-31: the event is refused by its number, and nothing is built of what it has too much.
  @Test
  void decode_refuses201Operations() {
    CommitDraft draft = new SampleRepo().put("com.example.record/a", "1").commit();
    List<CborValue> ops = new ArrayList<>(Collections.nCopies(200, draft.ops().get(0)));
    CommitEvent event = draft.copy().with("ops", new ArrayValue(ops)).commitEvent();
    assertThat(event.ops()).hasSize(200);
    ops.add(text("whatever"));
    assertThat(Messages.decode(draft.with("ops", new ArrayValue(ops)).frame()))
        .isEqualTo(new Frame.Invalid(1, FrameFault.TOO_MANY_OPS));
    List<CborValue> many = Collections.nCopies(100_000, new MapValue(Map.of()));
    assertThat(Messages.decode(draft.with("ops", new ArrayValue(many)).frame()))
        .isEqualTo(new Frame.Invalid(1, FrameFault.TOO_MANY_OPS));
  }

  // SC-08: whoever reads the socket has the limit too, but a codec that has none is a trap.
  @Test
  void decode_refusesMoreThanAFrameMayHave() {
    Map<String, CborValue> body = fields("#identity");
    body.put("x", new BytesValue(Bytes.wrap(new byte[SyncLimits.FRAME_BYTES])));
    assertThat(faultOf(frame("#identity", body))).isEqualTo(FrameFault.NOT_CBOR);
  }

  // A codec is used for a whole stream: no message may lend another a field.
  @Test
  void decode_keepsNothingOfTheMessageBefore() {
    FrameCodec codec = new FrameCodec();
    assertThat(codec.decode(frame("#account", fields("#account"))))
        .isInstanceOf(Frame.Message.class);
    assertThat(codec.decode(frame("#commit", with("#commit", "repo", text("x")))))
        .isInstanceOf(Frame.Invalid.class);
    Map<String, CborValue> flagged = with("#commit", "rebase", bool(true));
    flagged.put("tooBig", bool(true));
    assertThat(codec.decode(frame("#commit", flagged))).isInstanceOf(Frame.Message.class);
    flagged.keySet().removeAll(List.of("rebase", "tooBig"));
    assertThat(codec.decode(frame("#commit", flagged)))
        .isEqualTo(new FrameCodec().decode(frame("#commit", flagged)));
    for (String type : List.of("#account", "#commit", "#sync", "#identity")) {
      for (String field : fields(type).keySet()) {
        Bytes frame = frame(type, without(type, field));
        assertThat(outcome(codec, frame)).isEqualTo(outcome(new FrameCodec(), frame));
      }
    }
  }

  private static Object outcome(FrameCodec codec, Bytes frame) {
    try {
      return codec.decode(frame);
    } catch (FrameException refused) {
      return refused.fault();
    }
  }

  @Test
  void failure_saysWhatButEchoesNothing() {
    Bytes frame = frame("#identity", without("#identity", "did"));
    assertThatThrownBy(() -> Messages.decode(frame)).hasMessage("MISSING_FIELD: did");
  }
}
