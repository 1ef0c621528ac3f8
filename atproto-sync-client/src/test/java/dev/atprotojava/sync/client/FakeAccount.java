// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCarWriter;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoWriter;
import dev.atprotojava.repo.WrittenCommit;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An account on a server: its repository, its key, and the messages that its server sends. */
final class FakeAccount {
  static final String TIME = "2026-01-02T03:04:05.006Z";

  final Did did;
  private final Random random;
  private SigningKey key;
  private RepoWriter repo;
  private final Map<Cid, Bytes> blocks = new HashMap<>();
  private final Map<RecordPath, Cid> records = new TreeMap<>();
  private AccountStatus status = AccountStatus.ACTIVE;
  private long rev = Tid.parse("3jzfcijpj2z2a").value();

  FakeAccount(int number, Random random) {
    this.random = random;
    this.did =
        Did.parse("did:plc:" + "abcdefghijklmnopqrstuvwx".substring(0, 23) + (char) ('a' + number));
    this.repo = RepoWriter.create(did);
    this.key = newKey();
  }

  private SigningKey newKey() {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    random.nextBytes(secret);
    secret[0] = 1;
    return random.nextBoolean() ? SigningKey.parseK256(secret) : SigningKey.parseP256(secret);
  }

  SigningKey key() {
    return key;
  }

  void rotateKey() {
    key = newKey();
  }

  AccountStatus status() {
    return status;
  }

  void status(AccountStatus next) {
    status = next;
  }

  /** What its repository has. */
  synchronized Map<RecordPath, Cid> records() {
    return new TreeMap<>(records);
  }

  synchronized @Nullable RepoCommit head() {
    return repo.head();
  }

  /** Puts a record; its message. */
  MapValue put(String path, String text) {
    return commit(Map.of(path, text));
  }

  MapValue delete(String path) {
    Map<String, @Nullable String> one = new HashMap<>();
    one.put(path, null);
    return commit(one);
  }

  /** Sets records, or deletes those without a text, in one commit; its message. */
  synchronized MapValue commit(Map<String, ? extends @Nullable String> changes) {
    List<RecordWrite> writes = new ArrayList<>();
    changes.forEach(
        (name, text) -> {
          RecordPath path = RecordPath.parse(name);
          boolean known = records.containsKey(path);
          if (text == null && known) {
            writes.add(new RecordWrite.Delete(path));
            records.remove(path);
          } else if (text != null) {
            Bytes block =
                CborValue.map()
                    .put("$type", path.collection().toString())
                    .put("text", text)
                    .build()
                    .encode();
            Cid cid = Cid.ofDagCbor(block.toByteArray());
            blocks.put(cid, block);
            writes.add(
                known ? new RecordWrite.Update(path, block) : new RecordWrite.Create(path, block));
            records.put(path, cid);
          }
        });
    rev += 1 + random.nextInt(5);
    WrittenCommit written = repo.apply(writes, Tid.of(rev), this::sign);
    repo = repo.after(written);
    return message(written);
  }

  private byte[] sign(byte[] unsigned) {
    return key.sign(unsigned).toBytes();
  }

  private MapValue message(WrittenCommit written) {
    List<CborValue> ops = new ArrayList<>();
    for (RecordOp op : written.ops()) {
      ops.add(
          switch (op) {
            case RecordOp.Create create -> op("create", create.path(), create.cid(), null);
            case RecordOp.Update update -> op("update", update.path(), update.cid(), update.prev());
            case RecordOp.Delete delete -> op("delete", delete.path(), null, delete.prev());
          });
    }
    Map<String, CborValue> fields = new HashMap<>();
    fields.put("repo", text(did.toString()));
    fields.put("rev", text(written.commit().rev().toString()));
    fields.put(
        "since", written.since() == null ? new NullValue() : text(written.since().toString()));
    if (written.prevData() != null) {
      fields.put("prevData", new LinkValue(written.prevData()));
    }
    fields.put("commit", new LinkValue(written.commit().cid()));
    fields.put("blocks", new BytesValue(written.toBlocks()));
    fields.put("ops", new ArrayValue(ops));
    fields.put("blobs", new ArrayValue(List.of()));
    fields.put("rebase", new CborValue.BooleanValue(false));
    fields.put("tooBig", new CborValue.BooleanValue(false));
    fields.put("time", text(TIME));
    fields.put("$t", text("#commit"));
    return new MapValue(fields);
  }

  private static CborValue op(String action, Bytes path, @Nullable Cid cid, @Nullable Cid prev) {
    Map<String, CborValue> fields = new HashMap<>();
    fields.put("action", text(action));
    fields.put(
        "path", text(new String(path.toByteArray(), java.nio.charset.StandardCharsets.UTF_8)));
    fields.put("cid", cid == null ? new NullValue() : new LinkValue(cid));
    if (prev != null) {
      fields.put("prev", new LinkValue(prev));
    }
    return new MapValue(fields);
  }

  /** A {@code #sync} of the newest commit. */
  synchronized MapValue sync() {
    RepoCommit head = Objects.requireNonNull(repo.head());
    CarWriter car = new CarWriter(List.of(head.cid()));
    car.add(head.cid(), head.encoded());
    return new MapValue(
        Map.of(
            "did", text(did.toString()),
            "rev", text(head.rev().toString()),
            "blocks", new BytesValue(car.toBytes()),
            "time", text(TIME),
            "$t", text("#sync")));
  }

  MapValue identity() {
    return new MapValue(
        Map.of("did", text(did.toString()), "time", text(TIME), "$t", text("#identity")));
  }

  /** An {@code #account} that says the status. */
  MapValue account() {
    Map<String, CborValue> fields = new HashMap<>();
    fields.put("did", text(did.toString()));
    fields.put("time", text(TIME));
    fields.put("active", new CborValue.BooleanValue(status.isActive()));
    String wire = status.wire();
    if (wire != null) {
      fields.put("status", text(wire));
    }
    fields.put("$t", text("#account"));
    return new MapValue(fields);
  }

  /** The repository as {@code getRepo} sends it. */
  synchronized byte[] export() {
    RepoCommit head = Objects.requireNonNull(repo.head());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CarStreamWriter car = CarStreamWriter.open(out, RepoCarWriter.roots(head))) {
      RepoCarWriter.write(head, repo.tree(), blocks::get, car);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The text of a record that was made here. */
  static @Nullable String textOf(Bytes record) {
    return ((MapValue) CborValue.decode(record)).findText("text");
  }

  static CborValue text(String text) {
    return new CborValue.TextValue(text);
  }
}
