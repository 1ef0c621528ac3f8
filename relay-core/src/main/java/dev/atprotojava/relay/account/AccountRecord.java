// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * All that the relay knows of an account at one moment. Immutable.
 *
 * @param uid the number of the account on this relay, rising in the order of discovery
 * @param did its DID
 * @param hash the hash of that
 * @param hostId the host that is its PDS
 * @param upstreamStatus what that host says
 * @param localStatus what this relay decided
 * @param proven false if the last event was let pass with a check waived
 * @param repo where its repository is; null before its first accepted commit
 * @param seen where the log was when its last event came; in the store, the number of that event; 0
 *     if it is not to be asked where its next commit begins
 */
public record AccountRecord(
    long uid,
    Did did,
    DidHash hash,
    int hostId,
    AccountStatus upstreamStatus,
    LocalStatus localStatus,
    boolean proven,
    @Nullable RepoState repo,
    long seen) {

  /** An account of which no event was seen. */
  public AccountRecord(
      long uid,
      Did did,
      DidHash hash,
      int hostId,
      AccountStatus upstreamStatus,
      LocalStatus localStatus,
      boolean proven,
      @Nullable RepoState repo) {
    this(uid, did, hash, hostId, upstreamStatus, localStatus, proven, repo, 0);
  }

  /** What the relay says of the account: its own word first, then the host's (SC-82). */
  public AccountStatus effectiveStatus() {
    return switch (localStatus) {
      case TAKENDOWN -> AccountStatus.TAKENDOWN;
      case THROTTLED, CHAIN_THROTTLED -> AccountStatus.THROTTLED;
      case ACTIVE, DESYNCHRONIZED -> upstreamStatus;
    };
  }

  /** True if the account is active, but events of it were lost here (SC-63). */
  public boolean isDesynchronized() {
    return localStatus == LocalStatus.DESYNCHRONIZED && upstreamStatus.isActive();
  }

  /** This with another host. */
  public AccountRecord withHost(int newHostId) {
    return new AccountRecord(
        uid, did, hash, newHostId, upstreamStatus, localStatus, proven, repo, seen);
  }

  /** This with another word of the host. */
  public AccountRecord withUpstreamStatus(AccountStatus status) {
    return new AccountRecord(uid, did, hash, hostId, status, localStatus, proven, repo, seen);
  }

  /** This with another decision of the relay. */
  public AccountRecord withLocalStatus(LocalStatus status) {
    return new AccountRecord(uid, did, hash, hostId, upstreamStatus, status, proven, repo, seen);
  }

  /** This after an accepted commit, which ends {@link LocalStatus#DESYNCHRONIZED}. */
  public AccountRecord withRepo(RepoState next, boolean nextProven) {
    LocalStatus local =
        localStatus == LocalStatus.DESYNCHRONIZED ? LocalStatus.ACTIVE : localStatus;
    return new AccountRecord(uid, did, hash, hostId, upstreamStatus, local, nextProven, next, seen);
  }

  /** This seen at another place of the log. */
  public AccountRecord withSeen(long position) {
    return new AccountRecord(
        uid, did, hash, hostId, upstreamStatus, localStatus, proven, repo, position);
  }
}
