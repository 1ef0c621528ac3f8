// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

/** A {@link RepoStateStore} or {@link CursorStore} that cannot read or write: our own trouble. */
public final class RepoStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what failed. */
  public RepoStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
