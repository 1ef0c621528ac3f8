// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.repo.RepoCarWriter;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a large repository in two orders. A process of its own, because whoever reads it has a
 * heap that is smaller than what it takes to make one.
 */
public final class RepoFiles {
  static final int RECORDS = 248_000;
  static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final String IN_ORDER = "in-order.car";
  static final String NODES_FIRST = "nodes-first.car";

  private static final int RECORD_BYTES = 400;

  private RepoFiles() {}

  /** Writes the files to the directory that the argument names. */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]));
  }

  static SigningKey signer() {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[31] = 7;
    return SigningKey.parseP256(secret);
  }

  static void write(Path directory) throws IOException {
    Sha256 sha256 = new Sha256();
    SplittableRandom random = new SplittableRandom(1);
    Map<Cid, Bytes> records = new HashMap<>();
    List<MstEntry> entries = new ArrayList<>(RECORDS);
    long rev = Tid.parse("3jzfcijpj2z2a").value();
    for (int i = 0; i < RECORDS; i++) {
      rev += 1 + random.nextLong(1L << 36);
      String collection = random.nextBoolean() ? "app.bsky.feed.like/" : "app.bsky.feed.post/";
      byte[] block = new byte[RECORD_BYTES];
      random.nextBytes(block);
      Cid cid = Cid.of(CidCodec.DAG_CBOR, block, 0, block.length, sha256);
      records.put(cid, Bytes.wrap(block));
      byte[] path = (collection + Tid.of(rev)).getBytes(StandardCharsets.US_ASCII);
      entries.add(new MstEntry(Bytes.wrap(path), cid));
    }
    Mst tree = Mst.of(entries);
    byte[] unsigned = RepoCommit.unsignedBytes(DID, Tid.of(rev), tree.root(), null).toByteArray();
    Bytes sig = Bytes.wrap(signer().sign(unsigned).toBytes());
    RepoCommit commit = RepoCommit.of(DID, Tid.of(rev), tree.root(), null, sig);
    try (CarStreamWriter car = open(directory.resolve(IN_ORDER), commit)) {
      RepoCarWriter.write(commit, tree, records::get, car);
    }
    try (CarStreamWriter car = open(directory.resolve(NODES_FIRST), commit)) {
      car.add(commit.cid(), commit.encoded());
      for (Map.Entry<Cid, Bytes> node : tree.blocks().entrySet()) {
        car.add(node.getKey(), node.getValue());
      }
      for (Map.Entry<Cid, Bytes> record : records.entrySet()) { // in no order
        car.add(record.getKey(), record.getValue());
      }
    }
  }

  private static CarStreamWriter open(Path file, RepoCommit commit) throws IOException {
    return CarStreamWriter.open(Files.newOutputStream(file), RepoCarWriter.roots(commit));
  }
}
