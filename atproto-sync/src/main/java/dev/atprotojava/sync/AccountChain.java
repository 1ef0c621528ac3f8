// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.sync.ChainState.Cause;
import dev.atprotojava.sync.ChainState.Desynchronized;
import dev.atprotojava.sync.ChainState.InProgress;
import dev.atprotojava.sync.ChainState.Synchronized;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.syntax.Tid;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * What must be kept of one account to hold a copy of its repository, and what to do about each
 * thing that happens to it: the table of SC-62 and the rules about status (SC-80 to SC-86). A value
 * and a function; whoever runs it has the clock, the sockets and the copy.
 *
 * <pre>{@code
 * ChainStep step = chain.step(new ChainInput.Commit(commit, verdict));
 * switch (step.action()) {
 *   case Apply apply -> store.apply(commit.ops(), apply.next());
 *   ...
 * }
 * chain = step.next();
 * }</pre>
 *
 * <p>The events of one account must come in order (SC-65). What comes again, under whatever {@code
 * seq}, is known by its revision, and what is missing by the chain, whatever the host says of it
 * (SC-47). Verdicts may be of a lenient {@link CommitVerifier}, and better are: a strict one cannot
 * tell a commit that leaves something out, which a resync repairs, from one that is wrong, which
 * none does. So of what was waived {@code tooBig} and a missing {@code prevData} break the chain
 * (SC-32, SC-60), what is wrong with the tree or its operations rejects the commit, and {@code
 * rebase} and {@code time} mean nothing (SC-30, SC-33).
 *
 * @param state what is known of the copy
 * @param upstreamStatus what the host says of the account (SC-83); active until it says otherwise
 * @param localStatus what we say; only a status that is not active counts (SC-82)
 */
