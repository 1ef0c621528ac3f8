// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static dev.atprotojava.relay.ingest.LaneWorld.ELSEWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitVerdict;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * RL-32, RL-41: commits that begin elsewhere than where the last one ended, and who is to blame.
 */
class LaneChainTest {
  private static final int BURST = 20;

  private final LaneWorld world = new LaneWorld();
  private final TestAccount alice = new TestAccount(1);

  private void known() {
    world.known(alice, null);
    world.host.logAt(10);
    send();
  }

  private void send() {
    world.host.logAt(11 + 2 * world.seq);
    world.send(alice.commit(world.nextSeq()));
  }

  private void breakChain() {
    alice.commitUnheard();
    send();
  }

  /**
   * Damage: an account that leaves out what it likes for ever, which every consumer must refetch.
   */
  @Test
  void breaks_tooMany_throttleTheAccountUntilTheyAreForgotten() {
    known();
    for (int i = 0; i < BURST; i++) {
      breakChain();
    }
    assertThat(world.announced).isEmpty();
    breakChain();
    assertThat(world.accepted).as("the one too many passes too").hasSize(BURST + 2);
    assertThat(world.announced).hasSize(1);
    assertThat(world.announced.getFirst().kind()).isEqualTo(EventKind.ACCOUNT);
    assertThat(world.announced.getFirst().after().effectiveStatus())
        .isEqualTo(AccountStatus.THROTTLED);
    assertThat(world.announced.getFirst().ordinal())
        .as("in the order of its lane")
        .isEqualTo(world.accepted.getLast().ordinal() + 1);
    assertThat(world.counters.chainThrottled()).isEqualTo(1);

    send();
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_THROTTLED);

    world.now += TimeUnit.HOURS.toNanos(BURST);
    breakChain();
    assertThat(world.host.drops()).hasSize(1);
    assertThat(world.announced).hasSize(2);
    assertThat(world.announced.getLast().after().effectiveStatus()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(world.state(alice).localStatus()).isEqualTo(LocalStatus.ACTIVE);
    assertThat(world.counters.excusedBreaks()).as("what was dropped meanwhile").isEqualTo(1);
  }

  /** Damage: accounts that are throttled for what their host, or we, left out. */
  @Test
  void breaks_afterAGapOfTheHost_areExcusedOnce() {
    known();
    for (int i = 0; i < 2 * BURST; i++) {
      world.host.logAt(10 + 2 * world.seq);
      world.host.gap();
      breakChain();
    }
    assertThat(world.counters.excusedBreaks()).isEqualTo(2 * BURST);
    assertThat(world.announced).isEmpty();
    breakChain();
    assertThat(world.counters.excusedBreaks())
        .as("only the first after a gap")
        .isEqualTo(2 * BURST);
    assertThat(world.counters.chain(CommitVerdict.Chain.BREAKS)).isEqualTo(2 * BURST + 1);
  }

  @Test
  void breaks_afterAMove_areExcused() {
    known();
    world.identities.know(alice.did(), alice.on(ELSEWHERE));
    alice.commitUnheard();
    world.other.logAt(500);
    world.send(world.other, alice.commit(1));
    assertThat(world.accepted).hasSize(2);
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
  }

  /** SC-51: what we lost is not the account's fault, and its status says so (SC-63). */
  @Test
  void breaks_afterALossOfOurs_areExcused() {
    known();
    world.identities.stale.add(alice.did());
    world.send(alice.commit(world.nextSeq()));
    for (int second = 0; second < 33; second++) {
      world.pass(1);
      if (!world.identities.open.isEmpty()) {
        world.identities.answer(ScriptedIdentities.UNAVAILABLE);
        world.deliver();
      }
    }
    world.pass(1);
    assertThat(world.host.drops()).containsExactly(DropReason.IDENTITY_UNAVAILABLE);
    assertThat(world.lost).containsExactly(alice.hash());
    assertThat(world.state(alice).isDesynchronized()).isTrue();
    world.identities.open.clear();
    world.identities.know(alice.did(), alice.on(LaneWorld.HERE));
    send();
    assertThat(world.accepted).hasSize(2);
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
    assertThat(world.state(alice).isDesynchronized()).as("over").isFalse();
    breakChain();
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
  }

  /**
   * Invariant 8. Damage: one event that the verifier has a mistake for ends the relay, each time.
   */
  @Test
  void aMistakeOfOurs_costsOneEvent_andTheAccountIsNotBlamed() {
    known();
    world.broken = true;
    send();
    world.broken = false;
    assertThat(world.host.drops()).containsExactly(DropReason.RELAY_FAULT);
    assertThat(world.lost).containsExactly(alice.hash());
    send();
    assertThat(world.accepted).hasSize(2);
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
  }

  /** Damage: a host that buys an excuse for every break with a frame that is a little too long. */
  @Test
  void breaks_afterOneThatWasTooLargeToLeave_areTheAccountsOwn() {
    known();
    world.tooLarge = true;
    send();
    world.tooLarge = false;
    send();
    assertThat(world.host.drops()).containsExactly(DropReason.OUTGOING_TOO_LARGE);
    assertThat(world.lost).isEmpty();
    assertThat(world.counters.excusedBreaks()).isZero();
  }
}
