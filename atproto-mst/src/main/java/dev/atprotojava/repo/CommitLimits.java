// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

/**
 * How much one commit may do. A commit above {@link #DEFAULT} is legal in a repository, but no
 * relay passes it on: its readers would have to fetch the repository anew.
 *
 * @param ops the most operations
 * @param recordBytes the largest record
 * @param blocksBytes the longest CAR that tells of the commit
 */
public record CommitLimits(int ops, int recordBytes, int blocksBytes) {
  /** The limits of {@code subscribeRepos}: 200, 1,000,000 and 2,000,000 (SC-31). */
  public static final CommitLimits DEFAULT = new CommitLimits(200, 1_000_000, 2_000_000);

  /** No limits but those of memory. */
  public static final CommitLimits NONE =
      new CommitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  public CommitLimits {
    if ((ops | recordBytes | blocksBytes) < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }
}
