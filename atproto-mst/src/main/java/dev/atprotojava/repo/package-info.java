// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * A repository: a tree of records under a signed commit, and what an event carries of it.
 *
 * <p>Start with {@link dev.atprotojava.repo.RepoCommit}. {@link dev.atprotojava.repo.CommitSlice}
 * reads the blocks that came with a commit, {@link dev.atprotojava.repo.OpInversion} undoes the
 * commit's operations on them, and {@link dev.atprotojava.repo.CommitSliceWriter} makes such
 * blocks.
 *
 * <p>Keys and signatures are the business of {@code dev.atprotojava.crypto}: a commit gives the
 * bytes that were signed, and takes a signature as bytes.
 */
@NullMarked
package dev.atprotojava.repo;

import org.jspecify.annotations.NullMarked;
