// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCarWriter;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoWriter;
import dev.atprotojava.repo.WrittenCommit;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Lives of repositories: commits with the slices that the stream carries, and exports. */
final class RepoCases {
  private static final long FIRST_MICROS = 1_767_225_600_000_000L;
  private static final int MAX_COMMITS = 6;
  private static final int MAX_WRITES = 8;

  private RepoCases() {}

  static ObjectNode random(int number, SplittableRandom random) {
    Life life = new Life("random " + number, number % 2 == 0, random);
    for (int i = 1 + random.nextInt(MAX_COMMITS); i > 0; i--) {
      life.commit(random.nextInt(MAX_WRITES));
    }
    return life.withExport();
  }

  /** A repository with a good commit, then one that is spoilt in a way. */
  static ArrayNode refused() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    spoilt(
        cases,
        "SC-54",
        "BAD_SIGNATURE",
        "a signature with another bit",
        commit -> resigned(commit, 5));
    spoilt(
        cases,
        "MST-55",
        "INVERSION_FAILED",
        "an operation that is not told",
        commit -> {
          ((ArrayNode) commit.get("ops")).remove(0);
          return commit;
        });
    spoilt(
        cases,
        "MST-55",
        "INVERSION_FAILED",
        "another tree before",
        commit -> commit.put("prevData", Cid.ofDagCbor(new byte[] {1}).toString()));
    spoilt(
        cases,
        "SC-60",
        "PREV_DATA_MISSING",
        "no tree before",
        commit -> commit.putNull("prevData"));
    spoilt(
        cases,
        "MST-50",
        "PREV_MISSING",
        "an update that does not say of what",
        commit -> {
          op(commit, "update").remove("prev");
          return commit;
        });
    spoilt(
        cases,
        "MST-50",
        "OP_INVALID",
        "an action that is none",
        commit -> {
          op(commit, "update").put("action", "replace");
          return commit;
        });
    spoilt(
        cases,
        "MST-51",
        "OP_INVALID",
        "an operation twice",
        commit -> {
          ArrayNode ops = (ArrayNode) commit.get("ops");
          ops.add(ops.get(0).deepCopy());
          return commit;
        });
    spoilt(
        cases,
        "MST-52",
        "RECORD_MISSING",
        "a record that is another one",
        commit -> {
          op(commit, "create").put("cid", Cid.ofDagCbor(new byte[] {2}).toString());
          return commit;
        });
    spoilt(
        cases,
        "MST-43",
        "RECORD_MISSING",
        "a record that is not sent",
        commit -> without(commit, Cid.parse(op(commit, "create").get("cid").textValue())));
    spoilt(
        cases,
        "MST-45",
        "NODE_MISSING",
        "a root that is not sent",
        commit -> without(commit, RepoCommit.decode(block(commit, root(commit))).data()));
    spoilt(
        cases,
        "MST-41",
        "COMMIT_MISSING",
        "a commit that is not sent",
        commit -> without(commit, root(commit)));
    spoilt(
        cases,
        "CAR-08",
        "BLOCK_HASH_MISMATCH",
        "a record with another byte at its end",
        commit -> {
          byte[] car = Base64.getDecoder().decode(commit.get("blocks").textValue());
          car[car.length - 1] ^= 1;
          return commit.put("blocks", Base64.getEncoder().encodeToString(car));
        });
    spoilt(
        cases,
        "SC-56",
        "COMMIT_CID_MISMATCH",
        "another commit is named",
        commit -> commit.put("commit", Cid.ofDagCbor(new byte[] {3}).toString()));
    spoilt(
        cases,
        "SC-56",
        "REV_MISMATCH",
        "another revision is named",
        commit -> commit.put("rev", "3zzzzzzzzzz22"));
    return cases;
  }

  private static void spoilt(
      ArrayNode cases, String rule, String reason, String name, UnaryOperator<ObjectNode> spoil) {
    Life life = new Life(name, true, new SplittableRandom(58));
    life.commit(6);
    life.commitAllActions();
    ArrayNode commits = (ArrayNode) life.json.get("commits");
    ObjectNode last = (ObjectNode) commits.get(commits.size() - 1);
    spoil.apply(last).put("refused", rule).put("reason", reason);
    cases.add(life.json);
  }

  private static ObjectNode op(ObjectNode commit, String action) {
    for (var op : commit.get("ops")) {
      if (op.get("action").textValue().equals(action)) {
        return (ObjectNode) op;
      }
    }
    throw new IllegalStateException("no " + action);
  }

  private static Cid root(ObjectNode commit) {
    return Cid.parse(commit.get("commit").textValue());
  }

  private static List<CarBlock> blocks(ObjectNode commit) {
    Bytes car = Bytes.wrap(Base64.getDecoder().decode(commit.get("blocks").textValue()));
    List<CarBlock> blocks = new ArrayList<>();
    for (CarReader reader = new CarReader().reset(car); reader.next(); ) {
      blocks.add(new CarBlock(reader.cid(), reader.data()));
    }
    return blocks;
  }

  private static Bytes block(ObjectNode commit, Cid cid) {
    return blocks(commit).stream()
        .filter(block -> block.cid().equals(cid))
        .findFirst()
        .orElseThrow()
        .data();
  }

  private static ObjectNode without(ObjectNode commit, Cid cid) {
    List<CarBlock> left =
        blocks(commit).stream().filter(block -> !block.cid().equals(cid)).toList();
    return withBlocks(commit, root(commit), left);
  }

  private static ObjectNode withBlocks(ObjectNode commit, Cid root, List<CarBlock> blocks) {
    CarWriter car = new CarWriter(List.of(root));
    blocks.forEach(car::add);
    return commit.put("blocks", base64(car.toBytes()));
  }

  /** The same commit with a bit of its signature turned, under its new CID. */
  private static ObjectNode resigned(ObjectNode commit, int at) {
    Cid old = root(commit);
    RepoCommit good = RepoCommit.decode(block(commit, old));
    byte[] sig = good.sig().toByteArray();
    sig[at] ^= 1;
    RepoCommit bad =
        RepoCommit.of(good.did(), good.rev(), good.data(), good.prev(), Bytes.wrap(sig));
    List<CarBlock> blocks = new ArrayList<>();
    blocks.add(new CarBlock(bad.cid(), bad.encoded()));
    blocks(commit).stream().filter(block -> !block.cid().equals(old)).forEach(blocks::add);
    commit.put("commit", bad.cid().toString());
    return withBlocks(commit, bad.cid(), blocks);
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** A repository while it is written. */
  private static final class Life {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final SplittableRandom random;
    private final SigningKey key;
    private final Map<String, Bytes> records = new TreeMap<>();
    private RepoWriter repo;
    private @Nullable RepoCommit head;
    private long micros = FIRST_MICROS;

    Life(String name, boolean k256, SplittableRandom random) {
      this.random = random;
      this.key = SignatureCases.key(k256, random);
      Did did = did(random);
      this.repo = RepoWriter.create(did);
      json.put("name", name).put("did", did.toString());
      json.put("signingKey", key.publicKey().toDidKey());
      json.putArray("commits");
    }

    private static Did did(SplittableRandom random) {
      StringBuilder did = new StringBuilder("did:plc:");
      for (int i = 0; i < 24; i++) {
        did.append("abcdefghijklmnopqrstuvwxyz234567".charAt(random.nextInt(32)));
      }
      return Did.parse(did.toString());
    }

    /** Writes by chance: half of them to what is there, if anything is. */
    void commit(int count) {
      Map<String, RecordWrite> writes = new TreeMap<>();
      List<String> paths = List.copyOf(records.keySet());
      for (int i = 0; i < count; i++) {
        boolean old = !paths.isEmpty() && random.nextBoolean();
        String path = old ? paths.get(random.nextInt(paths.size())) : MstCases.path(random);
        boolean deletes = random.nextInt(3) == 0;
        writes.putIfAbsent(path, write(path, deletes));
      }
      apply(writes);
    }

    /** One of each action. */
    void commitAllActions() {
      List<String> paths = List.copyOf(records.keySet());
      Map<String, RecordWrite> writes = new TreeMap<>();
      String path = "com.example.record/new";
      writes.put(path, write(path, false));
      writes.put(paths.get(0), write(paths.get(0), false));
      writes.put(paths.get(1), write(paths.get(1), true));
      apply(writes);
    }

    private RecordWrite write(String path, boolean deletes) {
      RecordPath at = RecordPath.parse(path);
      if (!records.containsKey(path)) {
        return new RecordWrite.Create(at, CborCases.record(random));
      }
      if (deletes) {
        return new RecordWrite.Delete(at);
      }
      Bytes record = CborCases.record(random);
      // What does not change anything is legal and nobody writes it (MST-58).
      return record.equals(records.get(path))
          ? new RecordWrite.Delete(at)
          : new RecordWrite.Update(at, record);
    }

    private void apply(Map<String, RecordWrite> writes) {
      micros += 1 + random.nextInt(1_000_000);
      WrittenCommit written =
          repo.apply(
              List.copyOf(writes.values()),
              Tid.ofMicros(micros, random.nextInt(1024)),
              unsigned -> key.sign(unsigned).toBytes());
      repo = repo.after(written);
      head = written.commit();
      for (RecordWrite write : writes.values()) {
        switch (write) {
          case RecordWrite.Create(var path, var block) -> records.put(path.toString(), block);
          case RecordWrite.Update(var path, var block) -> records.put(path.toString(), block);
          case RecordWrite.Delete(var path) -> records.remove(path.toString());
        }
      }
      add(written);
    }

    private void add(WrittenCommit written) {
      ObjectNode commit = ((ArrayNode) json.get("commits")).addObject();
      RepoCommit signed = written.commit();
      commit.put("rev", signed.rev().toString());
      commit.put("since", text(written.since()));
      commit.put("prevData", text(written.prevData()));
      commit.put("commit", signed.cid().toString());
      ArrayNode ops = commit.putArray("ops");
      for (RecordOp op : written.ops()) {
        ObjectNode out = ops.addObject();
        switch (op) {
          case RecordOp.Create(var path, var cid) ->
              op(out, "create", path).put("cid", cid.toString());
          case RecordOp.Update(var path, var cid, var prev) ->
              op(out, "update", path).put("cid", cid.toString()).put("prev", prev.toString());
          case RecordOp.Delete(var path, var prev) ->
              op(out, "delete", path).putNull("cid").put("prev", prev.toString());
        }
      }
      commit.put("blocks", base64(written.toBlocks()));
    }

    private static ObjectNode op(ObjectNode out, String action, Bytes path) {
      return out.put("action", action)
          .put("path", new String(path.toByteArray(), StandardCharsets.UTF_8));
    }

    private static @Nullable String text(@Nullable Object value) {
      return value == null ? null : value.toString();
    }

    ObjectNode withExport() {
      Map<Cid, Bytes> blocks = new HashMap<>();
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      records.forEach(
          (path, record) -> {
            Cid cid = Cid.ofDagCbor(record.toByteArray());
            blocks.put(cid, record);
            list.addArray().add(path).add(cid.toString());
          });
      RepoCommit commit = Objects.requireNonNull(head);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (CarStreamWriter car = CarStreamWriter.open(out, RepoCarWriter.roots(commit))) {
        RepoCarWriter.write(commit, repo.tree(), blocks::get, car);
      } catch (IOException e) {
        throw new UncheckedIOException("to memory", e);
      }
      json.put("export", base64(Bytes.wrap(out.toByteArray())));
      json.set("records", list);
      return json;
    }
  }
}
