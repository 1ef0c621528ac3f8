// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BooleanValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.syntax.TidClock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** An account that really signs: makes the messages that its host sends, by the host's numbers. */
final class SampleAccount {
  private static final SigningKey KEY =
      SigningKey.parseK256(
          HexFormat.of()
              .parseHex("9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c"));

  private final TidClock clock = new TidClock(InstantSource.system(), new Random(1));
  private final Did did;
  private Mst tree = Mst.empty();
  private @Nullable Tid rev;
  private Cid head = Mst.EMPTY_ROOT;

  SampleAccount(String did) {
    this.did = Did.parse(did);
  }

  Did did() {
    return did;
  }

  String didKey() {
    return KEY.publicKey().toDidKey();
  }

  String rev() {
    return String.valueOf(rev);
  }

  Cid head() {
    return head;
  }

  /** The document of the directory. */
  String document(String pds) {
    return """
    {"@context":["https://www.w3.org/ns/did/v1"],"id":"%1$s","alsoKnownAs":["at://alice.test"],\
    "verificationMethod":[{"id":"%1$s#atproto","type":"Multikey","controller":"%1$s",\
    "publicKeyMultibase":"%2$s"}],\
    "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"%3$s"}]}\
    """
        .formatted(did, KEY.publicKey().toMultikey(), pds);
  }

  LongFunction<Bytes> identity() {
    return seq -> frame("#identity", seq, Map.of("did", text(did.toString())));
  }

  LongFunction<Bytes> active() {
    return seq ->
        frame(
            "#account", seq, Map.of("did", text(did.toString()), "active", new BooleanValue(true)));
  }

  LongFunction<Bytes> inactive(String status) {
    return seq ->
        frame(
            "#account",
            seq,
            Map.of(
                "did", text(did.toString()),
                "active", new BooleanValue(false),
                "status", text(status)));
  }

  /** Creates a record. */
  LongFunction<Bytes> commit(String path) {
    Bytes key = Bytes.wrap(path.getBytes(StandardCharsets.UTF_8));
    Bytes block = new MapValue(Map.of("$type", text("com.example.record"))).encode();
    Cid record = Cid.ofDagCbor(block.toByteArray());
    Cid before = tree.root();
    Tid since = rev;
    tree = tree.insert(key, record);
    rev = clock.next();
    Map<String, CborValue> signed = new TreeMap<>();
    signed.put("did", text(did.toString()));
    signed.put("rev", text(rev()));
    signed.put("data", new LinkValue(tree.root()));
    signed.put("prev", new NullValue());
    signed.put("version", new IntegerValue(3));
    byte[] signature = KEY.sign(new MapValue(signed).encode().toByteArray()).toBytes();
    signed.put("sig", new BytesValue(Bytes.wrap(signature)));
    Bytes commit = new MapValue(signed).encode();
    head = Cid.ofDagCbor(commit.toByteArray());
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    blocks.put(head, commit);
    blocks.putAll(tree.proofBlocks(List.of(key)));
    blocks.put(record, block);
    CarWriter car = new CarWriter(List.of(head));
    blocks.forEach(car::add);
    Map<String, CborValue> body = new TreeMap<>();
    body.put("repo", text(did.toString()));
    body.put("rev", text(rev()));
    body.put("since", since == null ? new NullValue() : text(since.toString()));
    body.put("commit", new LinkValue(head));
    body.put("blocks", new BytesValue(car.toBytes()));
    body.put("blobs", new ArrayValue(List.of()));
    body.put("rebase", new BooleanValue(false));
    body.put("tooBig", new BooleanValue(false));
    body.put("ops", new ArrayValue(List.of(create(path, record))));
    if (since != null) {
      body.put("prevData", new LinkValue(before));
    }
    return seq -> frame("#commit", seq, body);
  }

  private static CborValue create(String path, Cid record) {
    return new MapValue(
        Map.of("action", text("create"), "path", text(path), "cid", new LinkValue(record)));
  }

  private static Bytes frame(String type, long seq, Map<String, CborValue> fields) {
    Map<String, CborValue> body = new TreeMap<>(fields);
    body.put("seq", new IntegerValue(seq));
    body.put("time", text(Instant.now().toString()));
    Bytes header = new MapValue(Map.of("op", new IntegerValue(1), "t", text(type))).encode();
    Bytes rest = new MapValue(body).encode();
    byte[] all = new byte[header.length() + rest.length()];
    int at = header.write(all, 0);
    rest.write(all, at);
    return Bytes.wrap(all);
  }

  private static CborValue text(String text) {
    return new TextValue(text);
  }
}