public record AccountChain(
    ChainState state, AccountStatus upstreamStatus, AccountStatus localStatus) {
  private static final Set<CommitFault> LEAVES_OUT =
      EnumSet.of(CommitFault.TOO_BIG, CommitFault.PREV_DATA_MISSING);
  private static final Set<CommitFault> WRONG =
      EnumSet.of(CommitFault.NODE_MISSING, CommitFault.PREV_MISSING, CommitFault.INVERSION_FAILED);

  /** An account of which nothing is known (SC-64). */
  public static AccountChain unknown() {
    return new AccountChain(
        new Desynchronized(Cause.UNKNOWN, null), AccountStatus.ACTIVE, AccountStatus.ACTIVE);
  }

  /** The status that counts: ours if it is not active, or the host's (SC-82). */
  public AccountStatus status() {
    return localStatus.isActive() ? upstreamStatus : localStatus;
  }

  /** What comes of something that happens. */
  public ChainStep step(ChainInput input) {
    return switch (input) {
      case ChainInput.Commit commit -> onCommit(commit.event(), commit.verdict());
      case ChainInput.Sync sync -> onSync(sync.event(), sync.verdict());
      case ChainInput.Unverified unverified -> onUnverified();
      case ChainInput.UpstreamStatus upstream -> onStatus(upstream.status());
      case ChainInput.Identity identity -> same(new ChainAction.RefreshIdentity());
      case ChainInput.LocalStatus local ->
          statusStep(new AccountChain(state, upstreamStatus, local.status()), false);
      case ChainInput.ResyncBegun begun ->
          new ChainStep(with(new InProgress(state.last())), new ChainAction.Nothing());
      case ChainInput.ResyncDone done -> onResyncDone(done.repo());
      case ChainInput.ResyncFailed failed -> endResync(Cause.RESYNC_FAILED);
      case ChainInput.ResyncRefused refused -> onRefused(refused.status());
      case ChainInput.QueueOverflow overflow -> endResync(Cause.QUEUE_OVERFLOW);
    };
  }

  private ChainStep onCommit(CommitEvent event, CommitVerdict verdict) {
    if (isStale(event.rev())) {
      return same(new ChainAction.Ignore(ChainAction.Reason.STALE));
    }
    if (!status().isActive()) {
      return verdict instanceof Accept ? missed() : same(ignored());
    }
    return switch (verdict) {
      case Reject(CommitFault fault) -> same(new ChainAction.Reject(fault));
      case Accept accept -> onAccepted(event, accept);
    };
  }

  private boolean isStale(Tid rev) {
    RepoState last = state.last();
    return last != null && rev.compareTo(last.rev()) <= 0;
  }

  /**
   * SC-53: an event of an account that is not active is not applied. What it did is missed all the
   * same, if the account is active after all; so when it returns it does not go on from where it
   * was (SC-86).
   */
  private ChainStep missed() {
    AccountChain next =
        state instanceof Desynchronized
            ? this
            : with(new Desynchronized(Cause.UNVERIFIED, state.last()));
    return new ChainStep(next, ignored());
  }

  private static ChainAction ignored() {
    return new ChainAction.Ignore(ChainAction.Reason.INACTIVE);
  }

  private ChainStep onAccepted(CommitEvent event, Accept accept) {
    boolean complete = accept.waived().stream().noneMatch(LEAVES_OUT::contains);
    if (!accept.waived().contains(CommitFault.TOO_BIG)) {
      for (CommitFault fault : accept.waived()) {
        if (WRONG.contains(fault)) {
          return same(new ChainAction.Reject(fault));
        }
      }
    }
    return switch (state) {
      case Desynchronized(Cause cause, RepoState last) -> {
        // SC-64: who has the first commit has all there is, if there is no copy of a part.
        boolean nothingYet = last == null && (cause == Cause.UNKNOWN || cause == Cause.PURGED);
        yield nothingYet && complete && event.since() == null
            ? apply(accept)
            : same(new ChainAction.Resync(cause));
      }
      case InProgress resync -> same(new ChainAction.Queue());
      case Synchronized(RepoState last) ->
          !complete
              ? broken(Cause.INCOMPLETE_COMMIT)
              : follows(event, last) ? apply(accept) : broken(Cause.CHAIN_BROKEN);
    };
  }

  private static boolean follows(CommitEvent event, RepoState last) {
    return Objects.equals(event.since(), last.rev())
        && Objects.equals(event.prevData(), last.data());
  }

  private ChainStep onSync(SyncEvent event, CommitVerdict verdict) {
    if (isStale(event.rev())) {
      return same(new ChainAction.Ignore(ChainAction.Reason.STALE));
    }
    if (!status().isActive()) {
      return verdict instanceof Accept ? missed() : same(ignored());
    }
    return switch (verdict) {
      case Reject(CommitFault fault) -> same(new ChainAction.Reject(fault));
      case Accept accept -> onAccepted(accept.next());
    };
  }

  private ChainStep onAccepted(RepoState stated) {
    return switch (state) {
      case Desynchronized(Cause cause, RepoState last) -> same(new ChainAction.Resync(cause));
      case InProgress resync -> same(new ChainAction.Queue());
      case Synchronized(RepoState last) ->
          stated.data().equals(last.data())
              ? new ChainStep(with(new Synchronized(stated)), new ChainAction.Advance(stated))
              : broken(Cause.CONTENT_DIFFERS);
    };
  }

  private ChainStep onUnverified() {
    if (!status().isActive()) {
      return missed();
    }
    return switch (state) {
      case Desynchronized known -> same(new ChainAction.Resync(known.cause()));
      case InProgress resync -> broken(Cause.UNVERIFIED);
      case Synchronized known -> broken(Cause.UNVERIFIED);
    };
  }

  private ChainStep onStatus(AccountStatus upstream) {
    boolean purge = upstream == AccountStatus.DELETED;
    ChainState next = purge ? new Desynchronized(Cause.PURGED, null) : state;
    return statusStep(new AccountChain(next, upstream, localStatus), purge);
  }

  private ChainStep onRefused(AccountStatus status) {
    AccountChain ended =
        state instanceof InProgress(RepoState last)
            ? with(new Desynchronized(Cause.RESYNC_FAILED, last))
            : this;
    ChainStep step = ended.onStatus(status);
    return new ChainStep(
        step.next(),
        step.action() instanceof ChainAction.Status stated
            ? new ChainAction.Status(status(), stated.after(), stated.purge(), false)
            : step.action());
  }

  /**
   * SC-86: an account that is back goes on from where it was, if that is known. One of which
   * nothing was ever seen is not fetched for its status alone: its first commit is what comes next
   * (SC-85).
   */
  private ChainStep statusStep(AccountChain next, boolean purge) {
    boolean returns = !status().isActive() && next.status().isActive();
    boolean resync = returns && next.state instanceof Desynchronized;
    return new ChainStep(next, new ChainAction.Status(status(), next.status(), purge, resync));
  }

  private ChainStep onResyncDone(RepoState repo) {
    return state instanceof InProgress
        ? new ChainStep(with(new Synchronized(repo)), new ChainAction.Advance(repo))
        : same(new ChainAction.Nothing()); // it was given up meanwhile
  }

  private ChainStep endResync(Cause cause) {
    return state instanceof InProgress ? broken(cause) : same(new ChainAction.Nothing());
  }

  private ChainStep broken(Cause cause) {
    return new ChainStep(
        with(new Desynchronized(cause, state.last())), new ChainAction.Resync(cause));
  }

  private ChainStep apply(Accept accept) {
    return new ChainStep(
        with(new Synchronized(accept.next())), new ChainAction.Apply(accept.next()));
  }

  private ChainStep same(ChainAction action) {
    return new ChainStep(this, action);
  }

  private AccountChain with(ChainState next) {
    return new AccountChain(next, upstreamStatus, localStatus);
  }
}
