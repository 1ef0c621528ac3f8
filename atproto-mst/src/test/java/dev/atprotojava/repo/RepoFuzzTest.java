// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.testing.Cost;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SplittableRandom;

/** Any bytes at all as a node of a tree, as a commit, and as what a server sends of either. */
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

  /** SC-90 to SC-94: any bytes as the answer of {@code getRepo}, read to the end or refused. */
  @FuzzTest(maxDuration = "5m")
  void repository_isReadOrRefused(byte[] input) {
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          RepoReaderOptions options = RepoReaderOptions.DEFAULT.withLimits(1 << 16, 1 << 10);
          try (RepoReader repo =
              RepoReader.open(
                  CarStream.open(new ByteArrayInputStream(input)),
                  options,
                  new SplittableRandom(1))) {
            while (repo.next()) {
              repo.block();
            }
          } catch (InvalidRepoException | CarException e) {
            // refused
          } catch (IOException e) {
            throw new AssertionError(e); // nothing here can fail
          }
        });
  }

  /** Any bytes as the answer of {@code getRecord}: a verdict, whatever they are. */
  @FuzzTest(maxDuration = "5m")
  void proof_isJudged(byte[] input) {
    Bytes car = Bytes.wrap(input.clone());
    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    RecordPath path = RecordPath.parse("com.example.record/self");
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () ->
            new RecordProofVerifier(new SplittableRandom(1))
                .verify(car, did, path, (digest, at, sig, sigAt, length) -> true));
  }
}
