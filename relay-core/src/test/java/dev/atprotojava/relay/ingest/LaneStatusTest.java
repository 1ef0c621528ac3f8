// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static dev.atprotojava.relay.ingest.LaneWorld.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.sync.AccountStatus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a host is asked what it thinks of an account, and what comes of the answer. */
class LaneStatusTest {
  private final LaneWorld world = new LaneWorld();
  private final TestAccount alice = new TestAccount(1);

  private void inactive(TestAccount account) {
    world.known(account, AccountStatus.DEACTIVATED, LocalStatus.ACTIVE, null);
  }

  private void answer(AccountStatus status) {
    world.statuses.answer(status);
    world.deliver();
  }

  /** RL-38. Damage: accounts locked out for good because one {@code #account} was missed. */
  @Test
  void contentOfAnInactiveAccount_asksItsHostFirst() {
    inactive(alice);
    world.send(alice.commit(1));
    world.send(alice.commit(2));
    assertThat(world.statuses.open).hasSize(1);
    assertThat(world.statuses.open.getFirst().hostname()).isEqualTo(HERE);
    assertThat(world.host.drops()).isEmpty();
    answer(AccountStatus.ACTIVE);
    assertThat(world.accepted).hasSize(2);
    assertThat(world.announced).hasSize(1);
    assertThat(world.announced.getFirst().after().effectiveStatus())
        .isEqualTo(AccountStatus.ACTIVE);
    assertThat(world.announced.getFirst().ordinal()).as("before its content").isEqualTo(1);
    assertThat(world.statuses.asked).isEqualTo(1);
  }

  /** Damage: a request to a host for each event of an account that is gone. */
  @Test
  void contentOfAnInactiveAccount_asksNotForEachEvent() {
    inactive(alice);
    world.send(alice.commit(1));
    answer(AccountStatus.DEACTIVATED);
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_INACTIVE);
    assertThat(world.announced).as("nothing new").isEmpty();
    for (int i = 0; i < 50; i++) {
      world.send(alice.commit(2 + i));
    }
    assertThat(world.host.drops()).hasSize(51);
    assertThat(world.statuses.asked).isEqualTo(1);
    world.pass(601);
    world.send(alice.commit(100));
    assertThat(world.statuses.asked).isEqualTo(2);
    answer(AccountStatus.DELETED);
    assertThat(world.announced.getLast().after().effectiveStatus())
        .isEqualTo(AccountStatus.DELETED);
    assertThat(world.state(alice).upstreamStatus()).isEqualTo(AccountStatus.DELETED);
  }

  @Test
  void contentOfAnInactiveAccount_noAnswer_isDropped() {
    inactive(alice);
    world.send(alice.commit(1));
    world.statuses.open.removeFirst().whenDone().accept(java.util.Optional.empty());
    world.deliver();
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_INACTIVE);
    assertThat(world.lane.parkedAccounts()).isZero();
  }

  /**
   * Damage: events that wait for ever, and hold their host's memory, for an answer that is lost.
   */
  @Test
  void contentOfAnInactiveAccount_answerIsLost_waitsThirtySeconds() {
    inactive(alice);
    world.send(alice.commit(1));
    world.pass(29);
    assertThat(world.host.drops()).isEmpty();
    world.pass(2);
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_INACTIVE);
    assertThat(world.lane.parkedAccounts()).isZero();
    answer(AccountStatus.ACTIVE); // which nobody waits for any more
    assertThat(world.announced).isEmpty();
    assertThat(world.accepted).isEmpty();
  }

  /** Damage: a host that has the relay flood it, or another, with questions. */
  @Test
  void contentOfInactiveAccounts_asksAHostOnlySoOften() {
    List<TestAccount> accounts = IntStream.range(0, 40).mapToObj(TestAccount::new).toList();
    accounts.forEach(this::inactive);
    for (TestAccount account : accounts) {
      world.send(account.commit(world.nextSeq()));
    }
    assertThat(world.statuses.asked).isEqualTo(10);
    assertThat(world.host.drops()).hasSize(30);
  }

  /** Design section 7. Damage: consumers are told that an account is gone that came back since. */
  @Test
  void catchingUp_oldNewsIsAskedAboutOnce() {
    world.known(alice, null);
    world.send(alice.commit(1));
    world.host.restarts();
    world.send(alice.account(2, false, "deactivated"));
    world.send(alice.identity(3));
    world.identities.know(alice.did(), alice.on(HERE));
    world.send(alice.account(4, true, null));
    world.send(alice.commit(5));
    assertThat(world.accepted).as("content passes").hasSize(2);
    assertThat(world.host.drops()).containsOnly(DropReason.REPLAYED).hasSize(3);
    world.pass(5);
    assertThat(world.identities.asked).as("while it catches up").isZero();
    world.host.caughtUp();
    world.pass(1);
    assertThat(world.identities.answer(alice.on(HERE)).force()).isTrue();
    answer(AccountStatus.ACTIVE);
    assertThat(world.announced).as("all is as it was").isEmpty();
    world.pass(10);
    assertThat(world.identities.asked).isEqualTo(1);
    assertThat(world.statuses.asked).isEqualTo(1);
  }

  @Test
  void catchingUp_whatDiffersAfterwardsIsTold() {
    world.known(alice, null);
    world.send(alice.commit(1));
    world.host.restarts();
    world.send(alice.account(2, true, null));
    world.host.caughtUp();
    world.pass(1);
    alice.rotateKey();
    world.identities.answer(alice.on(HERE));
    answer(AccountStatus.SUSPENDED);
    assertThat(world.announced)
        .extracting(Announcement::kind)
        .containsExactly(EventKind.IDENTITY, EventKind.ACCOUNT);
    assertThat(world.announced.getFirst().handle()).isEqualTo(alice.handle());
    assertThat(world.state(alice).effectiveStatus()).isEqualTo(AccountStatus.SUSPENDED);
  }

  /** Damage: an answer that was on its way undoes what the host said since. */
  @Test
  void catchingUp_newsBeatsTheAnswer() {
    world.known(alice, null);
    world.send(alice.commit(1));
    world.host.restarts();
    world.send(alice.account(2, true, null));
    world.host.caughtUp();
    world.pass(1);
    world.identities.answer(alice.on(HERE));
    world.send(alice.account(3, false, "deactivated"));
    answer(AccountStatus.TAKENDOWN);
    assertThat(world.announced).isEmpty();
    assertThat(world.state(alice).effectiveStatus()).isEqualTo(AccountStatus.DEACTIVATED);
  }

  /** An account that the relay never heard of begins by what is told, old or not (RL-39). */
  @Test
  void catchingUp_unknownAccount_isMade() {
    world.host.restarts();
    world.send(alice.account(1, true, null));
    IdentityLookup.Found here = alice.on(HERE);
    world.identities.answer(here);
    world.deliver();
    assertThat(world.accepted).hasSize(1);
  }
}
