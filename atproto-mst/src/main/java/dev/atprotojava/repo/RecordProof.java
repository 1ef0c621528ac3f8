// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;

/**
 * What the answer of {@code com.atproto.sync.getRecord} proves about one record (SC-95). A {@link
 * RecordProofVerifier} finds it out.
 *
 * <p>A proof says what the account signed once. That it still says so nobody can prove; {@link
 * RepoCommit#rev} tells which of two proofs is the later one.
 */
public sealed interface RecordProof {
  /**
   * The account has this record.
   *
   * @param commit the commit that says so
   * @param cid the CID of the record
   * @param record the block of the record, checked against its CID; whether it is a record by its
   *     form is for the caller to see
   */
  record Present(RepoCommit commit, Cid cid, Bytes record) implements RecordProof {}

  /**
   * The account has no record under this path.
   *
   * @param commit the commit that says so
   */
  record Absent(RepoCommit commit) implements RecordProof {}

  /**
   * The answer proves nothing.
   *
   * @param fault why
   */
  record Invalid(Fault fault) implements RecordProof {}

  /** Why an answer proves nothing. */
  enum Fault {
    /** It is no CAR, or a block is not what its CID says. */
    CAR,
    /** The root is not among the blocks, or there is none (CAR-05). */
    COMMIT_MISSING,
    /** The root is no commit of version 3 (MST-70). */
    COMMIT,
    /** The commit is of another account (SC-91). */
    DID,
    /** The commit was not signed with this key. */
    SIGNATURE,
    /** The nodes are not those of a valid tree (MST-10 to MST-25). */
    TREE,
    /** A node on the way to the record is not among the blocks. */
    NODE_MISSING,
    /**
     * The tree has the record, but it is not among the blocks, or its CID is of a kind that cannot
     * be checked (CID-07).
     */
    RECORD_MISSING,
  }
}
