// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarException;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.repo.RecordProof.Fault;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * Checks the CAR that {@code com.atproto.sync.getRecord} answers with: the commit is of the account
 * and signed with its key, its tree leads to the record or to where it would be, and the record is
 * what the tree says (SC-95). Extra blocks are ignored (CAR-09).
 *
 * <p>Made once for a worker, which then checks any number of answers. Not thread-safe.
 */
public final class RecordProofVerifier {
  private final CommitSlice slice;

  /**
   * A verifier.
   *
   * @param random makes the place of a block in the index unpredictable
   */
  public RecordProofVerifier(RandomGenerator random) {
    slice = new CommitSlice(new Sha256(), random);
  }

  /**
   * What an answer proves.
   *
   * @param car the answer
   * @param did the account that was asked for
   * @param path the record that was asked for
   * @param key the account's key: {@code publicKey::verifyDigest}
   */
  public RecordProof verify(Bytes car, Did did, RecordPath path, CommitKey key) {
    try {
      slice.load(car);
      RepoCommit commit = slice.commit();
      Cid root = slice.root();
      if (commit == null || root == null) {
        return new RecordProof.Invalid(Fault.COMMIT_MISSING);
      }
      if (!root.isBlessedDagCbor()) { // CID-02: no commit has such a name
        return new RecordProof.Invalid(Fault.COMMIT);
      }
      if (!commit.did().equals(did)) {
        return new RecordProof.Invalid(Fault.DID);
      }
      if (!commit.isSignedBy(key)) {
        return new RecordProof.Invalid(Fault.SIGNATURE);
      }
      Bytes treeKey = Bytes.wrap(path.toString().getBytes(StandardCharsets.US_ASCII));
      Cid cid = slice.tree(commit.data()).find(treeKey);
      if (cid == null) {
        return new RecordProof.Absent(commit);
      }
      Bytes record = slice.find(cid);
      return record == null
          ? new RecordProof.Invalid(Fault.RECORD_MISSING)
          : new RecordProof.Present(commit, cid, record);
    } catch (CarException e) {
      return new RecordProof.Invalid(Fault.CAR);
    } catch (InvalidCommitException e) {
      return new RecordProof.Invalid(Fault.COMMIT);
    } catch (MstException e) {
      return new RecordProof.Invalid(
          e.reason() == MstException.Reason.MISSING_NODE ? Fault.NODE_MISSING : Fault.TREE);
    }
  }
}
