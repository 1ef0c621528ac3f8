// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.DirectoryRig.ALICE;
import static dev.atprotojava.identity.DirectoryRig.BOB;
import static dev.atprotojava.identity.DirectoryRig.NEW_KEY;
import static dev.atprotojava.identity.DirectoryRig.OLD_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.NotFound;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * The second level: a restart must not ask the directory for everything again, and must not bring
 * back what was known to be old.
 */
class IdentityStoreTest {
  private final InMemoryIdentityStore store = new InMemoryIdentityStore();
  private DirectoryRig rig = start();

  /** A new process on the same store; its clocks start where the first one's did. */
  private DirectoryRig start() {
    ManualExecutor[] executor = new ManualExecutor[1];
    DirectoryRig started =
        new DirectoryRig(builder -> builder.store(store, task -> executor[0].execute(task)));
    executor[0] = started.executor;
    return started;
  }

  private void restart() {
    rig.executor.runAll();
    rig.directory.close();
    rig = start();
  }

  @Test
  void lookup_afterARestartAsksNobody() {
    IdentityLookup before = rig.lookup(ALICE);
    restart();

    assertThat(rig.directory.cached(ALICE)).isNull();
    assertThat(rig.lookup(ALICE)).isEqualTo(before);
    assertThat(rig.plc.count()).isZero();
    assertThat(rig.directory.cached(ALICE)).isEqualTo(before);
    assertThat(rig.directory.counters().loaded()).isEqualTo(1);
  }

  @Test
  void lookup_ofManyAtOnceLoadsOnce() {
    rig.lookup(ALICE);
    restart();
    store.calls.clear();

    CompletableFuture<IdentityLookup> first = rig.directory.lookupAsync(ALICE);
    CompletableFuture<IdentityLookup> second = rig.directory.lookupAsync(ALICE);
    rig.executor.runAll();

    assertThat(first).isCompletedWithValueMatching(Found.class::isInstance);
    assertThat(second).isCompletedWithValueMatching(Found.class::isInstance);
    assertThat(store.calls).containsExactly("load " + ALICE);
  }

  @Test
  void lookup_ofAnOldIdentityTellsAndAsksBehindTheCaller() {
    rig.lookup(ALICE);
    restart();
    rig.time.advance(Duration.ofHours(2));
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY);
    assertThat(rig.directory.cached(ALICE)).isNotNull();
    rig.executor.runAll();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void lookup_ofATooOldIdentityAsksFirst() {
    rig.lookup(ALICE);
    restart();
    rig.time.advance(Duration.ofHours(24));
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // The directory is down when we start: what the last process knew is still there.
  @Test
  void lookup_ofATooOldIdentityTellsItIfAskingFails() {
    rig.lookup(ALICE);
    restart();
    rig.time.advance(Duration.ofHours(30));
    rig.openBreaker();

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY);
    rig.mendPlc();
    rig.rotateKey(ALICE);
    rig.advance(Duration.ofSeconds(2));
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Another machine's clock wrote it, or this one's was wrong.
  @Test
  void lookup_ofAnIdentityFromTheFutureAsksFirst() {
    rig.time.advance(Duration.ofDays(30));
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // A reader of the directory's log keeps the store up to date: nobody has to be asked then.
  @Test
  void lookup_ofWhatGrewOldInMemoryIsToldWhatTheStoreHasLearned() {
    rig.lookup(ALICE);
    rig.executor.runAll();
    rig.time.advance(Duration.ofHours(30));
    store.learn(ALICE, SampleDocument.OTHER_MULTIKEY, rig.time.instant());

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.plc.count()).isEqualTo(1);
    assertThat(rig.directory.counters().loaded()).isEqualTo(1);
  }

  @Test
  void lookup_ofWhatGrewOldInMemoryAndStoreAsks() {
    rig.lookup(ALICE);
    rig.executor.runAll();
    rig.time.advance(Duration.ofHours(30));
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.plc.count()).isEqualTo(2);
  }

