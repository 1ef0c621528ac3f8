// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.AccountRoom;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.sync.AccountStatus;
import org.junit.jupiter.api.Test;

/** A lane and the limit of accounts of a host (RL-57). */
class LaneRoomTest {
  private final LaneWorld world = new LaneWorld();
  private final TestAccount alice = new TestAccount(1);
  private final TestAccount bob = new TestAccount(2);
  private final AccountRoom room = new AccountRoom(1, 0, 0);
  private final AccountRoom elsewhere = new AccountRoom(1, 0, 0);

  LaneRoomTest() {
    world.rooms.add(1, room);
    world.rooms.add(2, elsewhere);
    world.identities.know(alice.did(), alice.on(LaneWorld.HERE));
    world.identities.know(bob.did(), bob.on(LaneWorld.HERE));
  }

  private void release(TestAccount account) {
    world.mailbox.post(new LaneMessage.Release(account.hash(), account.did(), 1));
    world.settle();
  }

  private AccountRecord lastAnnounced() {
    return world.announced.getLast().after();
  }

  /**
   * Damage: a host with any number of accounts; or one whose throttled accounts nobody hears of.
   */
  @Test
  void commitOfOneTooMany_makesAThrottledAccount_andSaysSo() {
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    world.send(bob.commit(3));
    assertThat(world.accepted).hasSize(1);
    assertThat(world.announced).hasSize(1);
    assertThat(lastAnnounced().did()).isEqualTo(bob.did());
    assertThat(lastAnnounced().effectiveStatus()).isEqualTo(AccountStatus.THROTTLED);
    assertThat(lastAnnounced().hostId()).isEqualTo(1);
    assertThat(world.host.drops())
        .containsExactly(DropReason.ACCOUNT_THROTTLED, DropReason.ACCOUNT_THROTTLED);
    assertThat(room.accounts()).isEqualTo(2);
    assertThat(room.waiting()).isEqualTo(1);
  }

  @Test
  void accountEventOfOneTooMany_leavesAsThrottled() {
    world.send(alice.account(1, true, null));
    world.send(bob.account(2, true, null));
    assertThat(world.accepted).hasSize(2);
    assertThat(world.accepted.getLast().after().effectiveStatus())
        .isEqualTo(AccountStatus.THROTTLED);
    assertThat(world.announced).isEmpty();
    assertThat(room.waiting()).isEqualTo(1);
  }

  /** The identity leaves as it is, and does not tell that its account is throttled. */
  @Test
  void identityEventOfOneTooMany_isFollowedByTheStatus() {
    world.send(alice.identity(1));
    world.send(bob.identity(2));
    assertThat(world.accepted).hasSize(2);
    assertThat(world.announced).hasSize(1);
    assertThat(lastAnnounced().effectiveStatus()).isEqualTo(AccountStatus.THROTTLED);
    assertThat(room.accounts()).isEqualTo(2);
  }

  /** Damage: a place that is held for an account that never came to be. */
  @Test
  void droppedFirstEvent_takesNoPlace() {
    world.identities.know(alice.did(), alice.on(LaneWorld.ELSEWHERE));
    world.send(alice.commit(2));
    world.tooLarge = true;
    world.send(bob.commit(3));
    assertThat(world.accepted).isEmpty();
    assertThat(room.accounts()).isZero();
    world.tooLarge = false;
    world.send(bob.commit(4));
    assertThat(room.accounts()).isEqualTo(1);
    assertThat(room.waiting()).isZero();
  }

  /** Damage: throttled for ever, though the limit was raised. */
  @Test
  void release_letsTheAccountIn_whoseNextCommitMayBeginAnywhere() {
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    release(bob);
    assertThat(world.announced).as("there is no room").hasSize(1);
    room.limit(2);
    assertThat(room.openings()).isEqualTo(1);
    release(bob);
    assertThat(lastAnnounced().effectiveStatus()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(lastAnnounced().localStatus()).isEqualTo(LocalStatus.DESYNCHRONIZED);
    assertThat(room.waiting()).isZero();
    release(bob);
    assertThat(world.announced).as("nothing new").hasSize(2);
    world.send(bob.commit(3));
    assertThat(world.accepted).hasSize(2);
    assertThat(world.state(bob).localStatus()).isEqualTo(LocalStatus.ACTIVE);
    assertThat(room.accounts()).isEqualTo(2);
  }

  /** Damage: who comes first is served last, if somebody comes just when there is room. */
  @Test
  void newcomer_waitsBehindThoseWhoWait() {
    TestAccount carol = new TestAccount(3);
    world.identities.know(carol.did(), carol.on(LaneWorld.HERE));
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    room.limit(2);
    world.send(carol.commit(3));
    assertThat(world.state(carol).localStatus()).isEqualTo(LocalStatus.THROTTLED);
    assertThat(room.openings()).isEqualTo(1);
  }

  /** Damage: a host that stays full of accounts that are gone. */
  @Test
  void deletedAccount_makesRoom_andComesBackOnItsPlace() {
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    world.send(alice.account(3, false, "deleted"));
    assertThat(room.openings()).isEqualTo(1);
    assertThat(room.accounts()).isEqualTo(1);
    release(bob);
    assertThat(room.waiting()).isZero();
    world.send(alice.account(4, true, null));
    assertThat(room.accounts()).isEqualTo(2);
    assertThat(room.openings()).isZero();
  }

  /** Damage: an account that is throttled on its new host for the limit of its old one. */
  @Test
  void movedAccount_leavesItsPlace_andTakesOneElsewhere() {
    world.send(alice.commit(1));
    world.send(bob.commit(2));
    world.identities.know(bob.did(), bob.on(LaneWorld.ELSEWHERE));
    world.send(world.other, bob.commit(3));
    assertThat(lastAnnounced().effectiveStatus()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(world.accepted).hasSize(2);
    assertThat(room.waiting()).isZero();
    assertThat(elsewhere.accounts()).isEqualTo(1);
    world.identities.know(alice.did(), alice.on(LaneWorld.ELSEWHERE));
    world.send(world.other, alice.commit(4));
    assertThat(world.state(alice).localStatus()).isEqualTo(LocalStatus.THROTTLED);
    assertThat(world.state(alice).hostId()).isEqualTo(2);
    assertThat(room.accounts()).isZero();
    assertThat(elsewhere.waiting()).isEqualTo(1);
  }

  /** Damage: what a banned host had under way goes out after it was banned. */
  @Test
  void bannedHost_whatIsUnderWayIsDropped() {
    world.lane.step(world.host.send(alice.commit(1)));
    world.host.banned(true);
    world.settle();
    world.send(bob.commit(2));
    assertThat(world.accepted).isEmpty();
    assertThat(world.host.drops()).containsExactly(DropReason.HOST_BANNED, DropReason.HOST_BANNED);
    world.host.banned(false);
    world.send(bob.commit(3));
    assertThat(world.accepted).hasSize(1);
  }
}
