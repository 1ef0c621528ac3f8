// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.sync.ChainAction.Advance;
import dev.atprotojava.sync.ChainAction.Apply;
import dev.atprotojava.sync.ChainAction.Ignore;
import dev.atprotojava.sync.ChainAction.Nothing;
import dev.atprotojava.sync.ChainAction.Queue;
import dev.atprotojava.sync.ChainAction.Reason;
import dev.atprotojava.sync.ChainAction.RefreshIdentity;
import dev.atprotojava.sync.ChainAction.Resync;
import dev.atprotojava.sync.ChainAction.Status;
import dev.atprotojava.sync.ChainState.Cause;
import dev.atprotojava.sync.ChainState.Desynchronized;
import dev.atprotojava.sync.ChainState.InProgress;
import dev.atprotojava.sync.ChainState.Synchronized;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.RepoEvent.AccountEvent;
import dev.atprotojava.sync.RepoEvent.IdentityEvent;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table of SC-62 cell by cell, and the rules about status. The damage in each case: a copy that
 * is told to be right and is not, or one that nobody ever repairs.
 */
class AccountChainTest {
  private static final String PATH = "com.example.record/";

  private final CommitVerifier verifier = CommitVerifier.lenient(new Random(1));
  private final SampleRepo repo = new SampleRepo();
  private final CommitDraft genesis = repo.commit();
  private final CommitDraft first = repo.put(PATH + "a", "one").commit();
  private final RepoState last = first.state();

  private final AccountChain desynchronized =
      chain(new Desynchronized(Cause.CHAIN_BROKEN, last), AccountStatus.ACTIVE);
  private final AccountChain inProgress = chain(new InProgress(last), AccountStatus.ACTIVE);
  private final AccountChain synced = chain(new Synchronized(last), AccountStatus.ACTIVE);

  private static AccountChain chain(ChainState state, AccountStatus upstream) {
    return new AccountChain(state, upstream, AccountStatus.ACTIVE);
  }

  private ChainInput commit(CommitDraft draft) {
    RepoEvent.CommitEvent event = draft.commitEvent();
    return new ChainInput.Commit(
        event, verifier.verify(event, SampleRepo.KEY.publicKey(), last, SampleRepo.NOW));
  }

  private ChainInput sync(CommitDraft draft) {
    RepoEvent.SyncEvent event = draft.syncEvent();
    return new ChainInput.Sync(
        event, verifier.verify(event, SampleRepo.KEY.publicKey(), last, SampleRepo.NOW));
  }

  private static ChainInput account(boolean active, @Nullable String status) {
    Map<String, CborValue> fields = Messages.fields("#account");
    fields.put("active", Messages.bool(active));
    fields.put("status", status == null ? new NullValue() : Messages.text(status));
    AccountEvent event = (AccountEvent) Messages.event(Messages.frame("#account", fields));
    return new ChainInput.UpstreamStatus(AccountStatus.of(event.active(), event.status()));
  }

  /** Checks one row of the table, and that only what says so changes the state. */
  private void row(
      ChainInput input,
      ChainAction whenDesynchronized,
      ChainAction whenInProgress,
      ChainStep when) {
    assertThat(desynchronized.step(input))
        .as("desynchronized")
        .isEqualTo(new ChainStep(desynchronized, whenDesynchronized));
    assertThat(inProgress.step(input))
        .as("in progress")
        .isEqualTo(new ChainStep(inProgress, whenInProgress));
    assertThat(synced.step(input)).as("synchronized").isEqualTo(when);
  }

  private ChainStep applied(RepoState next) {
    return new ChainStep(chain(new Synchronized(next), AccountStatus.ACTIVE), new Apply(next));
  }

  private ChainStep broken(Cause cause) {
    return new ChainStep(
        chain(new Desynchronized(cause, last), AccountStatus.ACTIVE), new Resync(cause));
  }

  @Test
  void step_appliesACommitThatFollows() { // SC-60, SC-62
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    row(commit(next), new Resync(Cause.CHAIN_BROKEN), new Queue(), applied(next.state()));
  }

