// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.testing.Cost;

/** Any bytes at all as a node of a tree, and as a commit. */
class RepoFuzzTest {
  private static final int PER_BYTE = 1000;

  /** MST-22: what is accepted as a node has that node's own encoding, and so its CID. */
  @FuzzTest(maxDuration = "5m")
  void node_acceptsOneFormOnly(byte[] input) {
    Bytes block = Bytes.wrap(input.clone());
    Cid cid = Cid.ofDagCbor(input);
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          try {
            Mst tree = Mst.load(cid, asked -> asked.equals(cid) ? block : null);
            if (!tree.root().equals(cid)) {
              throw new AssertionError("another root");
            }
          } catch (MstException e) {
            // refused
          }
        });
  }

  /** MST-73: what is accepted as a commit is written again as the same bytes. */
  @FuzzTest(maxDuration = "5m")
  void commit_acceptsOneFormOnly(byte[] input) {
    Bytes block = Bytes.wrap(input.clone());
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          try {
            RepoCommit commit = RepoCommit.decode(block);
            if (!commit.encoded().equals(block)) {
              throw new AssertionError("another encoding of the same commit");
            }
          } catch (InvalidCommitException | CborException e) {
            // refused
          }
        });
  }
}
