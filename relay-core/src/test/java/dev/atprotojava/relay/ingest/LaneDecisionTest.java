// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static dev.atprotojava.relay.ingest.LaneWorld.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitVerdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An operator's decision in an account's lane (invariant 9), between its events. */
class LaneDecisionTest {
  private final LaneWorld world = new LaneWorld();
  private final TestAccount alice = new TestAccount(1);

  private CompletableFuture<Optional<AccountRecord>> decide(LocalStatus local) {
    CompletableFuture<Optional<AccountRecord>> answer = new CompletableFuture<>();
    world.mailbox.post(
        new LaneMessage.Decision(
            alice.hash(), alice.did(), account -> account.withLocalStatus(local), answer));
    world.deliver();
    return answer;
  }

  /** RL-70, RL-71, RL-35. */
  @Test
  void takedown_isToldOnceAndHoldsBackContentAlone() {
    world.known(alice, null);
    world.send(alice.commit(1));
    assertThat(decide(LocalStatus.TAKENDOWN).join().orElseThrow().effectiveStatus())
        .isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(world.announced).hasSize(1);
    assertThat(world.announced.getFirst().kind()).isEqualTo(EventKind.ACCOUNT);
    assertThat(world.announced.getFirst().after().effectiveStatus())
        .isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(world.announced.getFirst().ordinal()).as("behind the commit").isEqualTo(2);
    world.send(alice.commit(2));
    world.send(alice.account(3, true, null));
    world.send(alice.identity(4));
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_TAKENDOWN);
    assertThat(world.accepted).hasSize(3);
    assertThat(world.accepted)
        .element(1)
        .extracting(each -> each.after().effectiveStatus())
        .isEqualTo(AccountStatus.TAKENDOWN);
    assertThat(decide(LocalStatus.TAKENDOWN).join()).isPresent();
    assertThat(world.announced).as("a repeat tells nothing").hasSize(1);
    assertThat(world.statuses.asked).as("its host has no say in it").isZero();
  }

  /** What the host says meanwhile is kept, and is what is told when the account is let back. */
  @Test
  void reversal_tellsTheHostsWord() {
    world.known(alice, null);
    world.send(alice.commit(world.nextSeq()));
    assertThat(decide(LocalStatus.TAKENDOWN)).isDone();
    world.settle();
    world.send(alice.account(2, false, "suspended"));
    assertThat(decide(LocalStatus.DESYNCHRONIZED)).isDone();
    assertThat(world.announced).hasSize(2);
    assertThat(world.announced.getLast().after().effectiveStatus())
        .isEqualTo(AccountStatus.SUSPENDED);
  }

  /** Damage: an account that is throttled for what it wrote while it was down. */
  @Test
  void reversal_nextCommitMayBeginAnywhere() {
    world.known(alice, null);
    world.send(alice.commit(1));
    assertThat(decide(LocalStatus.TAKENDOWN)).isDone();
    world.send(alice.commit(2));
    world.send(alice.commit(3));
    assertThat(decide(LocalStatus.DESYNCHRONIZED)).isDone();
    world.send(alice.commit(4));
    assertThat(world.accepted).hasSize(2);
    assertThat(world.counters.chain(CommitVerdict.Chain.BREAKS)).isEqualTo(1);
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
    world.send(alice.commit(5));
    assertThat(world.counters.chain(CommitVerdict.Chain.CONTINUES)).isEqualTo(1);
    assertThat(world.state(alice).localStatus()).isEqualTo(LocalStatus.ACTIVE);
  }

  @Test
  void unknownAccount_isNotMade() {
    CompletableFuture<Optional<AccountRecord>> answer = decide(LocalStatus.TAKENDOWN);
    assertThat(answer).isNotDone();
    world.settle();
    assertThat(answer.join()).isEmpty();
    assertThat(world.announced).isEmpty();
    assertThat(world.lane.parkedAccounts()).isZero();
  }

  /** Damage: a decision about somebody who is not in memory is lost, or overtaken by his events. */
  @Test
  void accountThatWasEvicted_isLoadedFirst() {
    world.known(alice, null);
    CompletableFuture<Optional<AccountRecord>> answer = decide(LocalStatus.TAKENDOWN);
    world.lane.step(world.host.send(alice.commit(1)));
    assertThat(world.announced).isEmpty();
    world.settle();
    assertThat(answer.join()).isPresent();
    assertThat(world.announced).hasSize(1);
    assertThat(world.accepted).as("which came later").isEmpty();
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_TAKENDOWN);
  }

  /** Damage: content that waited for the directory passes after the call returned. */
  @Test
  void eventsThatWait_areHeldBackToo() {
    world.known(alice, null);
    world.identities.markStale(alice.did());
    world.send(alice.commit(1));
    assertThat(world.identities.open).hasSize(1);
    assertThat(decide(LocalStatus.TAKENDOWN).join()).isPresent();
    world.identities.answer(alice.on(HERE));
    world.deliver();
    assertThat(world.accepted).isEmpty();
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_TAKENDOWN);
  }

  /** Invariant 9: a lane without room makes no state that the store lacks. */
  @Test
  void fullLane_waitsForRoom() {
    world.known(alice, null);
    world.state(alice);
    IntStream.range(100, 400)
        .mapToObj(TestAccount::new)
        .takeWhile(account -> !world.lane.isFull())
        .forEach(
            account -> {
              world.known(account, null);
              world.send(account.account(world.nextSeq(), false, "deactivated"));
            });
    assertThat(world.lane.isFull()).isTrue();
    CompletableFuture<Optional<AccountRecord>> answer = decide(LocalStatus.TAKENDOWN);
    assertThat(answer).isNotDone();
    world.lane.applied(world.accepted.getLast().ordinal());
    world.lane.resume();
    world.settle();
    assertThat(answer.join()).isPresent();
    assertThat(world.announced).hasSize(1);
  }
}
