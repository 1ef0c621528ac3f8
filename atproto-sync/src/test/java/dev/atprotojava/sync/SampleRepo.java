// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A repository and its host: takes changes of records and sends the messages that a PDS sends. The
 * first two commits of one that creates the record of spec.md 1.6 are those of spec.md 2.9.
 *
 * <pre>{@code
 * SampleRepo repo = new SampleRepo();
 * CommitDraft first = repo.commit();
 * CommitDraft second = repo.put("com.example.record/a", "hi").delete("...").commit();
 * }</pre>
 */
final class SampleRepo {
  static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final SigningKey KEY =
      SigningKey.parseK256(
          HexFormat.of()
              .parseHex("9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c"));
  static final String TIME = "2023-06-30T15:03:01.887Z";

  /** The clock of whoever judges. */
  static final Instant NOW = Instant.parse(TIME);

  private final SigningKey key;
  private final Map<Cid, Bytes> records = new LinkedHashMap<>();
  private final List<CborValue> ops = new ArrayList<>();
  private Mst before = Mst.empty();
  private Mst tree = Mst.empty();
  private Tid rev = Tid.parse("3jzfcijpj2z27");
  private @Nullable RepoState state;
  private @Nullable CommitDraft last;
  private long seq = 1;

  SampleRepo() {
    this(KEY);
  }

  SampleRepo(SigningKey key) {
    this.key = key;
  }

  /** The block of a record. */
  static Bytes record(String text) {
    return new MapValue(
            Map.of("$type", Messages.text("com.example.record"), "text", Messages.text(text)))
        .encode();
  }

  static Bytes path(String path) {
    return Bytes.wrap(path.getBytes(StandardCharsets.UTF_8));
  }

  /** Creates or updates a record with the next commit. */
  SampleRepo put(String path, String text) {
    Bytes block = record(text);
    Cid cid = Cid.ofDagCbor(block.toByteArray());
    records.put(cid, block);
    Cid prev = tree.find(path(path));
    if (prev == null) {
      tree = tree.insert(path(path), cid);
      ops.add(op("create", path, cid, null));
    } else {
      tree = tree.update(path(path), cid);
      ops.add(op("update", path, cid, prev));
    }
    return this;
  }

  /** Deletes a record with the next commit. */
  SampleRepo delete(String path) {
    Cid prev = tree.find(path(path));
    tree = tree.delete(path(path));
    ops.add(op("delete", path, null, prev));
    return this;
  }

  private static CborValue op(String action, String path, @Nullable Cid cid, @Nullable Cid prev) {
    Map<String, CborValue> fields = new TreeMap<>();
    fields.put("action", Messages.text(action));
    fields.put("path", Messages.text(path));
    fields.put("cid", cid == null ? new NullValue() : new LinkValue(cid));
    if (prev != null) {
      fields.put("prev", new LinkValue(prev));
    }
    return new MapValue(fields);
  }

  /** The number of the next revision. */
  SampleRepo at(Tid next) {
    rev = Tid.of(next.value() - 1);
    return this;
  }

  /** Signs what was changed since the last commit. */
  CommitDraft commit() {
    rev = Tid.of(rev.value() + 1);
    Map<Cid, Bytes> blocks = new LinkedHashMap<>(tree.proofBlocks(paths()));
    blocks.putAll(records);
    Map<String, CborValue> message = new TreeMap<>();
    message.put("seq", Messages.integer(seq++));
    message.put("repo", Messages.text(DID.toString()));
    message.put("rev", Messages.text(rev.toString()));
    message.put("time", Messages.text(TIME));
    message.put("ops", new ArrayValue(ops));
    message.put("blobs", new ArrayValue(List.of()));
    message.put("rebase", Messages.bool(false));
    message.put("tooBig", Messages.bool(false));
    message.put("since", state == null ? new NullValue() : Messages.text(state.rev().toString()));
    if (state != null) {
      message.put("prevData", new LinkValue(before.root()));
    }
    CommitDraft draft = new CommitDraft("#commit", key, signed(), blocks, message);
    ops.clear();
    records.clear();
    before = tree;
    state = draft.state();
    last = draft;
    return draft.copy();
  }

  private List<Bytes> paths() {
    return ops.stream()
        .map(op -> Messages.field(((MapValue) op).entries(), "path"))
        .map(path -> ((CborValue.TextValue) path).value())
        .map(SampleRepo::path)
        .toList();
  }

  private Map<String, CborValue> signed() {
    return Map.of(
        "did", Messages.text(DID.toString()),
        "rev", Messages.text(rev.toString()),
        "data", new LinkValue(tree.root()),
        "prev", new NullValue(),
        "version", Messages.integer(3));
  }

  /** A statement of the last commit. */
  CommitDraft sync() {
    if (last == null) {
      throw new IllegalStateException("no commit");
    }
    Map<String, CborValue> message =
        Map.of(
            "seq", Messages.integer(seq++),
            "did", Messages.text(DID.toString()),
            "rev", Messages.text(rev.toString()),
            "time", Messages.text(TIME));
    return new CommitDraft("#sync", key, last.signed, Map.of(), message);
  }

  /** What a relay remembers that has seen everything. */
  RepoState state() {
    if (state == null) {
      throw new IllegalStateException("no commit");
    }
    return state;
  }

  /** The tree after the last commit. */
  Mst tree() {
    return before;
  }
}
