// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RepoReader} checks besides the tree, and how much it keeps.
 *
 * @param did the account whose repository it must be; null for anybody's
 * @param key the account's key, with {@code publicKey::verifyDigest}; null leaves the signature
 *     unchecked, which proves who made the repository no more than the connection does
 * @param spill takes what came early and is too much for memory; null refuses such a repository
 * @param keepsAll whether all blocks are kept from the first one on, as if the CAR were in another
 *     order: for one that is in order and leaves out what came before, however far back
 * @param memoryBytes how many bytes of blocks are in memory at most
 * @param maxBlocks how many blocks may come in another order than that of the tree; the index takes
 *     up to 43 bytes of memory for each
 */
public record RepoReaderOptions(
    @Nullable Did did,
    @Nullable CommitKey key,
    @Nullable BlockSpill spill,
    boolean keepsAll,
    int memoryBytes,
    int maxBlocks) {
  private static final int LEAST_MEMORY_BYTES = 4096;

  /** Anybody's repository, with 8 MiB of memory and no spill, and at most 4 Mi blocks. */
  public static final RepoReaderOptions DEFAULT =
      new RepoReaderOptions(null, null, null, false, 8 << 20, 4 << 20);

  public RepoReaderOptions {
    if (memoryBytes < LEAST_MEMORY_BYTES || maxBlocks < 1) {
      throw new IllegalArgumentException("memory below " + LEAST_MEMORY_BYTES + " or no blocks");
    }
  }

  /** The same for the repository of one account, signed with its key. */
  public RepoReaderOptions signedBy(Did account, CommitKey accountKey) {
    return new RepoReaderOptions(account, accountKey, spill, keepsAll, memoryBytes, maxBlocks);
  }

  /** The same with room outside of memory, which the reader closes. */
  public RepoReaderOptions spillingTo(BlockSpill room) {
    return new RepoReaderOptions(did, key, room, keepsAll, memoryBytes, maxBlocks);
  }

  /** The same, but keeping all blocks from the first one on. */
  public RepoReaderOptions keepingAll() {
    return new RepoReaderOptions(did, key, spill, true, memoryBytes, maxBlocks);
  }

  /** The same with these limits. */
  public RepoReaderOptions withLimits(int newMemoryBytes, int newMaxBlocks) {
    return new RepoReaderOptions(did, key, spill, keepsAll, newMemoryBytes, newMaxBlocks);
  }
}
