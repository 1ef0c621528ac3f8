// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static dev.atprotojava.relay.ingest.LaneWorld.ELSEWHERE;
import static dev.atprotojava.relay.ingest.LaneWorld.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitFault;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One lane, whatever its answers are and whenever they come. */
class LaneTest {
  private final LaneWorld world = new LaneWorld();
  private final TestAccount alice = new TestAccount(1);
  private final TestAccount bob = new TestAccount(2);

  private List<Long> acceptedSeqs() {
    return world.accepted.stream().map(event -> event.upstream().upstreamSeq()).toList();
  }

  /** Damage: an account that is judged, or made a second time, before the store has answered. */
  @Test
  void step_untilTheStoreAnswers_parksTheAccountAlone() {
    AccountRecord row = world.known(alice, null);
    world.known(bob, null);
    world.state(bob);
    world.lane.step(world.host.send(alice.commit(1)));
    world.lane.step(world.host.send(alice.commit(2)));
    world.lane.step(world.host.send(bob.commit(3)));
    assertThat(acceptedSeqs()).as("others go on").containsExactly(3L);
    assertThat(world.store.waiting()).as("asked once").isEqualTo(1);
    assertThat(world.lane.parkedAccounts()).isEqualTo(1);
    world.settle();
    assertThat(acceptedSeqs()).containsExactly(3L, 1L, 2L);
    assertThat(world.state(alice)).isEqualTo(row.withRepo(alice.state(), true).withSeen(1));
    assertThat(world.lane.parkedAccounts()).isZero();
  }

  /**
   * Invariant 6. Damage: events that wait for ever for an answer that is lost, and hold the memory
   * of their host, and six hosts that of all.
   */
  @Test
  void tick_identityAnswerIsLost_givesUpAfterThirtySeconds() {
    world.send(alice.commit(1));
    world.send(alice.commit(2));
    ScriptedIdentities.Request lost = world.identities.open.removeFirst();
    world.pass(29);
    assertThat(world.host.drops()).isEmpty();
    world.pass(2);
    assertThat(world.host.drops())
        .containsExactly(DropReason.IDENTITY_UNAVAILABLE, DropReason.IDENTITY_UNAVAILABLE);
    assertThat(world.lane.parkedAccounts()).isZero();
    lost.whenDone().accept(alice.on(HERE)); // which nobody waits for any more
    world.settle();
    assertThat(world.accepted).isEmpty();
  }