  @Test
  void step_breaksAtACommitBehindAGap() { // SC-62: something between was not seen
    repo.put(PATH + "b", "two").commit();
    CommitDraft later = repo.put(PATH + "c", "three").commit();
    row(commit(later), new Resync(Cause.CHAIN_BROKEN), new Queue(), broken(Cause.CHAIN_BROKEN));
  }

  @Test
  void step_breaksAtAFork() { // SC-60: the revision follows, the tree does not, and the other way
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    AccountChain otherTree =
        chain(
            new Synchronized(new RepoState(last.rev(), Mst.EMPTY_ROOT, last.commit())),
            AccountStatus.ACTIVE);
    assertThat(otherTree.step(commit(next)).action()).isEqualTo(new Resync(Cause.CHAIN_BROKEN));
    AccountChain otherRev =
        chain(
            new Synchronized(new RepoState(genesis.state().rev(), last.data(), last.commit())),
            AccountStatus.ACTIVE);
    assertThat(otherRev.step(commit(next)).action()).isEqualTo(new Resync(Cause.CHAIN_BROKEN));
  }

  @Test
  void step_rejectsWhatIsInvalidAndFetchesNothing() { // SC-62, 0006: it would not help
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    RepoEvent.CommitEvent event = next.commitEvent();
    ChainAction rejected = new ChainAction.Reject(CommitFault.BAD_SIGNATURE);
    row(
        new ChainInput.Commit(event, new Reject(CommitFault.BAD_SIGNATURE)),
        rejected,
        rejected,
        new ChainStep(synced, rejected));
  }

  @Test
  void step_rejectsOperationsThatTheTreeContradicts() { // SC-50: inversion, though it was waived
    CommitDraft next = repo.put(PATH + "b", "two").put(PATH + "c", "three").commit();
    List<CborValue> ops = next.ops();
    next.with("ops", new CborValue.ArrayValue(ops.subList(0, 1)));
    ChainAction rejected = new ChainAction.Reject(CommitFault.INVERSION_FAILED);
    row(commit(next), rejected, rejected, new ChainStep(synced, rejected));
  }

  @Test
  void step_breaksAtACommitThatLeavesSomethingOut() { // SC-32, SC-60
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    row(
        commit(next.copy().with("tooBig", Messages.bool(true))),
        new Resync(Cause.CHAIN_BROKEN),
        new Queue(),
        broken(Cause.INCOMPLETE_COMMIT));
    row(
        commit(next.copy().with("prevData", null)),
        new Resync(Cause.CHAIN_BROKEN),
        new Queue(),
        broken(Cause.INCOMPLETE_COMMIT));
  }

  @Test
  void step_appliesInSpiteOfWhatMeansNothing() { // SC-30, SC-33
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    next.with("rebase", Messages.bool(true)).with("time", Messages.text("noon"));
    assertThat(synced.step(commit(next))).isEqualTo(applied(next.state()));
  }

  @Test
  void step_ignoresWhatIsStale() { // SC-47, SC-55, SC-62
    Ignore stale = new Ignore(Reason.STALE);
    row(commit(first), stale, stale, new ChainStep(synced, stale));
    row(commit(genesis), stale, stale, new ChainStep(synced, stale));
    row(sync(repo.sync()), stale, stale, new ChainStep(synced, stale));
  }

  @Test
  void step_advancesAtASyncOfTheSameContent() { // SC-62
    CommitDraft empty = repo.commit();
    RepoState stated = empty.state();
    row(
        sync(repo.sync()),
        new Resync(Cause.CHAIN_BROKEN),
        new Queue(),
        new ChainStep(chain(new Synchronized(stated), AccountStatus.ACTIVE), new Advance(stated)));
  }

  @Test
  void step_breaksAtASyncOfOtherContent() { // SC-62
    repo.put(PATH + "b", "two").commit();
    row(
        sync(repo.sync()),
        new Resync(Cause.CHAIN_BROKEN),
        new Queue(),
        broken(Cause.CONTENT_DIFFERS));
  }

  @Test
  void step_breaksAtWhatNobodyCouldVerify() { // SC-51: never accepted, and never forgotten
    ChainInput unverified = new ChainInput.Unverified();
    ChainStep broken = broken(Cause.UNVERIFIED);
    assertThat(synced.step(unverified)).isEqualTo(broken);
    assertThat(inProgress.step(unverified)).isEqualTo(broken);
    assertThat(desynchronized.step(unverified))
        .isEqualTo(new ChainStep(desynchronized, new Resync(Cause.CHAIN_BROKEN)));
  }

