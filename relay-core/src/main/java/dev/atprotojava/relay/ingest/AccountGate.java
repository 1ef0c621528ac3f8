// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stage 5: may this host say this about this account, now?
 *
 * <p>In this order, the first that fails being the reason: size; too old (RL-33); the account's
 * identity and that its PDS is the sending host, asked again once before a drop (SC-51, SC-52,
 * RL-37); the account's status (SC-53, RL-38). {@code #account} and {@code #identity} have no age
 * and no status to fail; {@code #identity} may come from any host for an account that is known
 * (RL-34).
 *
 * <p>A function of its arguments, but for the numbers of new accounts.
 */
final class AccountGate {
  private final CommitVerifier verifier;
  private final LongSupplier uids;

  /**
   * A gate.
   *
   * @param verifier judges size and age
   * @param uids gives the numbers of new accounts
   */
  AccountGate(CommitVerifier verifier, LongSupplier uids) {
    this.verifier = verifier;
    this.uids = uids;
  }

  /**
   * Decides.
   *
   * @param account what is known of the account; null if nothing is
   * @param lookup who it is; null if that is not known yet
   * @param asked true if the lookup was made for this event
   */
  GateDecision step(
      UpstreamEvent upstream,
      @Nullable AccountRecord account,
      @Nullable IdentityLookup lookup,
      boolean asked) {
    RepoEvent.Sequenced event = upstream.event();
    CommitFault fault = CommitVerifier.checkSize(event);
    RepoState repo = account == null ? null : account.repo();
    if (fault == null && repo != null) {
      fault = verifier.checkStale(event, repo);
    }
    if (fault != null) {
      return new GateDecision.Drop(DropReason.of(fault));
    }
    if (event instanceof RepoEvent.IdentityEvent && account != null) {
      return new GateDecision.Admit(account, false, null);
    }
    if (lookup == null) {
      return new GateDecision.Resolve(false);
    }
    return switch (lookup) {
      case IdentityLookup.Found found -> checkHost(upstream, account, found.identity(), asked);
      case IdentityLookup.Unavailable _ -> new GateDecision.Resolve(false);
      case IdentityLookup.NotFound _, IdentityLookup.Tombstoned _, IdentityLookup.Unresolvable _ ->
          againOr(asked, missing(event, account));
    };
  }

  private GateDecision checkHost(
      UpstreamEvent upstream, @Nullable AccountRecord account, Identity identity, boolean asked) {
    RepoEvent.Sequenced event = upstream.event();
    if (identity.pds() == null) {
      return againOr(asked, missing(event, account));
    }
    if (!identity.pds().hasAuthority(upstream.host().hostname())) {
      return againOr(asked, elsewhere(event, account));
    }
    boolean content =
        event instanceof RepoEvent.CommitEvent || event instanceof RepoEvent.SyncEvent;
    if (content && !identity.hasSigningKey()) {
      return againOr(asked, DropReason.IDENTITY_NOT_FOUND);
    }
    if (account == null) {
      return new GateDecision.Admit(create(upstream), true, identity);
    }
    boolean moves = account.hostId() != upstream.hostId();
    if (content) {
      GateDecision status = checkStatus(account, moves);
      if (status != null) {
        return status;
      }
    }
    AccountRecord here = moves ? account.withHost(upstream.hostId()) : account;
    return new GateDecision.Admit(here, false, identity);
  }

  private AccountRecord create(UpstreamEvent upstream) {
    return new AccountRecord(
        uids.getAsLong(),
        upstream.event().did(),
        upstream.hash(),
        upstream.hostId(),
        AccountStatus.ACTIVE,
        LocalStatus.ACTIVE,
        true,
        null);
  }

  private static @Nullable GateDecision checkStatus(AccountRecord account, boolean moves) {
    return switch (account.localStatus()) {
      case TAKENDOWN -> new GateDecision.Drop(DropReason.ACCOUNT_TAKENDOWN);
      case CHAIN_THROTTLED -> new GateDecision.Drop(DropReason.ACCOUNT_THROTTLED);
      case THROTTLED -> // by the limit of the host that it was on
          moves ? checkUpstream(account) : new GateDecision.Drop(DropReason.ACCOUNT_THROTTLED);
      case ACTIVE, DESYNCHRONIZED -> checkUpstream(account);
    };
  }

  private static @Nullable GateDecision checkUpstream(AccountRecord account) {
    return account.upstreamStatus().isActive() ? null : new GateDecision.Inactive();
  }

  private static GateDecision againOr(boolean asked, DropReason reason) {
    return asked ? new GateDecision.Drop(reason) : new GateDecision.Resolve(true);
  }

  private static DropReason missing(RepoEvent.Sequenced event, @Nullable AccountRecord account) {
    return account == null && isAboutAccount(event)
        ? DropReason.UNKNOWN_ACCOUNT
        : DropReason.IDENTITY_NOT_FOUND;
  }

  private static DropReason elsewhere(RepoEvent.Sequenced event, @Nullable AccountRecord account) {
    return account == null && isAboutAccount(event)
        ? DropReason.UNKNOWN_ACCOUNT
        : DropReason.WRONG_HOST;
  }

  private static boolean isAboutAccount(RepoEvent.Sequenced event) {
    return event instanceof RepoEvent.AccountEvent || event instanceof RepoEvent.IdentityEvent;
  }
}
