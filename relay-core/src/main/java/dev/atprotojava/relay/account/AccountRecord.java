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
 */
public record AccountRecord(
    long uid,
    Did did,
    DidHash hash,
    int hostId,
    AccountStatus upstreamStatus,
    LocalStatus localStatus,
    boolean proven,
    @Nullable RepoState repo) {

  /** What the relay says of the account: its own word first, then the host's (SC-82). */
  public AccountStatus effectiveStatus() {
    return switch (localStatus) {
      case TAKENDOWN -> AccountStatus.TAKENDOWN;
      case THROTTLED -> AccountStatus.THROTTLED;
      case ACTIVE -> upstreamStatus;
    };
  }

  /** This with another host. */
  public AccountRecord withHost(int newHostId) {
    return new AccountRecord(uid, did, hash, newHostId, upstreamStatus, localStatus, proven, repo);
  }

  /** This with another word of the host. */
  public AccountRecord withUpstreamStatus(AccountStatus status) {
    return new AccountRecord(uid, did, hash, hostId, status, localStatus, proven, repo);
  }

  /** This after an accepted commit. */
  public AccountRecord withRepo(RepoState next, boolean nextProven) {
    return new AccountRecord(uid, did, hash, hostId, upstreamStatus, localStatus, nextProven, next);
  }
}
