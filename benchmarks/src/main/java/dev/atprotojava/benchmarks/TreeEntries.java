// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The entries of a tree of 100,000 records in the four collections that fill most repositories. */
final class TreeEntries {
  private static final int RECORDS = 100_000;

  private TreeEntries() {}

  /** In the order of their keys; the same in each run. */
  static List<MstEntry> sorted() {
    SplittableRandom random = new SplittableRandom(1);
    String[] collections = {
      "app.bsky.feed.like", "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.graph.follow"
    };
    List<MstEntry> entries = new ArrayList<>(RECORDS);
    long rev = Tid.parse("3jzfcijpj2z2a").value();
    for (int i = 0; i < RECORDS; i++) {
      rev += 1 + random.nextLong(1L << 36);
      String path = collections[random.nextInt(collections.length)] + "/" + Tid.of(rev);
      byte[] block = new byte[16];
      random.nextBytes(block);
      Bytes key = Bytes.wrap(path.getBytes(StandardCharsets.US_ASCII));
      entries.add(new MstEntry(key, Cid.ofDagCbor(block)));
    }
    entries.sort(MstEntry.BY_KEY);
    return entries;
  }
}
