// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.DirectoryRig.ALICE;
import static dev.atprotojava.identity.DirectoryRig.BOB;
import static dev.atprotojava.identity.DirectoryRig.NEW_KEY;
import static dev.atprotojava.identity.DirectoryRig.OLD_KEY;
import static dev.atprotojava.identity.DirectoryRig.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.NotFound;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A directory that is slow, down, wrong, or has enough of us (ID-04). It must not decide about
 * accounts, and must not be kept down by those who wait for it.
 */
class DirectoryFailureTest {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final DirectoryRig rig = new DirectoryRig();
  private final CachingDirectory directory = rig.directory;

  private static Reason reason(IdentityLookup lookup) {
    return ((Unavailable) lookup).reason();
  }

  // One DID.

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"TIMEOUT", "UNREACHABLE", "ADDRESS_REFUSED", "BAD_STATUS", "DOCUMENT_INVALID"})
  void failure_isNoVerdict(Reason reason) {
    rig.plc.answer(ScriptedResolver.failed(reason));

    assertThat(reason(rig.lookup(ALICE))).isEqualTo(reason);
    assertThat(directory.counters().failed(reason)).isEqualTo(1);
  }

  // One or two minutes, and never exactly one, or all that failed together come back together.
  @Test
  void failure_isRetriedLater() {
    rig.breakPlc();
    Unavailable first = (Unavailable) rig.lookup(ALICE);
    Duration wait = Duration.between(rig.time.instant(), first.retryAt());

    assertThat(wait).isBetween(Duration.ofSeconds(48), Duration.ofSeconds(72));
    rig.mendPlc();
    rig.time.advance(wait.minusMillis(1));
    assertThat(directory.cached(ALICE)).isEqualTo(first);
    assertThat(rig.lookup(ALICE)).isEqualTo(first);
    assertThat(rig.plc.count()).isEqualTo(1);
    rig.time.advance(Duration.ofMillis(1));
    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
  }

  @Test
  void failure_isRetriedLaterAndLater() {
    rig.web.answer(ScriptedResolver.failed(Reason.TIMEOUT));
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Unavailable failure = (Unavailable) rig.lookup(WEB);
      waits.add(Duration.between(rig.time.instant(), failure.retryAt()));
      rig.time.advance(waits.get(i));
    }
    assertThat(waits.get(0)).isLessThan(Duration.ofSeconds(73));
    assertThat(waits.subList(1, 4))
        .allMatch(wait -> wait.compareTo(Duration.ofSeconds(95)) > 0)
        .allMatch(wait -> wait.compareTo(Duration.ofSeconds(145)) < 0);

    rig.web.answer(WEB, ScriptedResolver.found(WEB, SampleDocument.MULTIKEY));
    assertThat(rig.lookup(WEB)).isInstanceOf(Found.class);
  }

  @Test
  void failure_ofAHostHeedsItsRetryAfter() {
    rig.web.answer(ScriptedResolver.limited(Duration.ofMinutes(10)));

    Unavailable limited = (Unavailable) rig.lookup(WEB);

    assertThat(limited.reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(limited.retryAt()).isEqualTo(rig.time.instant().plus(Duration.ofMinutes(10)));
    rig.time.advance(Duration.ofMinutes(9));
    rig.lookup(WEB);
    assertThat(rig.web.count()).isEqualTo(1);
  }

  // A stranger's host could else be left alone for ever, and never be heard of again.
  @Test
  void failure_ofAHostBelievesNotEveryRetryAfter() {
    rig.web.answer(ScriptedResolver.limited(Duration.ofDays(10_000)));

    assertThat(((Unavailable) rig.lookup(WEB)).retryAt())
        .isEqualTo(rig.time.instant().plus(Duration.ofHours(1)));
  }

  @Test
  void failure_leavesWhatIsKnown() {
    rig.lookup(ALICE);
    rig.time.advance(DAY);
    rig.breakPlc();

    IdentityLookup stale = rig.lookup(ALICE);

    assertThat(rig.keyOf(stale)).isEqualTo(OLD_KEY);
    assertThat(directory.cached(ALICE)).isEqualTo(stale); // and is not asked again at once
    assertThat(rig.plc.count()).isEqualTo(2);
    assertThat(directory.counters().staleServed()).isEqualTo(1);

    rig.rotateKey(ALICE);
    rig.time.advance(Duration.ofMinutes(2));
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void failure_leavesWhatIsKnownForAWeek() {
    rig.lookup(ALICE);
    rig.breakPlc();
    rig.time.advance(Duration.ofDays(7).minusMinutes(3));
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    rig.time.advance(Duration.ofMinutes(3));

    assertThat(reason(rig.lookup(ALICE))).isEqualTo(Reason.BAD_STATUS);
  }

  @Test
  void failure_ofARefreshLeavesWhatIsKnown() {
    rig.lookup(ALICE);
    rig.time.advance(SECOND);
    rig.breakPlc();

    Found answer = (Found) rig.refresh(ALICE);

    assertThat(answer.identity().fetchedAt()).isBefore(rig.time.instant());
    // Still within the soft lifetime: told, and asked again behind the callers when it is time.
    rig.rotateKey(ALICE);
    rig.time.advance(Duration.ofMinutes(2));
    assertThat(directory.cached(ALICE)).isEqualTo(answer);
    rig.executor.runAll();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void failure_afterAMarkIsAskedAgainBeforeAnybodyIsTold() {
    rig.lookup(ALICE);
    directory.markStale(ALICE);
    rig.breakPlc();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    rig.rotateKey(ALICE);
    rig.time.advance(Duration.ofMinutes(2));

    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Else an #identity event is all it takes to have a dead host asked again and again.
  @Test
  void mark_doesNotShortenTheRetry() {
    rig.web.answer(ScriptedResolver.failed(Reason.TIMEOUT));
    rig.lookup(WEB);
    for (int i = 0; i < 10; i++) {
      directory.markStale(WEB);
      assertThat(reason(rig.lookup(WEB))).isEqualTo(Reason.TIMEOUT);
    }
    assertThat(rig.web.count()).isEqualTo(1);
  }

  @Test
  void failure_neverKeepsAnAbsence() {
    rig.plc.answer(ALICE, new DidResolution.NotFound());
    rig.lookup(ALICE);
    rig.breakPlc();
    rig.time.advance(Duration.ofMinutes(5));

    assertThat(reason(rig.lookup(ALICE))).isEqualTo(Reason.BAD_STATUS);
  }

  // A whole directory.

  @Test
  void directory_thatFailsEightTimesInARowIsLeftAlone() {
    rig.breakPlc();
    for (int i = 0; i < 7; i++) {
      rig.lookup(DirectoryRig.did(i));
    }
    assertThat(directory.directoryAvailable()).isTrue();
    rig.lookup(DirectoryRig.did(7));

    assertThat(directory.directoryAvailable()).isFalse();
    assertThat(directory.counters().directories()).containsExactly(DirectoryState.OPEN);
    Unavailable down = (Unavailable) rig.lookup(ALICE);
    assertThat(down.reason()).isEqualTo(Reason.DIRECTORY_DOWN);
    assertThat(down.retryAt()).isAfter(rig.time.instant());
    assertThat(rig.plc.count()).isEqualTo(8);
    assertThat(directory.counters().failed(Reason.DIRECTORY_DOWN)).isEqualTo(1);
  }

  @Test
  void directory_thatFailsNowAndThenIsAsked() {
    for (int i = 0; i < 100; i++) {
      DidResolution answer =
          i % 8 == 7 ? new DidResolution.NotFound() : ScriptedResolver.failed(Reason.TIMEOUT);
      rig.plc.answer(DirectoryRig.did(i), answer);
      rig.lookup(DirectoryRig.did(i));
      rig.time.advance(Duration.ofMillis(20));
    }
    assertThat(rig.plc.count()).isEqualTo(100);
    assertThat(directory.directoryAvailable()).isTrue();
  }

  // Hosts pause while a directory is down, so nobody asks: it must find out by itself.
  @Test
  void directory_isFoundAgainWithoutAnyLookup() {
    rig.openBreaker();
    int before = rig.plc.count();
    rig.advance(Duration.ofMinutes(5));
    assertThat(directory.directoryAvailable()).isFalse();
    int trials = rig.plc.count() - before;
    assertThat(trials).isBetween(9, 14); // after 1, 2, 4, 8, 16, and then every 30 s or so

    rig.mendPlc();
    rig.advance(Duration.ofSeconds(36));

    assertThat(directory.directoryAvailable()).isTrue();
    assertThat(directory.counters().directories()).containsExactly(DirectoryState.CLOSED);
    assertThat(rig.plc.count()).isEqualTo(before + trials + 1);
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
  }

  @Test
  void directory_isHalfOpenDuringATrial() {
    rig.openBreaker();
    rig.time.advance(Duration.ofSeconds(2));

    assertThat(directory.counters().directories()).containsExactly(DirectoryState.HALF_OPEN);
    assertThat(directory.directoryAvailable()).isFalse();
    assertThat(reason(rig.get(directory.lookupAsync(ALICE)))).isEqualTo(Reason.DIRECTORY_DOWN);
    assertThat(directory.counters().directories()).containsExactly(DirectoryState.OPEN);
  }

  // The directory answers, but stumbles over one DID: that one may not keep it closed for all.
  @Test
  void directory_isTriedWithDifferentDids() {
    rig.openBreaker();
    Did stumbling = rig.plc.asked().get(rig.plc.count() - 1);
    rig.mendPlc();
    rig.plc.answer(stumbling, ScriptedResolver.failed(Reason.BAD_STATUS));
    rig.advance(Duration.ofMinutes(1));

    assertThat(directory.directoryAvailable()).isTrue();
  }

  // What was refused while it was down is asked again when it is up, not a minute later: parked
  // events live for half a minute.
  @Test
  void recovery_endsTheRetryTimesOfAll() {
    rig.openBreaker();
    Did early = rig.plc.asked().get(0);
    assertThat(reason(rig.lookup(early))).isEqualTo(Reason.BAD_STATUS);
    assertThat(reason(rig.lookup(ALICE))).isEqualTo(Reason.DIRECTORY_DOWN);
    rig.mendPlc();
    rig.advance(Duration.ofSeconds(2));
    assertThat(directory.directoryAvailable()).isTrue();

    assertThat(rig.lookup(early)).isInstanceOf(Found.class);
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
  }

  @Test
  void directory_thatIsDownLeavesWhatIsKnown() {
    rig.lookup(ALICE);
    rig.lookup(BOB);
    directory.markStale(BOB);
    rig.openBreaker();
    rig.time.advance(Duration.ofDays(2));

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY);
    assertThat(directory.cached(ALICE)).isInstanceOf(Found.class); // at once, without a flight
    assertThat(directory.cached(BOB)).isInstanceOf(Found.class);
    assertThat(reason(rig.lookup(DirectoryRig.did(1)))).isEqualTo(Reason.DIRECTORY_DOWN);
  }

  // The answers that were under way are enough of a sign.
  @Test
  void directory_isBackWithAnySuccess() {
    CompletableFuture<IdentityLookup> slow = directory.lookupAsync(ALICE);
    rig.plc.answer(ALICE, ScriptedResolver.found(ALICE, SampleDocument.MULTIKEY));
    ManualExecutor executor = rig.executor;
    rig.plc.answer(
        did ->
            did.equals(ALICE)
                ? ScriptedResolver.found(ALICE, SampleDocument.MULTIKEY)
                : ScriptedResolver.failed(Reason.TIMEOUT));
    for (int i = 0; i < 8; i++) {
      rig.begin(DirectoryRig.did(i));
    }
    executor.rotate(); // the slow one comes last
    while (executor.size() > 1) {
      executor.runOne();
    }
    assertThat(directory.directoryAvailable()).isFalse();
    executor.runAll();

    assertThat(slow).isCompletedWithValueMatching(Found.class::isInstance);
    assertThat(directory.directoryAvailable()).isTrue();
  }

  // 429 is not the DID's fault, and a directory that says so means it.
  @Test
  void directory_thatLimitsUsIsLeftAloneForAsLongAsItSays() {
    rig.plc.answer(ScriptedResolver.limited(Duration.ofSeconds(20)));

    assertThat(reason(rig.lookup(ALICE))).isEqualTo(Reason.DIRECTORY_DOWN);
    assertThat(directory.counters().failed(Reason.RATE_LIMITED)).isEqualTo(1);
    assertThat(directory.directoryAvailable()).isFalse();
    rig.mendPlc();
    rig.advance(Duration.ofSeconds(20).minusMillis(1));
    assertThat(rig.plc.count()).isEqualTo(1);
    rig.advance(Duration.ofSeconds(5));

    assertThat(directory.directoryAvailable()).isTrue();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class); // no retry time of its own
  }

  @Test
  void directory_thatLimitsUsForTooLongIsTriedEarlier() {
    rig.plc.answer(ScriptedResolver.limited(Duration.ofDays(1_000)));
    rig.lookup(ALICE);
    rig.mendPlc();
    rig.advance(Duration.ofMinutes(6));

    assertThat(directory.directoryAvailable()).isTrue();
  }

  // Each host of did:web fails for itself; anybody can put up a hundred that fail.
  @Test
  void hosts_thatFailSayNothingAboutOthers() {
    rig.web.answer(ScriptedResolver.failed(Reason.TIMEOUT));
    for (int i = 0; i < 100; i++) {
      rig.lookup(Did.parse("did:web:host" + i + ".example.com"));
      rig.time.advance(Duration.ofMillis(50));
    }
    rig.web.answer(WEB, ScriptedResolver.found(WEB, SampleDocument.MULTIKEY));

    assertThat(rig.lookup(WEB)).isInstanceOf(Found.class);
    assertThat(directory.directoryAvailable()).isTrue();
  }

  // Several directories.

  @Test
  void second_isAskedWhenTheFirstFails() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.breakPlc();

    assertThat(two.lookup(ALICE)).isInstanceOf(Found.class);
    assertThat(two.plc.count()).isEqualTo(1);
    assertThat(two.second.count()).isEqualTo(1);
  }

  @Test
  void second_isNotAskedForAVerdict() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.plc.answer(ALICE, new DidResolution.NotFound());

    assertThat(two.lookup(ALICE)).isInstanceOf(NotFound.class);
    assertThat(two.second.count()).isZero();
  }

  @Test
  void second_isAskedAloneWhileTheFirstIsDown() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.breakPlc();
    for (int i = 0; i < 20; i++) {
      assertThat(two.lookup(DirectoryRig.did(i))).isInstanceOf(Found.class);
      two.time.advance(Duration.ofMillis(20));
    }
    assertThat(two.plc.count()).isEqualTo(8);
    assertThat(two.second.count()).isEqualTo(20);
    assertThat(two.directory.directoryAvailable()).isTrue();
    assertThat(two.directory.counters().directories())
        .containsExactly(DirectoryState.OPEN, DirectoryState.CLOSED);
  }

  @Test
  void second_failsToo() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.breakPlc();
    two.second.answer(ScriptedResolver.failed(Reason.TIMEOUT));
    assertThat(reason(two.lookup(ALICE))).isEqualTo(Reason.TIMEOUT);
    two.openBreaker();

    assertThat(two.directory.directoryAvailable()).isFalse();
    assertThat(reason(two.lookup(BOB))).isEqualTo(Reason.DIRECTORY_DOWN);
  }

  @Test
  void second_takesOverWhatTheFirstHasInItsQueue() {
    DirectoryRig two =
        new DirectoryRig(2, builder -> builder.plcLimits(new RequestLimits(8, 1_000, 1_000)));
    two.breakPlc();
    List<CompletableFuture<IdentityLookup>> lookups = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      lookups.add(two.directory.lookupAsync(DirectoryRig.did(i)));
    }
    two.executor.runAll();

    assertThat(two.plc.count()).isLessThan(16); // eight failures, and what they made room for
    assertThat(lookups)
        .allSatisfy(
            lookup -> assertThat(lookup).isCompletedWithValueMatching(Found.class::isInstance));
  }

  // ID-14: a replica that lags and a directory that is silent are, together, no "not found".
  @Test
  void second_isNotBelievedThatADidDoesNotExist() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.breakPlc();
    two.second.answer(new DidResolution.NotFound());

    assertThat(reason(two.lookup(ALICE))).isEqualTo(Reason.BAD_STATUS);
    for (int i = 0; i < 7; i++) {
      two.time.advance(Duration.ofMillis(20));
      two.lookup(DirectoryRig.did(i));
    }
    assertThat(two.directory.counters().directories())
        .containsExactly(DirectoryState.OPEN, DirectoryState.CLOSED);
    assertThat(reason(two.lookup(BOB))).isEqualTo(Reason.DIRECTORY_DOWN);
    assertThat(two.directory.counters().endpoints().get(1).doubted()).isGreaterThanOrEqualTo(2);

    // And what was not believed is not remembered: the first is back and is asked.
    two.mendPlc();
    two.advance(Duration.ofSeconds(10));
    assertThat(two.lookup(BOB)).isInstanceOf(Found.class);
  }

  @Test
  void second_doesNotTakeAwayWhatIsKnown() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.lookup(ALICE);
    two.breakPlc();
    two.second.answer(new DidResolution.NotFound());
    two.time.advance(Duration.ofHours(25));

    assertThat(two.lookup(ALICE)).isInstanceOf(Found.class);
  }

  // The first tells us to come later, or its queue is full: that is silence, too.
  @Test
  void second_isNotBelievedWhileTheFirstIsBusy() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.plc.answer(ScriptedResolver.limited(null));
    two.second.answer(new DidResolution.NotFound());

    assertThat(reason(two.lookup(ALICE))).isEqualTo(Reason.DIRECTORY_DOWN);
  }

  // The owner has signed it, wherever it comes from.
  @Test
  void second_isBelievedATombstone() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.breakPlc();
    two.second.answer(new DidResolution.Tombstoned());

    assertThat(two.lookup(ALICE)).isInstanceOf(IdentityLookup.Tombstoned.class);
  }

  @Test
  void endpoints_areCountedEachForItself() {
    DirectoryRig two = new DirectoryRig(2, builder -> builder);
    two.lookup(ALICE);
    two.plc.answer(new DidResolution.NotFound());
    two.lookup(BOB);
    two.breakPlc();
    two.lookup(DirectoryRig.did(1));

    EndpointCounters first = two.directory.counters().endpoints().get(0);
    EndpointCounters second = two.directory.counters().endpoints().get(1);

    assertThat(first)
        .isEqualTo(new EndpointCounters("scripted", DirectoryState.CLOSED, 3, 1, 1, 1, 0, 0));
    assertThat(second)
        .isEqualTo(new EndpointCounters("scripted", DirectoryState.CLOSED, 1, 1, 0, 0, 0, 0));
  }

  // Our own limits.

  @Test
  void requests_areLimitedInNumber() {
    DirectoryRig few =
        new DirectoryRig(builder -> builder.plcLimits(new RequestLimits(3, 1_000, 4)));
    List<CompletableFuture<IdentityLookup>> lookups = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lookups.add(few.directory.lookupAsync(DirectoryRig.did(i)));
    }

    assertThat(few.executor.size()).isEqualTo(3);
    assertThat(few.directory.counters().queued()).isEqualTo(4);
    assertThat(lookups.subList(7, 10))
        .allSatisfy(
            lookup ->
                assertThat(lookup)
                    .isCompletedWithValueMatching(v -> reason(v) == Reason.TOO_MANY_REQUESTS));
    few.executor.runAll();
    assertThat(lookups.subList(0, 7))
        .allSatisfy(
            lookup -> assertThat(lookup).isCompletedWithValueMatching(Found.class::isInstance));
    assertThat(few.directory.counters().failed(Reason.TOO_MANY_REQUESTS)).isEqualTo(3);
    // Refused by us, so not a failure of the DID.
    assertThat(few.lookup(DirectoryRig.did(9))).isInstanceOf(Found.class);
  }

  // ID-16.
  @Test
  void requests_areLimitedPerSecond() {
    DirectoryRig slow =
        new DirectoryRig(
            builder ->
                builder
                    .plcLimits(new RequestLimits(1_000, 50, 1_000))
                    .lookupTimeout(Duration.ofMinutes(5)));
    for (int i = 0; i < 200; i++) {
      slow.begin(DirectoryRig.did(i));
    }
    slow.executor.runAll();
    int burst = slow.plc.count();
    assertThat(burst).isBetween(1, 6);
    slow.advance(SECOND);
    assertThat(slow.plc.count() - burst).isBetween(49, 51);
    slow.advance(SECOND);
    assertThat(slow.plc.count() - burst).isBetween(99, 101);
    slow.advance(Duration.ofSeconds(3));
    assertThat(slow.plc.count()).isEqualTo(200);
  }

  @Test
  void requests_ofOneMethodDoNotWaitForTheOther() {
    for (int i = 0; i < 500; i++) {
      rig.begin(Did.parse("did:web:host" + i + ".example.com"));
    }
    int queuedForWeb = rig.executor.size();

    rig.begin(ALICE);

    assertThat(rig.executor.size()).isEqualTo(queuedForWeb + 1);
  }

  // Faults of ours.

  @Test
  void resolverThatThrows_isSeen() {
    rig.plc.answer(
        did -> {
          throw new IllegalStateException("broken resolver");
        });

    CompletableFuture<IdentityLookup> lookup = directory.lookupAsync(ALICE);
    rig.executor.runAll();

    assertThat(lookup).isCompletedExceptionally();
    assertThatThrownBy(() -> Waiting.await(lookup)).hasMessage("broken resolver");
    rig.mendPlc();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
  }

  @Test
  void executorThatIsFull_isNoFailureOfTheDirectory() {
    DirectoryRig full =
        new DirectoryRig(
            builder ->
                builder.executor(
                    task -> {
                      throw new RejectedExecutionException();
                    }));

    assertThat(reason(full.lookup(ALICE))).isEqualTo(Reason.CLOSED);
    assertThat(full.directory.directoryAvailable()).isTrue();
  }

  // The end.

  @Test
  void close_endsEveryWait() {
    rig.lookup(BOB);
    CompletableFuture<IdentityLookup> running = directory.lookupAsync(ALICE);
    List<CompletableFuture<IdentityLookup>> queued = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      queued.add(directory.lookupAsync(DirectoryRig.did(i)));
    }

    directory.close();

    assertThat(running).isCompletedWithValueMatching(lookup -> reason(lookup) == Reason.CLOSED);
    assertThat(queued)
        .allSatisfy(
            lookup ->
                assertThat(lookup).isCompletedWithValueMatching(v -> reason(v) == Reason.CLOSED));
    assertThat(reason(rig.lookup(DirectoryRig.did(2_000)))).isEqualTo(Reason.CLOSED);
    assertThat(rig.lookup(BOB)).isInstanceOf(Found.class); // memory is still there
    assertThat(directory.counters().queued()).isZero();
  }

  // A trial goes on until it succeeds, but not beyond the directory's life.
  @Test
  void close_endsTheTrials() {
    rig.openBreaker();
    directory.close();
    int before = rig.plc.count();
    rig.advance(Duration.ofMinutes(5));

    assertThat(rig.plc.count()).isEqualTo(before);
    assertThat(rig.time.pendingTasks()).isZero();
  }

  // What ends by our own doing says nothing about the directory, and is still the end of a trial.
  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"INTERRUPTED", "CLOSED"})
  void directory_isNotBlamedForOurInterruptions(Reason reason) {
    rig.plc.answer(ScriptedResolver.failed(reason));
    for (int i = 0; i < 20; i++) {
      rig.lookup(DirectoryRig.did(i));
      rig.time.advance(Duration.ofMillis(20));
    }
    assertThat(directory.directoryAvailable()).isTrue();

    rig.openBreaker();
    rig.plc.answer(ScriptedResolver.failed(reason));
    rig.advance(Duration.ofSeconds(2));
    rig.mendPlc();
    rig.advance(Duration.ofSeconds(5));
    assertThat(directory.directoryAvailable()).isTrue();
  }

  @Test
  void lookup_thatIsInterruptedEnds() {
    Thread.currentThread().interrupt();

    IdentityLookup interrupted = directory.lookup(ALICE);

    assertThat(reason(interrupted)).isEqualTo(Reason.INTERRUPTED);
    assertThat(Thread.interrupted()).isTrue();
  }
}
