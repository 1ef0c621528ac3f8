// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * A repository: a tree of records under a signed commit. Where to start depends on the task:
 *
 * <ul>
 *   <li>read and verify a whole repository: {@link dev.atprotojava.repo.RepoReader}; write one:
 *       {@link dev.atprotojava.repo.RepoCarWriter}
 *   <li>make commits: {@link dev.atprotojava.repo.RepoWriter}
 *   <li>check what an event carries: {@link dev.atprotojava.repo.CommitSlice} reads its blocks,
 *       {@link dev.atprotojava.repo.OpInversion} undoes its operations on them
 *   <li>check the answer of {@code getRecord}: {@link dev.atprotojava.repo.RecordProofVerifier};
 *       make one: {@link dev.atprotojava.repo.RecordProofWriter}
 * </ul>
 *
 * <p>{@link dev.atprotojava.repo.RepoCommit} is the signed block itself.
 *
 * <p>Keys and signatures are the business of {@code dev.atprotojava.crypto}: a {@link
 * dev.atprotojava.repo.CommitKey} and a {@link dev.atprotojava.repo.CommitSigner} are method
 * references to it. No class here has threads, clocks, files or sockets: a {@link
 * dev.atprotojava.repo.BlockSpill} is the caller's.
 */
@NullMarked
package dev.atprotojava.repo;

import org.jspecify.annotations.NullMarked;