  /** RL-39: the account begins with its first event, after its identity is known, and only once. */
  @Test
  void step_unknownAccount_isMadeOnceItsIdentityIsKnown() {
    world.send(alice.commit(1));
    world.send(alice.commit(2));
    world.send(alice.account(3, false, "deactivated"));
    assertThat(world.accepted).isEmpty();
    assertThat(world.identities.answer(alice.on(HERE)).force()).isFalse();
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L, 2L, 3L);
    assertThat(world.accepted).extracting(event -> event.after().uid()).containsOnly(1L);
    assertThat(world.accepted).extracting(AcceptedEvent::ordinal).containsExactly(1L, 2L, 3L);
    assertThat(world.accepted).extracting(AcceptedEvent::lane).containsOnly(4);
    assertThat(world.state(alice).hostId()).isEqualTo(1);
    assertThat(world.identities.asked).as("for all three").isEqualTo(1);
  }

  /**
   * SC-51 and design section 6. Damage: events of an account that wait for ever and hold the memory
   * of their host, or that are given up while the directory may still answer.
   */
  @Test
  void tick_identityUnavailable_givesUpAfterThirtySeconds() {
    world.send(alice.commit(1));
    world.send(alice.commit(2));
    for (int second = 0; second < 30; second++) {
      assertThat(world.host.drops()).as("second " + second).isEmpty();
      if (!world.identities.open.isEmpty()) {
        world.identities.answer(ScriptedIdentities.UNAVAILABLE);
        world.deliver();
      }
      world.pass(1);
    }
    assertThat(world.identities.asked).as("every two seconds").isBetween(10, 16);
    world.pass(2);
    if (!world.identities.open.isEmpty()) {
      world.identities.answer(ScriptedIdentities.UNAVAILABLE);
      world.deliver();
      world.pass(1);
    }
    assertThat(world.host.drops())
        .containsExactly(DropReason.IDENTITY_UNAVAILABLE, DropReason.IDENTITY_UNAVAILABLE);
    assertThat(world.host.underWay()).isZero();
    assertThat(world.host.chargedBytes()).isZero();
    assertThat(world.lane.parkedAccounts()).isZero();
    assertThat(world.accepted).isEmpty();

    world.send(alice.commit(3)); // and it begins anew
    world.identities.answer(alice.on(HERE));
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(3L);
  }

  /** Damage: a directory that is down for a minute costs every host its events. */
  @Test
  void tick_directoryDown_waitsForAsLongAsThatLasts() {
    world.identities.available = false;
    world.send(alice.commit(1));
    for (int i = 0; i < 300; i++) {
      if (!world.identities.open.isEmpty()) {
        world.identities.answer(ScriptedIdentities.UNAVAILABLE);
        world.deliver();
      }
      world.pass(1);
    }
    assertThat(world.host.drops()).isEmpty();
    while (world.identities.open.isEmpty()) {
      world.pass(1);
    }
    world.identities.answer(alice.on(HERE));
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L);
  }

  /**
   * Invariant 4, SC-65: whatever order the answers of store and directory come in, and whatever
   * happens between, the events of one account keep theirs, each ends once, and none is lost.
   */
  @Test
  void step_anyInterleaving_keepsTheOrderOfAnAccount() {
    Gen.forAll(
        60,
        gen -> {
          LaneWorld any = new LaneWorld();
          List<TestAccount> accounts =
              IntStream.range(0, gen.between(1, 4)).mapToObj(TestAccount::new).toList();
          for (TestAccount account : accounts) {
            if (gen.oneIn(2)) {
              any.known(account, null);
            }
            if (gen.oneIn(2)) {
              account.rotateKey(); // SC-54: what is known of the identity is outdated
            }
          }
          Map<Did, List<Long>> sent = new HashMap<>();
          int events = gen.between(1, 25);
          while (events > 0 || any.lane.parkedAccounts() > 0) {
            if (events > 0 && gen.oneIn(2)) {
              events--;
              TestAccount account = gen.oneOf(accounts);
              long seq = any.nextSeq();
              any.lane.step(any.host.send(frame(gen, account, seq)));
              sent.computeIfAbsent(account.did(), _ -> new ArrayList<>()).add(seq);
            } else {
              somethingHappens(gen, any, accounts);
            }
          }
          Map<Did, List<Long>> passed = new HashMap<>();
          for (AcceptedEvent event : any.accepted) {
            UpstreamEvent upstream = event.upstream();
            passed
                .computeIfAbsent(upstream.event().did(), _ -> new ArrayList<>())
                .add(upstream.upstreamSeq());
            upstream.durable();
          }
          assertThat(any.host.drops()).isEmpty();
          assertThat(passed).isEqualTo(sent);
          assertThat(any.host.underWay()).isZero();
          assertThat(any.host.chargedBytes()).isZero();
          for (int i = 0; i < any.accepted.size(); i++) {
            assertThat(any.accepted.get(i).ordinal()).isEqualTo(i + 1);
          }
        });
  }

  private static Bytes frame(Gen gen, TestAccount account, long seq) {
    return switch (gen.nextInt(6)) {
      case 0 -> account.identity(seq);
      case 1 -> account.account(seq, true, null);
      default -> account.commit(seq);
    };
  }

  private static void somethingHappens(Gen gen, LaneWorld any, List<TestAccount> accounts) {
    switch (gen.nextInt(4)) {
      case 0 -> {
        if (any.store.waiting() > 0) {
          any.store.answer(gen.nextInt(any.store.waiting()));
        }
      }
      case 1 -> {
        if (!any.identities.open.isEmpty()) {
          int index = gen.nextInt(any.identities.open.size());
          Did did = any.identities.open.get(index).did();
          any.identities.answer(
              index,
              gen.oneIn(5) && any.now < 10_000_000_000L
                  ? ScriptedIdentities.UNAVAILABLE
                  : answer(accounts, did));
        }
      }
      case 2 -> any.deliver();
      default -> any.pass(any.now < 10_000_000_000L || gen.oneIn(10) ? 1 : 0);
    }
  }

  private static IdentityLookup answer(List<TestAccount> accounts, Did did) {
    return accounts.stream()
        .filter(account -> account.did().equals(did))
        .findFirst()
        .orElseThrow()
        .on(HERE);
  }

  /** SC-54: the key may have changed; asked once, and the right event is not lost. */
  @Test
  void step_badSignature_asksForTheKeyOnce() {
    world.known(alice, null);
    world.send(alice.commit(1));
    alice.rotateKey();
    world.send(alice.commit(2));
    world.send(alice.commit(3));
    assertThat(acceptedSeqs()).containsExactly(1L);
    assertThat(world.identities.answer(alice.on(HERE)).force()).isTrue();
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L, 2L, 3L);
    assertThat(world.identities.asked).isEqualTo(1);
    assertThat(world.host.drops()).isEmpty();
  }

  /** Each event is judged by what its own question brought, not by the one before it in the row. */
  @Test
  void step_badSignature_behindAnother_asksForItself() {
    world.known(alice, null);
    IdentityLookup honest = alice.on(HERE);
    alice.rotateKey();
    world.send(alice.commit(1));
    alice.rotateKey();
    world.send(alice.commit(2));
    world.identities.answer(honest);
    world.deliver();
    assertThat(world.host.drops()).containsExactly(DropReason.BAD_SIGNATURE);
    assertThat(world.identities.answer(alice.on(HERE)).force()).isTrue();
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(2L);
  }

  /** RL-34: what comes behind an {@code #identity} is judged by the identity as it is after it. */
  @Test
  void step_behindAnIdentityThatWaited_asksAnew() {
    world.known(alice, null);
    world.identities.markStale(alice.did());
    world.send(alice.commit(1));
    IdentityLookup before = alice.on(HERE);
    world.send(alice.identity(2));
    alice.rotateKey();
    world.send(alice.commit(3));
    world.identities.answer(before);
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L, 2L);
    assertThat(world.identities.answer(alice.on(HERE)).force()).isFalse();
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L, 2L, 3L);
    assertThat(world.identities.asked).isEqualTo(2);
  }

  /**
   * SC-54, RL-31. Damage: a forged commit that passes, that is asked about again and again, or that
   * leaves a trace in the account.
   */
  @Test
  void step_badSignature_afterTheRefresh_isDroppedAndChangesNothing() {
    AccountRecord row = world.known(alice, null);
    IdentityLookup.Found honest = alice.on(HERE);
    alice.rotateKey();
    world.send(alice.commit(1));
    world.identities.answer(honest);
    world.deliver();
    assertThat(world.host.drops()).containsExactly(DropReason.BAD_SIGNATURE);
    assertThat(world.identities.open).isEmpty();
    assertThat(world.accepted).isEmpty();
    assertThat(world.state(alice)).isEqualTo(row);
    assertThat(world.lane.parkedAccounts()).isZero();
  }

  /** RL-31: whatever is refused, the next true commit follows the last true one. */
  @Test
  void step_refused_changesNothing() {
    world.known(alice, null);
    world.send(alice.commit(1));
    AccountRecord before = world.state(alice);
    Bytes next = alice.commit(2);
    world.send(alice.commitWithoutPrevData(3)); // of a commit that was not heard of
    world.send(alice.account(4, false, "deleted", "yesterday"));
    world.send(alice.tooLargeSync(5));
    assertThat(world.host.drops())
        .containsExactly(
            DropReason.PREV_DATA_MISSING, DropReason.BAD_TIME, DropReason.BLOCKS_TOO_LARGE);
    assertThat(world.state(alice)).isEqualTo(before);
    world.send(next);
    assertThat(acceptedSeqs()).containsExactly(1L, 2L);
    assertThat(world.counters.chain(CommitVerdict.Chain.CONTINUES)).isEqualTo(1);
  }

  /**
   * RL-37: a migration is found when the new host first speaks, and the old one is heard no more.
   */
  @Test
  void step_fromAnotherHost_movesTheAccountIfTheDirectorySaysSo() {
    world.known(alice, null);
    world.send(alice.commit(1));
    world.send(world.other, alice.commit(1));
    assertThat(world.identities.answer(alice.on(ELSEWHERE)).force()).isTrue();
    world.deliver();
    assertThat(world.accepted).hasSize(2);
    assertThat(world.state(alice).hostId()).isEqualTo(2);

    world.send(alice.account(2, false, "deleted")); // the old one says goodbye
    world.identities.answer(alice.on(ELSEWHERE));
    world.deliver();
    assertThat(world.host.drops()).containsExactly(DropReason.WRONG_HOST);
    assertThat(world.state(alice).upstreamStatus()).isEqualTo(AccountStatus.ACTIVE);
  }

  /** Damage: an account that anybody takes over by sending its events. */
  @Test
  void step_fromAnotherHost_isDroppedIfTheDirectoryDoesNotSaySo() {
    AccountRecord row = world.known(alice, null);
    world.send(world.other, alice.commit(1));
    world.identities.answer(alice.on(HERE));
    world.deliver();
    assertThat(world.other.drops()).containsExactly(DropReason.WRONG_HOST);
    assertThat(world.state(alice)).isEqualTo(row);
    world.send(world.other, bob.account(2, true, null));
    world.identities.answer(bob.on(HERE));
    world.deliver();
    assertThat(world.identities.answer(bob.on(HERE)).force()).isTrue();
    world.deliver();
    assertThat(world.other.drops().getLast()).isEqualTo(DropReason.UNKNOWN_ACCOUNT);
    assertUnknown(bob);
  }

  /** RL-32: what is new and true passes though something between was not seen. */
  @Test
  void step_discontinuous_passesAndIsCounted() {
    world.known(alice, null);
    world.send(alice.commit(1));
    alice.commitUnheard();
    world.send(alice.commit(2));
    assertThat(acceptedSeqs()).containsExactly(1L, 2L);
    assertThat(world.counters.chain(CommitVerdict.Chain.BREAKS)).isEqualTo(1);
    assertThat(world.state(alice).repo()).isEqualTo(alice.state());
    assertThat(world.state(alice).proven()).isTrue();
  }

  /** Invariant 5: what a posture waives passes, is counted, and leaves the base unproven. */
  @Test
  void step_observe_waivesAndTells() {
    TestHost lenient = new TestHost(1, HERE, true);
    world.known(alice, null);
    world.send(lenient, alice.commit(1));
    world.send(lenient, alice.commitWithoutPrevData(2));
    assertThat(world.accepted).extracting(AcceptedEvent::waived).containsExactly(false, true);
    assertThat(world.counters.waived(CommitFault.PREV_DATA_MISSING)).isEqualTo(1);
    assertThat(world.state(alice).proven()).isFalse();
    world.send(lenient, alice.commit(3));
    assertThat(world.state(alice).proven()).isTrue();
    alice.rotateKey();
    world.send(lenient, alice.commit(4));
    world.identities.answer(new TestAccount(1).on(HERE));
    world.deliver();
    assertThat(lenient.drops()).as("never waived").containsExactly(DropReason.BAD_SIGNATURE);
  }

  /** RL-35, SC-53: the host's word is kept and obeyed; our own goes before it. */
  @Test
  void step_accountStatus_isKeptAndObeyed() {
    world.known(alice, null);
    world.send(alice.commit(1));
    world.send(alice.account(2, false, "suspended"));
    assertThat(world.accepted.getLast().after().effectiveStatus())
        .isEqualTo(AccountStatus.SUSPENDED);
    world.send(alice.commit(3));
    world.statuses.answer(AccountStatus.SUSPENDED);
    world.deliver();
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_INACTIVE);
    world.send(alice.account(4, true, null));
    world.send(alice.sync(5));
    assertThat(acceptedSeqs()).containsExactly(1L, 2L, 4L, 5L);

    world.known(bob, AccountStatus.ACTIVE, LocalStatus.TAKENDOWN, null);
    world.send(bob.account(6, false, "deactivated"));
    AcceptedEvent last = world.accepted.getLast();
    assertThat(last.after().upstreamStatus()).isEqualTo(AccountStatus.DEACTIVATED);
    assertThat(last.after().effectiveStatus()).isEqualTo(AccountStatus.TAKENDOWN);
    world.send(bob.commit(7));
    assertThat(world.host.drops().getLast()).isEqualTo(DropReason.ACCOUNT_TAKENDOWN);
  }

  /** RL-34: from any host; says which handle is claimed; the identity is asked for anew, later. */
  @Test
  void step_identity_passesFromAnybodyAndMarksTheIdentity() {
    world.known(alice, null);
    world.send(world.other, alice.identity(1));
    assertThat(world.accepted.getLast().claimedHandle()).isEqualTo(alice.handle().toString());
    assertThat(world.accepted.getLast().after().hostId()).as("it does not move").isEqualTo(1);
    assertThat(world.identities.stale).containsExactly(alice.did());
    assertThat(world.identities.asked).isZero();
    world.send(world.other, alice.identity(2));
    assertThat(world.accepted.getLast().claimedHandle()).as("nothing is known now").isNull();
    alice.rotateKey();
    world.send(alice.commit(3));
    world.identities.answer(alice.on(HERE));
    world.deliver();
    assertThat(acceptedSeqs()).containsExactly(1L, 2L, 3L);
  }

  /** RL-34. Damage: a handle taken off because the event itself made the identity stale first. */
  @Test
  void step_identity_ofItsOwnHost_keepsTheHandleThatIsKnown() {
    world.known(alice, null);
    world.send(alice.identity(1));
    assertThat(world.accepted.getLast().claimedHandle()).isEqualTo(alice.handle().toString());
    assertThat(world.identities.stale).containsExactly(alice.did());
  }

  /** Design section 6: a host may repeat itself, an account 20 times and then once in 10 s. */
  @Test
  void step_repeats_areLimited_changesAreNot() {
    world.known(alice, null);
    world.send(alice.commit(1));
    List<LongFunction<Bytes>> repeats =
        List.of(alice::sync, alice::identity, seq -> alice.account(seq, true, null));
    for (int i = 0; i < 20; i++) {
      sendKnown(repeats.get(i % 3).apply(2 + i));
    }
    assertThat(world.host.drops()).isEmpty();
    for (int i = 0; i < 3; i++) {
      sendKnown(repeats.get(i).apply(30 + i));
    }
    assertThat(world.host.drops()).isEqualTo(Collections.nCopies(3, DropReason.REPEAT_LIMITED));
    for (int i = 0; i < 50; i++) {
      sendKnown(alice.account(40 + i, i % 2 == 1, null));
    }
    sendKnown(alice.commit(100));
    assertThat(world.host.drops()).as("changes pass").hasSize(3);
    world.pass(10);
    sendKnown(alice.account(101, true, null));
    sendKnown(alice.account(102, true, null));
    assertThat(world.host.drops()).hasSize(4);
    assertThat(world.accepted).hasSize(1 + 20 + 50 + 1 + 1);
  }

  /** An event of an account whose identity is known, though an event before may have marked it. */
  private void sendKnown(Bytes frame) {
    world.identities.know(alice.did(), alice.on(HERE));
    world.send(frame);
  }

  /** Damage: one host that makes the stream full of repeats by spreading them over its accounts. */
  @Test
  void step_repeats_areLimitedPerHostToo() {
    List<TestAccount> accounts = IntStream.range(0, 40).mapToObj(TestAccount::new).toList();
    accounts.forEach(account -> world.known(account, null));
    for (int i = 0; i < 15 * 40; i++) {
      world.send(accounts.get(i % 40).account(1 + i, true, null));
    }
    assertThat(world.accepted).hasSize(500);
    assertThat(world.host.drops()).hasSize(100).containsOnly(DropReason.REPEAT_LIMITED);
    world.pass(1);
    for (int i = 0; i < 100; i++) {
      world.send(accounts.get(i % 40).account(1000 + i, true, null));
    }
    assertThat(world.accepted).as("50 in a second").hasSize(550);
  }

  /** What could not leave did not happen: the next commit follows the one before it. */
  @Test
  void step_tooLargeToLeave_changesNothing() {
    world.known(alice, null);
    world.send(alice.commit(1));
    AccountRecord before = world.state(alice);
    world.tooLarge = true;
    world.send(alice.commit(2));
    world.send(alice.account(3, false, "deleted"));
    world.tooLarge = false;
    assertThat(world.host.drops())
        .containsExactly(DropReason.OUTGOING_TOO_LARGE, DropReason.OUTGOING_TOO_LARGE);
    assertThat(world.state(alice)).isEqualTo(before);
    world.send(alice.commit(4));
    assertThat(world.accepted).extracting(AcceptedEvent::ordinal).containsExactly(1L, 2L);
  }

  /** Invariant 9: full until the store has caught up, and nothing that it lacks is forgotten. */
  @Test
  void isFull_beforeAStateThatTheStoreLacksCouldBeEvicted() {
    List<TestAccount> changed = new ArrayList<>();
    for (int i = 0; !world.lane.isFull(); i++) {
      TestAccount account = new TestAccount(i);
      world.known(account, null);
      world.send(account.account(1 + i, false, "suspended"));
      changed.add(account);
    }
    assertThat(changed).hasSizeGreaterThan(20);
    world.crowd();
    for (TestAccount account : changed) {
      assertThat(world.state(account).upstreamStatus()).isEqualTo(AccountStatus.SUSPENDED);
    }
    world.lane.applied(changed.size());
    assertThat(world.lane.isFull()).isFalse();
  }

  /** Damage: an answer that is older than what was emitted, or none at all. */
  @Test
  void query_givesTheNewestState() {
    AccountRecord row = world.known(alice, null);
    var first = world.ask(alice);
    var second = world.ask(alice);
    world.lane.step(world.host.send(alice.commit(1)));
    assertThat(first).isNotDone();
    world.settle();
    assertThat(first).isCompletedWithValue(Optional.of(row));
    assertThat(second).isCompletedWithValue(Optional.of(row));
    assertThat(world.state(alice).repo()).isEqualTo(alice.state());
    assertUnknown(bob);
    assertThat(world.lane.parkedAccounts()).isZero();
  }

  /** An account that waits for its identity is known already, or known not to be there. */
  @Test
  void query_whileTheIdentityIsAskedFor_isAnsweredAtOnce() {
    AccountRecord row = world.known(alice, null);
    world.identities.markStale(alice.did());
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    assertThat(world.ask(alice)).isCompletedWithValue(Optional.of(row));
    assertThat(world.ask(bob)).isCompletedWithValue(Optional.empty());
    assertThat(world.lane.parkedAccounts()).isEqualTo(2);
  }

  private void assertUnknown(TestAccount account) {
    CompletableFuture<Optional<AccountRecord>> answer = world.ask(account);
    world.settle();
    assertThat(answer).isCompletedWithValue(Optional.empty());
  }

  /**
   * Damage: a question about an account whose row was evicted while its events wait. It must be
   * answered, and not end the lane (invariant 8).
   */
  @Test
  void query_ofAWaitingAccountThatWasEvicted_isAnswered() {
    AccountRecord row = world.known(alice, null);
    world.identities.markStale(alice.did());
    world.send(alice.commit(1));
    world.crowd();
    CompletableFuture<Optional<AccountRecord>> answer = world.ask(alice);
    world.settle();
    world.identities.answer(alice.on(HERE));
    world.deliver();
    world.settle();
    assertThat(acceptedSeqs()).containsExactly(1L);
    assertThat(answer).isCompleted();
    assertThat(answer.join().orElseThrow().uid()).isEqualTo(row.uid());
  }

  /**
   * SC-54. Damage: a changed key that is never found, because after a first try without an answer
   * only what is remembered is asked for.
   */
  @Test
  void tick_refreshUnavailable_isARefreshAgain() {
    world.known(alice, null);
    IdentityLookup remembered = alice.on(HERE);
    alice.rotateKey();
    world.send(alice.commit(1));
    assertThat(world.identities.answer(ScriptedIdentities.UNAVAILABLE).force()).isTrue();
    world.deliver();
    for (int i = 0; i < 5 && world.accepted.isEmpty(); i++) {
      world.pass(2);
      while (!world.identities.open.isEmpty()) {
        boolean force = world.identities.open.getFirst().force();
        world.identities.answer(force ? alice.on(HERE) : remembered);
        world.deliver();
      }
    }
    assertThat(world.host.drops()).isEmpty();
    assertThat(acceptedSeqs()).containsExactly(1L);
  }

  /** Damage: the directory comes back, and everything that waited for it is thrown away. */
  @Test
  void tick_directoryBack_asksOnceMoreBeforeItGivesUp() {
    world.identities.available = false;
    world.send(alice.commit(1));
    for (int i = 0; i < 100; i++) {
      if (!world.identities.open.isEmpty()) {
        world.identities.answer(ScriptedIdentities.UNAVAILABLE);
        world.deliver();
      }
      world.pass(1);
    }
    if (!world.identities.open.isEmpty()) {
      world.identities.answer(ScriptedIdentities.UNAVAILABLE);
      world.deliver();
    }
    world.identities.available = true;
    for (int i = 0; i < 5 && world.accepted.isEmpty(); i++) {
      world.pass(1);
      if (!world.identities.open.isEmpty()) {
        world.identities.answer(alice.on(HERE));
        world.deliver();
      }
    }
    assertThat(world.host.drops()).isEmpty();
    assertThat(acceptedSeqs()).containsExactly(1L);
  }

  /**
   * Damage: a lane that ends because more accounts waited for their identity than it has room for
   * (invariants 6 and 8): answers come in even when the lane is full.
   */
  @Test
  void step_answersForMoreAccountsThanThereIsRoomFor_harmsNobody() {
    List<TestAccount> accounts = IntStream.range(0, 200).mapToObj(TestAccount::new).toList();
    for (TestAccount account : accounts) {
      world.send(account.account(world.nextSeq(), true, null));
    }
    for (TestAccount account : accounts) {
      world.identities.answer(0, account.on(HERE));
    }
    world.settle();
    while (world.accepted.size() < accounts.size()) {
      int before = world.accepted.size();
      world.lane.applied(before); // the store catches up
      world.pass(1);
      world.settle();
      assertThat(world.accepted).hasSizeGreaterThan(before);
    }
    assertThat(world.host.drops()).isEmpty();
  }
}