  @Test
  void step_refreshesTheIdentityInEachState() { // SC-62
    ChainInput identity =
        new ChainInput.Identity(
            (IdentityEvent)
                Messages.event(Messages.frame("#identity", Messages.fields("#identity"))));
    row(
        identity,
        new RefreshIdentity(),
        new RefreshIdentity(),
        new ChainStep(synced, new RefreshIdentity()));
  }

  @ParameterizedTest
  @EnumSource(names = {"DEACTIVATED", "TAKENDOWN", "SUSPENDED"})
  void step_keepsTheCopyOfAnAccountThatIsNotActive(AccountStatus status) { // SC-81, SC-86
    for (AccountChain from : List.of(desynchronized, inProgress, synced)) {
      ChainStep away = from.step(account(false, status.wire()));
      assertThat(away.action()).isEqualTo(new Status(AccountStatus.ACTIVE, status, false, false));
      assertThat(away.next().state()).isEqualTo(from.state());
    }
  }

  @Test
  void step_ignoresCommitsOfAnAccountThatIsNotActive() { // SC-53
    AccountChain away = chain(synced.state(), AccountStatus.SUSPENDED);
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    AccountChain missed =
        chain(new Desynchronized(Cause.UNVERIFIED, last), AccountStatus.SUSPENDED);
    ChainStep ignored = new ChainStep(missed, new Ignore(Reason.INACTIVE));
    assertThat(away.step(commit(next))).isEqualTo(ignored);
    assertThat(away.step(sync(repo.sync()))).isEqualTo(ignored);
    assertThat(away.step(new ChainInput.Unverified())).isEqualTo(ignored);
    assertThat(chain(inProgress.state(), AccountStatus.SUSPENDED).step(commit(next)))
        .isEqualTo(ignored); // what is fetched may be older
    // What it did meanwhile is not known, so when it returns it is fetched.
    assertThat(missed.step(account(true, null)).action())
        .isEqualTo(new Status(AccountStatus.SUSPENDED, AccountStatus.ACTIVE, false, true));
    // Nothing is missed by what is known already, or is not to be believed.
    assertThat(away.step(commit(genesis))).isEqualTo(new ChainStep(away, new Ignore(Reason.STALE)));
    assertThat(
            away.step(
                new ChainInput.Commit(next.commitEvent(), new Reject(CommitFault.BAD_SIGNATURE))))
        .isEqualTo(new ChainStep(away, new Ignore(Reason.INACTIVE)));
  }

  @Test
  void step_goesOnFromWhereAnAccountWas() { // SC-86: the chain decides
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    AccountChain away = synced.step(account(false, "deactivated")).next();
    ChainStep back = away.step(account(true, null));
    assertThat(back.action())
        .isEqualTo(new Status(AccountStatus.DEACTIVATED, AccountStatus.ACTIVE, false, false));
    assertThat(back.next()).isEqualTo(synced);
    assertThat(back.next().step(commit(next))).isEqualTo(applied(next.state()));
  }

  @Test
  void step_purgesWhatIsDeletedAndFetchesItWhenItIsBack() { // SC-80: no status is the last one
    for (AccountChain from : List.of(desynchronized, inProgress, synced)) {
      ChainStep deleted = from.step(account(false, "deleted"));
      assertThat(deleted.action())
          .isEqualTo(new Status(AccountStatus.ACTIVE, AccountStatus.DELETED, true, false));
      assertThat(deleted.next().state()).isEqualTo(new Desynchronized(Cause.PURGED, null));
      ChainStep back = deleted.next().step(account(true, null));
      assertThat(back.action())
          .isEqualTo(new Status(AccountStatus.DELETED, AccountStatus.ACTIVE, false, true));
      // What a resync brings that was begun before the deletion must not come back.
      assertThat(deleted.next().step(new ChainInput.ResyncDone(last)))
          .isEqualTo(new ChainStep(deleted.next(), new Nothing()));
    }
  }

