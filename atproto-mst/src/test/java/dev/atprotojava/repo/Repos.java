// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Repositories for tests: an account, its key, and a repository that remembers its records. */
final class Repos {
  static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");

  /** The key of spec.md 2.9. */
  static final SigningKey KEY =
      SigningKey.parseK256(
          HexFormat.of()
              .parseHex("9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c"));

  static final CommitSigner SIGNER = bytes -> KEY.sign(bytes).toBytes();
  static final CommitKey PUBLIC = KEY.publicKey()::verifyDigest;

  /** A signature for where it is not looked at: signing is what takes the time of a test. */
  static final CommitSigner UNSIGNED = bytes -> new byte[64];

  private Repos() {}

  static Bytes key(RecordPath path) {
    return Bytes.wrap(path.toString().getBytes(StandardCharsets.US_ASCII));
  }

  static RecordPath path(Gen gen) {
    String collection = gen.oneOf("app.bsky.feed.post", "app.bsky.feed.like", "a.b.c");
    return RecordPath.parse(collection + "/" + gen.text("234567ab", 1 + gen.nextInt(6)));
  }

  /** A record; one in ten is like another one's. */
  static Bytes record(Gen gen) {
    String text = gen.oneIn(10) ? "again" : gen.text("abcdefgh", 8 + gen.nextInt(100));
    return record(text);
  }

  static Bytes record(String text) {
    return new CborWriter().writeMap(1).writeText("text").writeText(text).toBytes();
  }

  /** A repository and what a host has besides: the records. */
  static final class Host {
    final TreeMap<RecordPath, Bytes> records = new TreeMap<>();
    private final Map<Cid, Bytes> blocks = new HashMap<>();
    private long revs = 1L << 20;
    RepoWriter repo = RepoWriter.create(DID);

    WrittenCommit write(CommitSigner signer, List<RecordWrite> writes) {
      WrittenCommit written = repo.apply(writes, Tid.of(++revs << 10), signer);
      repo = repo.after(written);
      for (RecordWrite write : writes) {
        switch (write) {
          case RecordWrite.Create create -> put(create.path(), create.block());
          case RecordWrite.Update update -> put(update.path(), update.block());
          case RecordWrite.Delete delete -> records.remove(delete.path());
        }
      }
      return written;
    }

    private void put(RecordPath path, Bytes record) {
      records.put(path, record);
      blocks.put(Cid.ofDagCbor(record.toByteArray()), record);
    }

    RepoCommit head() {
      RepoCommit head = repo.head();
      assertThat(head).isNotNull();
      return head;
    }

    Mst tree() {
      return repo.tree();
    }

    Bytes find(Cid cid) {
      return blocks.getOrDefault(cid, Bytes.EMPTY);
    }

    /** Some writes that fit what is there. */
    List<RecordWrite> writes(Gen gen, int count) {
      Map<RecordPath, RecordWrite> writes = new HashMap<>();
      List<RecordPath> there = new ArrayList<>(records.keySet());
      for (int i = 0; i < count; i++) {
        RecordPath path = there.isEmpty() || gen.oneIn(2) ? path(gen) : gen.oneOf(there);
        RecordWrite write =
            !records.containsKey(path)
                ? new RecordWrite.Create(path, record(gen))
                : gen.oneIn(2)
                    ? new RecordWrite.Update(path, record(gen))
                    : new RecordWrite.Delete(path);
        writes.putIfAbsent(path, write);
      }
      return List.copyOf(writes.values());
    }

    static Host of(Gen gen, int records) {
      Host host = new Host();
      host.repo = host.repo.withLimits(CommitLimits.NONE);
      List<RecordWrite> writes = new ArrayList<>();
      for (RecordWrite write : host.writes(gen, records)) {
        writes.add(write);
      }
      host.write(SIGNER, writes);
      return host;
    }
  }
}
