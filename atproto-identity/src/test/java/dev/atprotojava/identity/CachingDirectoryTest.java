// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.DirectoryRig.ALICE;
import static dev.atprotojava.identity.DirectoryRig.BOB;
import static dev.atprotojava.identity.DirectoryRig.NEW_KEY;
import static dev.atprotojava.identity.DirectoryRig.OLD_KEY;
import static dev.atprotojava.identity.DirectoryRig.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.identity.IdentityLookup.NotFound;
import dev.atprotojava.identity.IdentityLookup.Tombstoned;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.identity.IdentityLookup.Unresolvable;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered, and for how long (ID-50 to ID-54), while everybody answers. */
class CachingDirectoryTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MILLI = Duration.ofMillis(1);

  private final DirectoryRig rig = new DirectoryRig();
  private final CachingDirectory directory = rig.directory;

  @Test
  void lookup_asksOnce() {
    IdentityLookup first = rig.lookup(ALICE);
    IdentityLookup second = rig.lookup(ALICE);

    assertThat(rig.keyOf(first)).isEqualTo(OLD_KEY);
    assertThat(second).isSameAs(first);
    assertThat(rig.plc.asked()).containsExactly(ALICE);
    assertThat(directory.counters().hits()).isEqualTo(1);
    assertThat(directory.counters().misses()).isEqualTo(1);
    assertThat(directory.counters().found()).isEqualTo(1);
  }

  @Test
  void lookup_asksEachMethodAtItsPlace() {
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    assertThat(rig.lookup(WEB)).isInstanceOf(Found.class);

    assertThat(rig.plc.asked()).containsExactly(ALICE);
    assertThat(rig.web.asked()).containsExactly(WEB);
  }

  // ID-01: none of these may cost a request, however often a host sends it.
  @ParameterizedTest
  @CsvSource({
    "did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc, UNSUPPORTED_METHOD",
    "did:webvh:example.com,                                     UNSUPPORTED_METHOD",
    "did:pl:ewvi7nxzyoun6zhxrhs64oiz,                           UNSUPPORTED_METHOD",
    "did:plc:short,                                             MALFORMED",
    "did:web:example.com:path,                                  MALFORMED"
  })
  void lookup_ofWhatCanNeverBeAsksNobody(String did, Unresolvable.Cause cause) {
    Did impossible = Did.parse(did);

    assertThat(rig.lookup(impossible)).isEqualTo(new Unresolvable(cause));
    assertThat(rig.refresh(impossible)).isEqualTo(new Unresolvable(cause));
    assertThat(directory.cached(impossible)).isEqualTo(new Unresolvable(cause));
    assertThat(directory.lookup(impossible)).isEqualTo(new Unresolvable(cause));
    assertThat(rig.plc.count() + rig.web.count() + directory.counters().entries()).isZero();
  }

  @Test
  void lookup_isOneRequestForAllWhoWait() {
    CompletableFuture<IdentityLookup> first = directory.lookupAsync(ALICE);
    CompletableFuture<IdentityLookup> second = directory.lookupAsync(ALICE);
    CompletableFuture<IdentityLookup> refresh = directory.refreshAsync(ALICE);

    IdentityLookup answer = rig.get(first);

    assertThat(second).isCompletedWithValue(answer);
    assertThat(refresh).isCompletedWithValue(answer);
    assertThat(rig.plc.count()).isEqualTo(1);
    assertThat(directory.counters().coalesced()).isEqualTo(2);
  }

  // Callers are strangers to each other.
  @Test
  void lookup_thatIsCancelledIsOnlyThatOne() {
    CompletableFuture<IdentityLookup> first = directory.lookupAsync(ALICE);
    CompletableFuture<IdentityLookup> second = directory.lookupAsync(ALICE);

    first.cancel(true);

    assertThat(rig.get(second)).isInstanceOf(Found.class);
  }

  @Test
  void identity_tellsWhenItWasAskedForAndNotWhenItCame() {
    Instant asked = rig.time.instant();
    rig.plc.answer(
        did -> {
          rig.time.advance(Duration.ofSeconds(4));
          return ScriptedResolver.found(did, SampleDocument.MULTIKEY);
        });

    // A key that rotated in those four seconds may not be in it.
    assertThat(((Found) rig.lookup(ALICE)).identity().fetchedAt()).isEqualTo(asked);
  }

  // Lifetimes.

  @Test
  void lookup_beforeTheSoftLifetimeAsksNobody() {
    rig.lookup(ALICE);
    rig.time.advance(HOUR.minus(MILLI));

    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    assertThat(rig.plc.count()).isEqualTo(1);
  }

  @Test
  void lookup_afterTheSoftLifetimeTellsAndAsksBehindTheCaller() {
    rig.lookup(ALICE);
    rig.rotateKey(ALICE);
    rig.time.advance(HOUR);

    IdentityLookup atOnce = directory.cached(ALICE);
    IdentityLookup again = directory.cached(ALICE);

    assertThat(atOnce).isNotNull().isSameAs(again);
    assertThat(rig.executor.size()).isEqualTo(1); // one request, however many look
    rig.executor.runAll();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.plc.count()).isEqualTo(2);
  }

  @Test
  void lookup_afterTheHardLifetimeAsksFirst() {
    rig.lookup(ALICE);
    rig.rotateKey(ALICE);
    rig.time.advance(Duration.ofHours(24).minus(MILLI));
    assertThat(directory.cached(ALICE)).isNotNull();
    rig.time.advance(MILLI);

    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void lookup_withoutASoftLifetimeTellsUntilTheHardOne() {
    DirectoryRig relay =
        new DirectoryRig(
            builder ->
                builder.lifetimes(
                    Lifetimes.defaults().withLifetime(Duration.ofHours(24), Duration.ofHours(24))));
    relay.lookup(ALICE);
    relay.time.advance(Duration.ofHours(24).minus(MILLI));

    assertThat(relay.directory.cached(ALICE)).isNotNull();
    assertThat(relay.executor.size()).isZero();
    relay.time.advance(MILLI);
    assertThat(relay.directory.cached(ALICE)).isNull();
  }

  @Test
  void absence_isRememberedForFiveMinutes() {
    rig.plc.answer(ALICE, new DidResolution.NotFound());
    rig.plc.answer(BOB, new DidResolution.Tombstoned());
    Instant asked = rig.time.instant();

    assertThat(rig.lookup(ALICE)).isEqualTo(new NotFound(ALICE, asked));
    assertThat(rig.lookup(BOB)).isEqualTo(new Tombstoned(BOB, asked));
    rig.time.advance(Duration.ofMinutes(5).minus(MILLI));
    rig.mendPlc();
    assertThat(directory.cached(ALICE)).isEqualTo(new NotFound(ALICE, asked));
    assertThat(directory.cached(BOB)).isEqualTo(new Tombstoned(BOB, asked));
    rig.time.advance(MILLI);

    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    assertThat(rig.lookup(BOB)).isInstanceOf(Found.class);
    assertThat(directory.counters().absent()).isEqualTo(2);
  }

  // T-50: a verdict replaces an identity; only a failure does not.
  @Test
  void absence_replacesAnIdentity() {
    rig.lookup(ALICE);
    rig.plc.answer(ALICE, new DidResolution.Tombstoned());
    rig.time.advance(Duration.ofHours(24));

    assertThat(rig.lookup(ALICE)).isInstanceOf(Tombstoned.class);
  }

  // The wall clock may be set back; an identity must not become young by that for ever.
  @Test
  void lookup_survivesAClockThatIsSetBack() {
    rig.lookup(ALICE);
    rig.time.setWallClock(rig.time.instant().minus(Duration.ofDays(1)));

    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
    rig.time.advance(Duration.ofDays(2).plus(HOUR));
    assertThat(directory.cached(ALICE)).isNull();
  }

  // Marks.

  // ID-52: nothing is asked by the event itself, and the next who asks gets the new key.
  @Test
  void markStale_isHeededByTheNextLookup() {
    rig.lookup(ALICE);
    rig.rotateKey(ALICE);

    directory.markStale(ALICE);

    assertThat(rig.executor.size()).isZero();
    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(directory.cached(ALICE)).isNotNull();
    assertThat(rig.plc.count()).isEqualTo(2);
  }

  // The answer was on its way when the key changed. To keep it as fresh is to refuse the account's
  // commits for a day.
  @Test
  void markStale_overtakesAnAnswerThatIsUnderWay() {
    rig.plc.underWay(
        () -> {
          rig.rotateKey(ALICE);
          directory.markStale(ALICE);
        });

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY); // asked before the change

    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void markStale_overtakesAnAnswerToARefreshAndAnAbsence() {
    rig.lookup(ALICE);
    rig.plc.underWay(() -> directory.markStale(ALICE));
    rig.refresh(ALICE);
    assertThat(directory.cached(ALICE)).isNull();

    rig.plc.answer(BOB, new DidResolution.NotFound());
    rig.plc.underWay(() -> directory.markStale(BOB));
    assertThat(rig.lookup(BOB)).isInstanceOf(NotFound.class);
    rig.mendPlc();
    assertThat(rig.lookup(BOB)).isInstanceOf(Found.class); // the account was just made
  }

  // Whoever asks after the change may not be given an answer from before, and there is still one
  // request at a time.
  @Test
  void markStale_separatesThoseWhoAskedBeforeFromThoseWhoAskAfter() {
    CompletableFuture<IdentityLookup> before = directory.lookupAsync(ALICE);
    List<CompletableFuture<IdentityLookup>> after = new ArrayList<>();
    rig.plc.underWay(
        () -> {
          rig.rotateKey(ALICE);
          directory.markStale(ALICE);
          after.add(directory.lookupAsync(ALICE));
          directory.markStale(ALICE);
          after.add(directory.lookupAsync(ALICE));
        });
    rig.executor.runAll();

    assertThat(before).isCompletedWithValueMatching(lookup -> rig.keyOf(lookup).equals(OLD_KEY));
    assertThat(after)
        .allSatisfy(
            answer ->
                assertThat(answer)
                    .isCompletedWithValueMatching(lookup -> rig.keyOf(lookup).equals(NEW_KEY)));
    assertThat(rig.plc.count()).isEqualTo(2);
    assertThat(directory.cached(ALICE)).isNotNull();
  }

  // What waits for its turn has asked nobody yet.
  @Test
  void markStale_doesNotOvertakeARequestThatWasNotSent() {
    CompletableFuture<IdentityLookup> lookup = directory.lookupAsync(ALICE);
    rig.rotateKey(ALICE);
    directory.markStale(ALICE);

    assertThat(rig.keyOf(rig.get(lookup))).isEqualTo(NEW_KEY);
    assertThat(directory.cached(ALICE)).isNotNull();
    assertThat(rig.plc.count()).isEqualTo(1);
  }

  // A host can send as many #identity events as it likes, for any account.
  @Test
  void markStale_causesOneRequestInTenSeconds() {
    rig.lookup(ALICE);
    for (int i = 0; i < 100; i++) {
      directory.markStale(ALICE);
      assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
      assertThat(directory.cached(ALICE)).isNotNull();
    }
    assertThat(rig.plc.count()).isEqualTo(2);

    // The last mark is not forgotten.
    rig.rotateKey(ALICE);
    rig.time.advance(Duration.ofSeconds(10));
    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  @Test
  void markStale_ofADidThatDoesNotExistIsLimitedToo() {
    rig.plc.answer(ALICE, new DidResolution.NotFound());
    for (int i = 0; i < 100; i++) {
      directory.markStale(ALICE);
      assertThat(rig.lookup(ALICE)).isInstanceOf(NotFound.class);
    }
    assertThat(rig.plc.count()).isLessThanOrEqualTo(2);
  }

  @Test
  void markStale_ofAnUnknownDidRemembersNothing() {
    directory.markStale(ALICE);

    assertThat(directory.counters().entries()).isZero();
  }

  // Purges.

  // What an operator has forgotten must not come back because a directory is down.
  @Test
  void purge_forgetsWhatIsKnown() {
    rig.lookup(ALICE);
    rig.lookup(BOB);

    directory.purge(ALICE);

    assertThat(directory.cached(ALICE)).isNull();
    assertThat(directory.cached(BOB)).isInstanceOf(Found.class);
    rig.breakPlc();
    assertThat(rig.lookup(ALICE)).isInstanceOf(IdentityLookup.Unavailable.class);
  }

  @Test
  void purge_leavesNothingForALookupThatFails() {
    rig.lookup(ALICE);
    rig.time.advance(Duration.ofHours(25));
    rig.breakPlc();
    rig.plc.underWay(() -> directory.purge(ALICE));

    assertThat(rig.lookup(ALICE)).isInstanceOf(IdentityLookup.Unavailable.class);
  }

  @Test
  void purge_overtakesAnAnswerThatIsUnderWay() {
    rig.plc.underWay(
        () -> {
          directory.purge(ALICE);
          rig.rotateKey(ALICE);
        });

    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(OLD_KEY);
    assertThat(directory.cached(ALICE)).isNull();
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // Refreshes.

  @Test
  void refresh_asksThoughSomethingIsKnown() {
    rig.lookup(ALICE);
    rig.rotateKey(ALICE);

    assertThat(rig.keyOf(rig.refresh(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
  }

  // ID-53: bad signatures are free to make, and must not become requests.
  @Test
  void refresh_isDoneOnceAMinute() {
    rig.lookup(ALICE);
    rig.refresh(ALICE);
    Instant doubt = rig.time.instant().plusMillis(1);
    rig.time.advance(MINUTE.minus(MILLI));

    IdentityLookup limited = rig.refresh(ALICE);

    // How the caller sees that nothing was found out.
    assertThat(limited.isAsOf(doubt)).isFalse();
    assertThat(((Found) limited).identity().fetchedAt()).isBefore(doubt);
    assertThat(rig.plc.count()).isEqualTo(2);
    assertThat(directory.counters().refreshesLimited()).isEqualTo(1);

    rig.time.advance(MILLI);
    IdentityLookup fresh = rig.refresh(ALICE);
    assertThat(fresh.isAsOf(doubt)).isTrue();
    assertThat(((Found) fresh).identity().fetchedAt()).isAfter(doubt);
    assertThat(rig.plc.count()).isEqualTo(3);
  }

  // Each kind of answer says whether it decides a doubt: a failure never does.
  @Test
  void isAsOf_tellsOldAnswersFromNewOnes() {
    Instant now = rig.time.instant();
    Instant later = now.plusMillis(1);
    assertThat(new IdentityLookup.NotFound(ALICE, now).isAsOf(now)).isTrue();
    assertThat(new IdentityLookup.NotFound(ALICE, now).isAsOf(later)).isFalse();
    assertThat(new IdentityLookup.Tombstoned(ALICE, now).isAsOf(now)).isTrue();
    assertThat(new IdentityLookup.Tombstoned(ALICE, now).isAsOf(later)).isFalse();
    assertThat(Refusals.UNSUPPORTED_METHOD.isAsOf(later)).isTrue();
    assertThat(new IdentityLookup.Unavailable(Unavailable.Reason.TIMEOUT, later).isAsOf(now))
        .isFalse();
  }

  // Else the one refresh of the minute is spent on an answer from before the doubt.
  @Test
  void refresh_doesNotTakeAnAnswerThatIsUnderWay() {
    CompletableFuture<IdentityLookup> lookup = directory.lookupAsync(ALICE);
    List<CompletableFuture<IdentityLookup>> refresh = new ArrayList<>();
    rig.plc.underWay(
        () -> {
          rig.rotateKey(ALICE);
          refresh.add(directory.refreshAsync(ALICE));
        });

    assertThat(rig.keyOf(rig.get(lookup))).isEqualTo(OLD_KEY);
    assertThat(rig.keyOf(rig.get(refresh.get(0)))).isEqualTo(NEW_KEY);
    assertThat(rig.keyOf(rig.lookup(ALICE))).isEqualTo(NEW_KEY);
    assertThat(rig.plc.count()).isEqualTo(2);
  }

  @Test
  void refresh_limitsEachDidForItself() {
    rig.refresh(ALICE);
    rig.refresh(BOB);

    assertThat(rig.plc.asked()).containsExactly(ALICE, BOB);
  }

  @Test
  void refresh_thatIsLimitedStillFindsWhatIsUnknown() {
    rig.breakPlc();
    rig.refresh(ALICE);
    rig.mendPlc();
    rig.time.advance(Duration.ofSeconds(50));

    assertThat(rig.refresh(ALICE)).isInstanceOf(IdentityLookup.class);
    rig.time.advance(MINUTE.multipliedBy(2));
    assertThat(rig.lookup(ALICE)).isInstanceOf(Found.class);
  }

  // Bounds.

  @Test
  void entries_areBounded() {
    DirectoryRig small = new DirectoryRig(builder -> builder.maxEntries(100));
    for (int i = 0; i < 1_000; i++) {
      assertThat(small.lookup(DirectoryRig.did(i))).isInstanceOf(Found.class);
      small.time.advance(Duration.ofMillis(20));
    }
    assertThat(small.directory.counters().entries()).isLessThanOrEqualTo(100);
  }

  @Test
  void waiters_areBounded() {
    DirectoryRig few = new DirectoryRig(builder -> builder.maxWaiters(3));
    CompletableFuture<IdentityLookup> last = few.directory.lookupAsync(ALICE);
    few.begin(ALICE);
    few.begin(ALICE);

    assertThat(few.directory.lookupAsync(ALICE))
        .isCompletedWithValueMatching(
            lookup -> ((Unavailable) lookup).reason() == Reason.TOO_MANY_REQUESTS);
    assertThat(few.get(last)).isInstanceOf(Found.class);
    assertThat(few.directory.counters().failed(Reason.TOO_MANY_REQUESTS)).isEqualTo(1);
  }

  // A relay parks events for these; none may be forgotten.
  @Test
  void waiters_areSentAwayInTime() {
    CompletableFuture<IdentityLookup> waiter = directory.lookupAsync(ALICE);
    rig.time.advance(Duration.ofSeconds(15).minus(MILLI));
    CompletableFuture<IdentityLookup> late = directory.lookupAsync(ALICE);
    assertThat(waiter).isNotDone();
    rig.time.advance(MILLI);

    assertThat(waiter)
        .isCompletedWithValueMatching(lookup -> ((Unavailable) lookup).reason() == Reason.TIMEOUT);
    assertThat(late).isDone(); // at most the limit, for those who joined late less
    assertThat(directory.counters().waitersTimedOut()).isEqualTo(1);

    // The request goes on, and the next who asks joins it.
    CompletableFuture<IdentityLookup> next = directory.lookupAsync(ALICE);
    assertThat(rig.get(next)).isInstanceOf(Found.class);
    assertThat(rig.plc.count()).isEqualTo(1);
  }

  @Test
  void waiters_areSentAwayWithWhatIsKnown() {
    rig.lookup(ALICE);
    rig.time.advance(Duration.ofHours(25));
    CompletableFuture<IdentityLookup> waiter = directory.lookupAsync(ALICE);
    rig.time.advance(Duration.ofSeconds(15));

    assertThat(waiter).isCompletedWithValueMatching(Found.class::isInstance);
    assertThat(directory.counters().staleServed()).isEqualTo(1);
  }

  @Test
  void waiters_leaveNoTimersBehind() {
    for (int i = 0; i < 100; i++) {
      rig.lookup(DirectoryRig.did(i));
      rig.time.advance(Duration.ofMillis(20));
    }
    assertThat(rig.time.pendingTasks()).isEqualTo(1);
    rig.time.advance(MINUTE);
    assertThat(rig.time.pendingTasks()).isZero();
  }
}
