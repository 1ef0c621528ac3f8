// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatedTrafficTest {
  private final CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));
  private final Map<Did, RepoState> states = new HashMap<>();
  private final Map<Chain, Integer> chains = new EnumMap<>(Chain.class);
  private final Map<Class<?>, Integer> kinds = new HashMap<>();
  private final EnumSet<RepoOp.Action> actions = EnumSet.noneOf(RepoOp.Action.class);
  private int largestCommit;

  /**
   * Damage: a commit that does not verify, does not invert, or does not follow its predecessor; a
   * frame that is not canonical; a kind of event that never comes.
   */
  @Test
  void next_everyFrame_isAcceptedByTheStrictVerifier() {
    VirtualClock clock = new VirtualClock(Networks.START);
    SimulatedNetwork network = Networks.of(11, clock);
    Networks.act(network, clock, 3000);

    for (SimulatedPds host : network.hosts()) {
      FrameCodec codec = new FrameCodec();
      PdsStream stream = host.subscribe(new Cursor.Oldest(), () -> {});
      long seq = 0;
      for (StreamMessage m = stream.next(); m != null; m = stream.next()) {
        Frame.Message frame = (Frame.Message) codec.decode(m.payload());
        RepoEvent.Sequenced event = (RepoEvent.Sequenced) frame.event();
        assertThat(event.seq()).isEqualTo(++seq).isEqualTo(m.seq());
        assertThat(event.source().canonical()).isTrue();
        kinds.merge(event.getClass(), 1, Integer::sum);
        check(network, host, event, clock);
      }
    }

    assertThat(chains.get(Chain.FIRST)).isEqualTo(states.size());
    assertThat(chains).doesNotContainKey(Chain.BREAKS).containsKey(Chain.REPEATS);
    assertThat(chains.get(Chain.CONTINUES)).isGreaterThan(2500);
    assertThat(kinds.keySet())
        .containsExactlyInAnyOrder(
            RepoEvent.CommitEvent.class,
            RepoEvent.SyncEvent.class,
            RepoEvent.IdentityEvent.class,
            RepoEvent.AccountEvent.class);
    assertThat(actions)
        .containsExactly(RepoOp.Action.CREATE, RepoOp.Action.UPDATE, RepoOp.Action.DELETE);
    assertThat(largestCommit).isGreaterThan(5);
  }

  private void check(
      SimulatedNetwork network, SimulatedPds host, RepoEvent.Sequenced event, VirtualClock clock) {
    SimulatedAccount account = network.find(event.did());
    assertThat(account).isNotNull();
    assertThat(account.host()).isSameAs(host);
    RepoState last = states.get(event.did());
    CommitVerdict verdict =
        switch (event) {
          case RepoEvent.CommitEvent commit -> {
            commit.ops().forEach(op -> actions.add(op.action()));
            largestCommit = Math.max(largestCommit, commit.ops().size());
            yield verifier.verify(commit, account.publicKey(), last, clock.instant());
          }
          case RepoEvent.SyncEvent sync ->
              verifier.verify(sync, account.publicKey(), last, clock.instant());
          case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ -> null;
        };
    if (verdict != null) {
      assertThat(last == null ? null : verifier.checkStale(event, last)).isNull();
      assertThat(verdict).isInstanceOf(CommitVerdict.Accept.class);
      CommitVerdict.Accept accept = (CommitVerdict.Accept) verdict;
      chains.merge(accept.chain(), 1, Integer::sum);
      states.put(event.did(), accept.next());
    }
  }

  /** Damage: a past that leaks into the stream, or a repository that does not continue from it. */
  @Test
  void furnish_saysNothing_andTheNextCommitContinuesIt() {
    SimulatedNetwork network = Networks.of(12);
    SimulatedTraffic traffic = new SimulatedTraffic(network, 1);
    SimulatedAccount account = network.account(5);
    traffic.furnish(account, 60);
    SimulatedCommit head = account.head();
    assertThat(head).isNotNull();
    assertThat(account.host().lastSeq()).isZero();

    FrameBody.Event event = traffic.act(account).events().getFirst();

    assertThat(event)
        .isInstanceOfSatisfying(
            FrameBody.Commit.class,
            commit -> {
              assertThat(commit.since()).isEqualTo(head.commit().rev());
              assertThat(commit.prevData()).isEqualTo(head.commit().data());
            });
  }

  /** Damage: repositories that grow with the running time of a demonstration. */
  @Test
  void act_forLong_keepsARepositoryNearItsFullSize() {
    SimulatedNetwork network = Networks.of(13);
    SimulatedTraffic traffic = new SimulatedTraffic(network, 1);
    SimulatedAccount account = network.account(0);
    traffic.introduce(account);
    for (int i = 0; i < 2000; i++) {
      traffic.act(account);
    }
    assertThat(account.repo().size()).isBetween(90, 170);
  }

  /** Damage: an export that lacks the commit, a node or a record. */
  @Test
  void export_holdsCommitTreeAndRecords() {
    VirtualClock clock = new VirtualClock(Networks.START);
    SimulatedNetwork network = Networks.of(14, clock);
    Networks.act(network, clock, 400);
    SimulatedAccount account = network.account(0);
    SimulatedCommit head = account.head();
    assertThat(head).isNotNull();

    CommitSlice repo = new CommitSlice(new Sha256(), new SplittableRandom(1));
    Bytes car = account.export();
    repo.load(car);

    assertThat(repo.root()).isEqualTo(head.commit().cid());
    int[] records = {0};
    repo.tree(head.commit().data())
        .forEach(
            entry -> {
              assertThat(repo.find(entry.value())).isNotNull();
              records[0]++;
            });
    assertThat(records[0]).isEqualTo(account.repo().size()).isPositive();
  }
}