  // What somebody learned and wrote there is told at once, and without a question.
  @Test
  void reload_tellsWhatTheStoreHas() {
    rig.lookup(ALICE);
    rig.executor.runAll();
    store.learn(ALICE, SampleDocument.OTHER_MULTIKEY, rig.time.instant());
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY);
    rig.directory.reload(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.plc.count()).isEqualTo(1);
  }

  // The answer to a question from before the change must not stand against it.
  @Test
  void reload_overtakesARequest() {
    rig.plc.underWay(
        () -> {
          rig.rotateKey(ALICE);
          rig.directory.reload(ALICE);
        });
    rig.begin(ALICE);
    rig.executor.runAll();

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Marks.

  @Test
  void markStale_survivesARestart() {
    rig.lookup(ALICE);
    rig.directory.markStale(ALICE);
    restart();
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    rig.executor.runAll();
    assertThat(store.isStale(ALICE)).isFalse();
  }

  @Test
  void markStale_ofWhatOnlyTheStoreKnows() {
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);

    rig.directory.markStale(ALICE);

    assertThat(rig.directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // The same, before the mark has reached the store.
  @Test
  void markStale_thatHasNotReachedTheStoreCounts() {
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);
    rig.directory.markStale(ALICE);
    CompletableFuture<IdentityLookup> lookup = rig.directory.lookupAsync(ALICE);
    rig.executor.rotate(); // the load before the mark

    assertThat(rig.keyOf(rig.get(lookup))).isEqualTo(NEW_KEY);
  }

  @Test
  void markStale_overtakesALoad() {
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);
    CompletableFuture<IdentityLookup> lookup = rig.directory.lookupAsync(ALICE);
    rig.directory.markStale(ALICE);
    rig.get(lookup);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Result and mark meet on their way to the store; whichever comes last must not undo the mark.
  @Test
  void markStale_thatOvertakesARequestIsInTheStore() {
    rig.plc.underWay(() -> rig.directory.markStale(ALICE));
    rig.lookup(ALICE);
    rig.executor.runAll();

    assertThat(store.isStale(ALICE)).isTrue();
  }

  @Test
  void markStale_afterAResultIsInTheStore() {
    rig.begin(ALICE);
    while (store.calls.stream().noneMatch(call -> call.startsWith("load"))) {
      rig.executor.runOne();
    }
    rig.executor.runOne(); // the request; its result is not in the store yet
    rig.directory.markStale(ALICE);
    rig.executor.runAll();

    assertThat(store.isStale(ALICE)).isTrue();
  }

  @Test
  void purge_removesTheRow() {
    rig.lookup(ALICE);
    rig.executor.runAll();
    assertThat(store.rows).containsKey(ALICE);

    rig.directory.purge(ALICE);
    rig.breakPlc();

    assertThat(rig.lookup(ALICE)).isInstanceOf(IdentityLookup.Unavailable.class);
    assertThat(store.rows).doesNotContainKey(ALICE);
  }

  @Test
  void purge_overtakesALoad() {
    rig.lookup(ALICE);
    restart();
    rig.begin(ALICE);
    rig.directory.purge(ALICE);
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Absence.

  @Test
  void absence_removesWhatWasKnown() {
    rig.lookup(ALICE);
    restart();
    rig.plc.answer(ALICE, new DidResolution.Tombstoned());
    rig.directory.markStale(ALICE);
    rig.lookup(ALICE);
    rig.executor.runAll();

    assertThat(store.rows).doesNotContainKey(ALICE);
  }

  // Hosts can invent DIDs without end.
  @Test
  void absence_ofWhatWasNeverKnownLeavesTheStoreAlone() {
    rig.plc.answer(new DidResolution.NotFound());
    for (int i = 0; i < 20; i++) {
      assertThat(rig.lookup(DirectoryRig.did(i))).isInstanceOf(NotFound.class);
      rig.time.advance(Duration.ofMillis(20));
    }
    assertThat(store.rows).isEmpty();
    assertThat(store.calls).allMatch(call -> call.startsWith("load"));
  }

  // Refreshes.

  @Test
  void refresh_ofWhatOnlyTheStoreKnowsAsks() {
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.refresh(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void refresh_thatJoinsALoadStillAsks() {
    rig.lookup(ALICE);
    restart();
    rig.rotateKey(ALICE);
    rig.begin(ALICE);

    assertThat(rig.keyOf(rig.refresh(ALICE))).isEqualTo(NEW_KEY);
  }

  // Trouble.

  @Test
  void storeThatFails_isGoneOnWithout() {
    store.broken = true;

    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    rig.executor.runAll();
    assertThat(rig.directory.counters().storeFailures()).isEqualTo(2); // load, save
    assertThat(rig.directory.cached(ALICE)).isInstanceOf(Found.class);

    store.broken = false;
    rig.lookup(BOB);
    rig.executor.runAll();
    assertThat(store.rows).containsOnlyKeys(BOB);
  }

  @Test
  void storeThatIsSlow_isGivenFewChanges() {
    rig.lookup(ALICE);
    rig.executor.runAll();
    store.calls.clear();
    for (int i = 0; i < 1_000; i++) {
      rig.directory.markStale(ALICE);
    }
    rig.executor.runAll();

    assertThat(store.calls).containsExactly("mark " + ALICE);
  }

  @Test
  void storeQueue_isBounded() {
    Counters counters = new Counters();
    StoreQueue queue = new StoreQueue(store, task -> {}, counters);
    for (int i = 0; i < StoreQueue.MAX_PENDING + 10; i++) {
      queue.markStale(DirectoryRig.did(i));
    }
    assertThat(counters.storeFailures.sum()).isEqualTo(10);
  }

  @Test
  void lookup_thatCannotReachTheStoreAsksTheNetwork() {
    DirectoryRig closedStore =
        new DirectoryRig(
            builder ->
                builder.store(
                    store,
                    task -> {
                      throw new RejectedExecutionException();
                    }));

    assertThat(closedStore.lookup(ALICE)).isInstanceOf(Found.class);
  }

  @Test
  void failure_isNotStored() {
    rig.breakPlc();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Unavailable.class);
    rig.executor.runAll();

    assertThat(store.rows).isEmpty();
  }
}