  @Test
  void status_isOursUnlessOursIsActive() { // SC-82
    AccountChain takenDown =
        synced.step(new ChainInput.LocalStatus(AccountStatus.TAKENDOWN)).next();
    assertThat(takenDown.status()).isEqualTo(AccountStatus.TAKENDOWN);
    ChainStep upstream = takenDown.step(account(false, "deactivated"));
    assertThat(upstream.action())
        .isEqualTo(new Status(AccountStatus.TAKENDOWN, AccountStatus.TAKENDOWN, false, false));
    ChainStep lifted = upstream.next().step(new ChainInput.LocalStatus(AccountStatus.ACTIVE));
    assertThat(lifted.next().status()).isEqualTo(AccountStatus.DEACTIVATED);
  }

  @Test
  void step_startsWithAFirstCommit() { // SC-64: it is all there is
    ChainStep step = AccountChain.unknown().step(commit(genesis));
    assertThat(step).isEqualTo(applied(genesis.state()));
    // but not where a part of an older repository may lie about
    AccountChain partly =
        chain(new Desynchronized(Cause.RESYNC_FAILED, null), AccountStatus.ACTIVE);
    assertThat(partly.step(commit(genesis)).action()).isEqualTo(new Resync(Cause.RESYNC_FAILED));
  }

  @Test
  void step_fetchesAnAccountOfWhichNothingIsKnown() { // SC-63, SC-64
    ChainStep step = AccountChain.unknown().step(commit(first));
    assertThat(step).isEqualTo(new ChainStep(AccountChain.unknown(), new Resync(Cause.UNKNOWN)));
    // A status alone is no reason: the first commit of an account is behind it (SC-85).
    assertThat(AccountChain.unknown().step(account(true, null)).action())
        .isEqualTo(new Status(AccountStatus.ACTIVE, AccountStatus.ACTIVE, false, false));
  }

  @Test
  void step_takesAResyncFromBeginningToEnd() { // SC-70, SC-72, SC-73
    CommitDraft next = repo.put(PATH + "b", "two").commit();
    CommitDraft behind = repo.put(PATH + "c", "three").commit();
    AccountChain chain = desynchronized.step(new ChainInput.ResyncBegun()).next();
    assertThat(chain.state()).isEqualTo(new InProgress(last));
    assertThat(chain.step(commit(behind)).action()).isEqualTo(new Queue());
    ChainStep done = chain.step(new ChainInput.ResyncDone(next.state()));
    assertThat(done.action()).isEqualTo(new Advance(next.state()));
    // The queue: what the export has already is passed over, the rest must follow.
    assertThat(done.next().step(commit(next)).action()).isEqualTo(new Ignore(Reason.STALE));
    assertThat(done.next().step(commit(behind))).isEqualTo(applied(behind.state()));
  }

  @Test
  void step_isDesynchronizedAgainWhereAResyncEndsBadly() { // SC-73 to SC-76
    assertThat(inProgress.step(new ChainInput.ResyncFailed()))
        .isEqualTo(broken(Cause.RESYNC_FAILED));
    assertThat(inProgress.step(new ChainInput.QueueOverflow()))
        .isEqualTo(broken(Cause.QUEUE_OVERFLOW));
    ChainStep refused = inProgress.step(new ChainInput.ResyncRefused(AccountStatus.SUSPENDED));
    assertThat(refused.action())
        .isEqualTo(new Status(AccountStatus.ACTIVE, AccountStatus.SUSPENDED, false, false));
    assertThat(refused.next().state()).isEqualTo(new Desynchronized(Cause.RESYNC_FAILED, last));
    assertThat(refused.next().step(account(true, null)).action())
        .isEqualTo(new Status(AccountStatus.SUSPENDED, AccountStatus.ACTIVE, false, true));
  }

  @Test
  void fields_tellWhatWeDoNotKnow() { // SC-22: kept for whoever does
    Map<String, CborValue> fields = new TreeMap<>(Messages.fields("#identity"));
    fields.put("colour", Messages.text("green"));
    fields.put("root", new LinkValue(Mst.EMPTY_ROOT));
    RepoEvent event = Messages.event(Messages.frame("#identity", fields));
    assertThat(((RepoEvent.Sequenced) event).fields().entries()).isEqualTo(fields);
  }
}
