// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import static dev.atprotojava.relay.ingest.LaneWorld.ELSEWHERE;
import static dev.atprotojava.relay.ingest.LaneWorld.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.relay.DropReason;
import dev.atprotojava.relay.EventKind;
import dev.atprotojava.relay.TestAccount;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.relay.upstream.TestHost;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.CommitVerdict;
import dev.atprotojava.testing.Gen;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * An account from host to host and key to key (SC-85, RL-35 to RL-38), with a directory and hosts
 * that answer at once and truly.
 */
class AccountLifeTest {
  /** A world that answers by itself. */
  private static final class Life {
    final LaneWorld world = new LaneWorld();
    final TestAccount alice = new TestAccount(1);
    final Map<String, @Nullable AccountStatus> words = new HashMap<>();
    IdentityLookup directory = alice.on(HERE);

    Life() {
      world.known(alice, null);
      words.put(HERE, AccountStatus.ACTIVE);
      words.put(ELSEWHERE, AccountStatus.ACTIVE);
    }

    void send(TestHost from, dev.atprotojava.cbor.Bytes frame) {
      world.send(from, frame);
      while (!world.identities.open.isEmpty() || !world.statuses.open.isEmpty()) {
        if (!world.identities.open.isEmpty()) {
          world.identities.answer(0, directory);
        } else {
          world.statuses.answer(words.get(world.statuses.open.getFirst().hostname()));
        }
        world.settle();
      }
    }

    long commits(TestHost of) {
      return world.accepted.stream()
          .filter(event -> event.upstream().host().hostname().equals(hostname(of)))
          .filter(event -> EventKind.of(event.upstream().event()) == EventKind.COMMIT)
          .count();
    }

    String hostname(TestHost host) {
      return host == world.host ? HERE : ELSEWHERE;
    }

    AccountRecord state() {
      return world.state(alice);
    }

    /** What consumers were told last of the account; active if nothing. */
    AccountStatus told() {
      long ordinal = 0;
      AccountStatus told = AccountStatus.ACTIVE;
      for (AcceptedEvent event : world.accepted) {
        if (EventKind.of(event.upstream().event()) == EventKind.ACCOUNT) {
          ordinal = event.ordinal();
          told = event.after().effectiveStatus();
        }
      }
      for (Announcement announcement : world.announced) {
        if (announcement.kind() == EventKind.ACCOUNT && announcement.ordinal() > ordinal) {
          ordinal = announcement.ordinal();
          told = announcement.after().effectiveStatus();
        }
      }
      return told;
    }
  }

  /**
   * A migration, its events in any order in which they can come: each host's stream is in order,
   * the new one begins to speak once the directory names it, and nothing ties the one to the other.
   * Damage: posts of the first minutes on the new host that are missing for good, an account that
   * stays deactivated since its old host said goodbye late, one that is throttled for its move.
   */
  @Test
  void migration_inAnyOrder_losesNothing() {
    Gen.forAll(
        400,
        gen -> {
          Life life = new Life();
          TestAccount alice = life.alice;
          LaneWorld world = life.world;
          life.send(world.host, alice.commit(world.nextSeq()));
          life.send(world.host, alice.commit(world.nextSeq()));
          Deque<Runnable> old = new ArrayDeque<>();
          old.add(
              () -> {
                life.words.put(HERE, AccountStatus.DEACTIVATED);
                life.send(world.host, alice.account(world.nextSeq(), false, "deactivated"));
              });
          if (gen.oneIn(2)) {
            old.addFirst(() -> life.send(world.host, alice.sync(world.nextSeq())));
          }
          if (gen.oneIn(2)) {
            old.addLast(() -> life.send(world.host, alice.identity(world.nextSeq())));
          }
          Deque<Runnable> fresh = new ArrayDeque<>(introduction(gen, life));
          boolean rotates = gen.oneIn(2);
          fresh.addFirst(
              () -> {
                if (rotates) {
                  alice.rotateKey();
                }
                life.directory = alice.on(ELSEWHERE);
              });
          while (!old.isEmpty() || !fresh.isEmpty()) {
            boolean fromOld = fresh.isEmpty() || (!old.isEmpty() && gen.oneIn(2));
            (fromOld ? old : fresh).removeFirst().run();
          }
          assertThat(life.commits(world.other)).as("of the new host").isEqualTo(3);
          assertThat(world.other.drops())
              .as("nothing but the sync with a wrong rev")
              .allMatch(reason -> reason == DropReason.REV_MISMATCH);
          assertThat(world.host.drops())
              .allMatch(
                  reason ->
                      reason == DropReason.WRONG_HOST
                          || reason == DropReason.STALE_REV
                          || reason == DropReason.ACCOUNT_INACTIVE);
          assertThat(life.state().hostId()).isEqualTo(2);
          assertThat(life.state().effectiveStatus()).isEqualTo(AccountStatus.ACTIVE);
          assertThat(life.state().repo()).isEqualTo(alice.state());
          assertThat(life.told()).isEqualTo(AccountStatus.ACTIVE);
          assertThat(world.counters.chain(CommitVerdict.Chain.BREAKS)).isZero();
          assertThat(world.counters.chainThrottled()).isZero();
          assertThat(world.lane.parkedAccounts()).isZero();

          life.send(world.host, alice.account(world.nextSeq(), false, "deleted")); // much later
          assertThat(world.host.drops().getLast()).isEqualTo(DropReason.WRONG_HOST);
          assertThat(life.told()).isEqualTo(AccountStatus.ACTIVE);
        });
  }

