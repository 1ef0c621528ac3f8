// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup.Found;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A relay that begins with nothing on a network in full swing: its events wait for identities that
 * are asked for at the rate that the directory allows. Damage: a queue that grows until every
 * answer comes too late, so that nothing is emitted at all.
 *
 * <p>The model, in virtual time, and a tenth of the size of a network in all its rates, which
 * changes nothing in their ratios: 100 events a second of 300,000 accounts, of which the one of
 * rank r is active in proportion to 1/r<sup>0.9</sup>; a directory that takes 100 ms and is asked
 * 50 times a second. An event passes when its identity is known within 30 s of its coming, as in a
 * lane; a lookup that is refused or sent away costs the event.
 */
class ColdStartTest {
  private static final double SKEW = 0.9;
  private static final int ACCOUNTS = 300_000;
  private static final int EVENTS_PER_SECOND = 100;
  private static final int REQUESTS_PER_SECOND = 50;
  private static final int MINUTES = 10;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PARKED = Duration.ofSeconds(30);
  private static final Duration STEP = Duration.ofMillis(10);

  private final SplittableRandom random = new SplittableRandom(1);
  private final ManualTime time = new ManualTime();
  private final ScriptedResolver plc = new ScriptedResolver();
  private final int[] passed = new int[MINUTES];
  private final double[] reach = reach();

  /** The share of events of the accounts up to each rank. */
  private static double[] reach() {
    double[] sums = new double[ACCOUNTS];
    double sum = 0;
    for (int rank = 0; rank < ACCOUNTS; rank++) {
      sum += Math.pow(rank + 1.0, -SKEW);
      sums[rank] = sum;
    }
    for (int rank = 0; rank < ACCOUNTS; rank++) {
      sums[rank] /= sum;
    }
    return sums;
  }

  private Did author() {
    int found = Arrays.binarySearch(reach, random.nextDouble());
    return DirectoryRig.did(Math.min(found < 0 ? -found - 1 : found, ACCOUNTS - 1));
  }

  @Test
  void coldStart_passesNearlyEverythingAfterTenMinutes() {
    try (CachingDirectory directory =
        CachingDirectory.builder(List.of(plc), new ScriptedResolver())
            .plcLimits(new RequestLimits(64, REQUESTS_PER_SECOND, 2_000))
            .executor(task -> time.schedule(LATENCY.toNanos(), task))
            .timer(time)
            .clock(time, time)
            .random(new SplittableRandom(2))
            .build()) {
      int steps = (int) Duration.ofMinutes(MINUTES).dividedBy(STEP);
      for (int step = 0; step < steps; step++) {
        lookUp(directory, author(), step * MINUTES / steps); // a hundred a second
        time.advance(STEP);
      }
      time.advance(PARKED);
    }
    double[] shares =
        Arrays.stream(passed).mapToDouble(n -> n / 60.0 / EVENTS_PER_SECOND).toArray();
    assertThat(shares[MINUTES - 1]).as(Arrays.toString(shares)).isGreaterThan(0.95);
    // The model is of some use only if it begins with a directory that cannot keep up.
    assertThat(shares[0]).as(Arrays.toString(shares)).isBetween(0.3, 0.95);
    assertThat(plc.count()).isLessThanOrEqualTo(MINUTES * 60 * REQUESTS_PER_SECOND + 60 * 50);
  }

  private void lookUp(CachingDirectory directory, Did did, int minute) {
    Instant came = time.instant();
    CompletableFuture<Void> unused =
        directory
            .lookupAsync(did)
            .thenAccept(
                answer -> {
                  boolean inTime = !time.instant().isAfter(came.plus(PARKED));
                  passed[minute] += answer instanceof Found && inTime ? 1 : 0;
                });
  }
}
