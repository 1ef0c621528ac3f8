// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.syntax.Tid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@code #commit} or {@code #sync} in parts, which a test changes before it is signed, packed and
 * encoded. What is not changed fits together.
 */
final class CommitDraft {
  private final String type;

  /** The fields of the commit but its signature. */
  final Map<String, CborValue> signed;

  /** What the slice has behind the commit: nodes, then records. */
  final Map<Cid, Bytes> blocks;

  /** The fields of the message; {@code commit} and {@code blocks} follow from the rest. */
  final Map<String, CborValue> message;

  /** Who signs. */
  SigningKey key;

  private @Nullable Signed last;
  private Bytes lastSignature = Bytes.EMPTY;

  CommitDraft(
      String type,
      SigningKey key,
      Map<String, CborValue> signed,
      Map<Cid, Bytes> blocks,
      Map<String, CborValue> message) {
    this.type = type;
    this.key = key;
    this.signed = new TreeMap<>(signed);
    this.blocks = new LinkedHashMap<>(blocks);
    this.message = new TreeMap<>(message);
  }

  CommitDraft copy() {
    CommitDraft copy = new CommitDraft(type, key, signed, blocks, message);
    copy.last = last;
    copy.lastSignature = lastSignature;
    return copy;
  }

  /** Sets a field of the message, or removes it with null. */
  CommitDraft with(String field, @Nullable CborValue value) {
    if (value == null) {
      message.remove(field);
    } else {
      message.put(field, value);
    }
    return this;
  }

  /** Sets a field of the commit. */
  CommitDraft withSigned(String field, CborValue value) {
    signed.put(field, value);
    return this;
  }

  /** The fields of one operation. */
  Map<String, CborValue> op(int index) {
    return new TreeMap<>(((MapValue) ops().get(index)).entries());
  }

  /** Sets a field of an operation, or removes it with null. */
  CommitDraft withOp(int index, String field, @Nullable CborValue value) {
    Map<String, CborValue> op = op(index);
    if (value == null) {
      op.remove(field);
    } else {
      op.put(field, value);
    }
    List<CborValue> ops = new ArrayList<>(ops());
    ops.set(index, new MapValue(op));
    return with("ops", new ArrayValue(ops));
  }

  List<CborValue> ops() {
    return ((ArrayValue) message.getOrDefault("ops", new ArrayValue(List.of()))).elements();
  }

  /** Puts another block in the place of the tree's root, and signs its CID. */
  CommitDraft withRootNode(Bytes node) {
    Map<Cid, Bytes> before = new LinkedHashMap<>(blocks);
    Cid root = Messages.link(signed, "data");
    Cid other = Cid.ofDagCbor(node.toByteArray());
    blocks.clear();
    before.forEach((cid, block) -> put(cid.equals(root) ? other : cid, block));
    blocks.put(other, node);
    return withSigned("data", new LinkValue(other));
  }

  private void put(Cid cid, Bytes block) {
    blocks.put(cid, block);
  }

  /** The signed commit. */
  Bytes commitBlock() {
    Map<String, CborValue> all = new TreeMap<>(signed);
    if (!all.containsKey("sig")) {
      all.put("sig", new BytesValue(signature()));
    }
    return new MapValue(all).encode();
  }

  private Bytes signature() {
    Signed wanted = new Signed(key, new MapValue(signed).encode());
    if (!wanted.equals(last)) { // to sign takes longer than all the rest
      last = wanted;
      lastSignature = Bytes.wrap(key.sign(wanted.bytes.toByteArray()).toBytes());
    }
    return lastSignature;
  }

  private record Signed(SigningKey key, Bytes bytes) {}

  Cid commitCid() {
    return Cid.ofDagCbor(commitBlock().toByteArray());
  }

  /** The commit's CID with all blocks, in the order of the slice. */
  Map<Cid, Bytes> allBlocks() {
    Map<Cid, Bytes> all = new LinkedHashMap<>();
    all.put(commitCid(), commitBlock());
    all.putAll(blocks);
    return all;
  }

  Bytes slice() {
    return car(List.of(commitCid()), allBlocks());
  }

  static Bytes car(List<Cid> roots, Map<Cid, Bytes> blocks) {
    CarWriter car = new CarWriter(roots);
    blocks.forEach(car::add);
    return car.toBytes();
  }

  /** The message as it travels. */
  Bytes frame() {
    Map<String, CborValue> body = new TreeMap<>(message);
    body.putIfAbsent("blocks", new BytesValue(slice()));
    if (type.equals("#commit")) {
      body.putIfAbsent("commit", new LinkValue(commitCid()));
    }
    return Messages.frame(type, body);
  }

  CommitEvent commitEvent() {
    return (CommitEvent) Messages.event(frame());
  }

  SyncEvent syncEvent() {
    return (SyncEvent) Messages.event(frame());
  }

  /** What a relay remembers that took this for true. */
  RepoState state() {
    Tid rev = Tid.parse(((TextValue) Messages.field(signed, "rev")).value());
    return new RepoState(rev, Messages.link(signed, "data"), commitCid());
  }
}