  /** What the new host says: three commits in order, and among them all else in any order. */
  private static List<Runnable> introduction(Gen gen, Life life) {
    LaneWorld world = life.world;
    TestAccount alice = life.alice;
    List<Runnable> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      events.add(() -> life.send(world.other, alice.commit(world.nextSeq())));
    }
    if (gen.oneIn(2)) {
      insert(gen, events, () -> life.send(world.other, alice.identity(world.nextSeq())));
    }
    if (gen.oneIn(2)) {
      insert(gen, events, () -> life.send(world.other, alice.account(world.nextSeq(), true, null)));
    }
    if (gen.oneIn(2)) {
      insert(gen, events, () -> life.send(world.other, alice.syncAfterImport(world.nextSeq())));
    }
    return events;
  }

  private static void insert(Gen gen, List<Runnable> events, Runnable event) {
    events.add(gen.between(0, events.size()), event);
  }

  /**
   * The old host was asked a moment ago what it thinks of the account. Damage: the new one is not
   * asked for ten minutes since somebody was, and what it sends is dropped.
   */
  @Test
  void migration_newHostIsAskedThoughTheOldOneWas() {
    Life life = new Life();
    LaneWorld world = life.world;
    life.send(world.host, life.alice.commit(world.nextSeq()));
    life.words.put(HERE, AccountStatus.DEACTIVATED);
    life.send(world.host, life.alice.account(world.nextSeq(), false, "deactivated"));
    life.send(world.host, life.alice.commit(world.nextSeq()));
    assertThat(world.host.drops()).containsExactly(DropReason.ACCOUNT_INACTIVE);
    assertThat(world.statuses.asked).isEqualTo(1);

    life.directory = life.alice.on(ELSEWHERE);
    life.send(world.other, life.alice.commit(world.nextSeq()));

    assertThat(world.statuses.asked).isEqualTo(2);
    assertThat(life.commits(world.other)).isEqualTo(1);
    assertThat(life.told()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(world.counters.excusedBreaks()).as("of what was dropped").isEqualTo(1);
  }

  /** A wrong {@code #sync} of the new host changes nothing, not even where the account is. */
  @Test
  void migration_syncWithAWrongRev_leavesTheStateAlone() {
    Life life = new Life();
    LaneWorld world = life.world;
    life.send(world.host, life.alice.commit(world.nextSeq()));
    AccountRecord before = life.state();
    life.directory = life.alice.on(ELSEWHERE);
    life.send(world.other, life.alice.syncAfterImport(world.nextSeq()));
    assertThat(world.other.drops()).containsExactly(DropReason.REV_MISMATCH);
    assertThat(life.state()).isEqualTo(before);
    life.send(world.other, life.alice.commit(world.nextSeq()));
    assertThat(world.counters.chain(CommitVerdict.Chain.CONTINUES)).isEqualTo(1);
  }

  /** SC-54: the directory is asked once, and the events behind the new key do not wait for more. */
  @Test
  void keyRotation_inMidStream_costsOneQuestion() {
    Life life = new Life();
    LaneWorld world = life.world;
    for (int i = 0; i < 3; i++) {
      life.send(world.host, life.alice.commit(world.nextSeq()));
    }
    int asked = world.identities.asked;
    life.alice.rotateKey();
    life.directory = life.alice.on(HERE);
    for (int i = 0; i < 3; i++) {
      life.send(world.host, life.alice.commit(world.nextSeq()));
    }
    assertThat(life.commits(world.host)).isEqualTo(6);
    assertThat(world.host.drops()).isEmpty();
    assertThat(world.identities.asked).isEqualTo(asked + 1);
    assertThat(world.counters.chain(CommitVerdict.Chain.CONTINUES)).isEqualTo(5);
  }

  /** SC-84. Damage: an account that is no more is listed as active for ever. */
  @Test
  void tombstone_isToldAsDeletedOnce_andCanBeTakenBack() {
    Life life = new Life();
    LaneWorld world = life.world;
    life.send(world.host, life.alice.commit(world.nextSeq()));
    life.directory = new IdentityLookup.Tombstoned(life.alice.did(), TestAccount.NOW);
    world.identities.markStale(life.alice.did());
    for (int i = 0; i < 3; i++) {
      life.send(world.host, life.alice.commit(world.nextSeq()));
    }
    assertThat(world.host.drops()).hasSize(3).containsOnly(DropReason.IDENTITY_NOT_FOUND);
    assertThat(world.announced).hasSize(1);
    assertThat(life.told()).isEqualTo(AccountStatus.DELETED);
    assertThat(life.state().effectiveStatus()).isEqualTo(AccountStatus.DELETED);

    life.directory = life.alice.on(HERE); // within 72 hours the directory lets it be undone
    life.send(world.host, life.alice.account(world.nextSeq(), true, null));
    life.send(world.host, life.alice.commit(world.nextSeq()));
    assertThat(life.told()).isEqualTo(AccountStatus.ACTIVE);
    assertThat(life.commits(world.host)).isEqualTo(2);
  }

  /** Nobody becomes an account by being dead. */
  @Test
  void tombstone_ofAStranger_makesNothing() {
    Life life = new Life();
    TestAccount stranger = new TestAccount(9);
    life.directory = new IdentityLookup.Tombstoned(stranger.did(), TestAccount.NOW);
    life.send(life.world.host, stranger.account(1, true, null));
    assertThat(life.world.announced).isEmpty();
    assertThat(life.world.host.drops()).containsExactly(DropReason.UNKNOWN_ACCOUNT);
  }

  /**
   * The web server of a {@code did:web} is away for hours. Damage: its host stands still, its
   * events pile up, or the account is blamed when it is back.
   */
  @Test
  void documentAwayForHours_costsOnlyThatAccount() {
    Life life = new Life();
    LaneWorld world = life.world;
    TestAccount bob = new TestAccount(2);
    world.known(bob, null);
    life.send(world.host, life.alice.commit(world.nextSeq()));
    world.identities.markStale(life.alice.did());
    for (int hour = 0; hour < 3; hour++) {
      world.send(life.alice.commit(world.nextSeq()));
      world.send(bob.commit(world.nextSeq()));
      for (int second = 0; second < 60; second++) {
        if (!world.identities.open.isEmpty()) {
          world.identities.answer(ScriptedIdentities.UNAVAILABLE);
          world.deliver();
        }
        world.pass(1);
      }
      assertThat(world.lane.parkedAccounts()).isZero();
    }
    assertThat(world.host.drops()).hasSize(3).containsOnly(DropReason.IDENTITY_UNAVAILABLE);
    world.accepted.forEach(event -> event.upstream().durable());
    assertThat(world.host.chargedBytes()).isZero();
    assertThat(world.state(bob).repo()).isEqualTo(bob.state());
    assertThat(life.state().localStatus()).isEqualTo(LocalStatus.DESYNCHRONIZED);
    assertThat(life.state().effectiveStatus()).as("RL-73").isEqualTo(AccountStatus.ACTIVE);
    life.send(world.host, life.alice.commit(world.nextSeq()));
    assertThat(life.commits(world.host)).isEqualTo(5);
    assertThat(world.counters.excusedBreaks()).isEqualTo(1);
  }

  /** The whole life on one host, each step told, content passing only while it is active. */
  @Test
  void statuses_oneAfterTheOther() {
    Life life = new Life();
    LaneWorld world = life.world;
    life.send(world.host, life.alice.commit(world.nextSeq()));
    for (AccountStatus status : AccountStatus.values()) {
      life.words.put(HERE, status);
      life.send(world.host, life.alice.account(world.nextSeq(), status.isActive(), status.wire()));
      assertThat(life.told()).isEqualTo(status);
      long before = life.commits(world.host);
      life.send(world.host, life.alice.commit(world.nextSeq()));
      assertThat(life.commits(world.host)).isEqualTo(status.isActive() ? before + 1 : before);
      life.words.put(HERE, AccountStatus.ACTIVE);
      life.send(world.host, life.alice.account(world.nextSeq(), true, null));
      life.send(world.host, life.alice.sync(world.nextSeq()));
      assertThat(life.told()).isEqualTo(AccountStatus.ACTIVE);
      assertThat(life.state().repo()).as("a sync tells where it is").isEqualTo(life.alice.state());
    }
  }
}
