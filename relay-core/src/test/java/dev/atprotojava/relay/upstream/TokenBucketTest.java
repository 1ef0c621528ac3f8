// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Catches a bucket that gives more than burst and rate, or less to one who waits. */
class TokenBucketTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void take_givesABurstAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(3, 2, -7);
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.take(-7)).isTrue();
    }
    assertThat(bucket.take(-7)).isFalse();
    assertThat(bucket.take(-7 + SECOND / 2 + 1)).isTrue();
    assertThat(bucket.take(-7 + SECOND / 2 + 1)).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.take(100 * SECOND)).as("never more than the burst").isTrue();
    }
    assertThat(bucket.take(100 * SECOND)).isFalse();
  }

  /**
   * Between any two moments at most burst + rate * time; and nobody is refused who has that due.
   */
  @Test
  void take_any_isWithinBurstAndRate() {
    Gen.forAll(
        200,
        gen -> {
          int burst = gen.between(1, 20);
          double perSecond = gen.between(1, 1000) / 10.0;
          TokenBucket bucket = new TokenBucket(burst, perSecond, 0);
          List<Long> given = new ArrayList<>();
          long now = 0;
          long lastRefused = 0;
          for (int i = 0; i < 200; i++) {
            now += gen.nextInt((int) Math.min(SECOND, SECOND / perSecond * 2));
            if (bucket.take(now)) {
              given.add(now);
              for (int from = 0; from < given.size(); from++) {
                double due = burst + (now - given.get(from)) * perSecond / SECOND;
                assertThat((double) (given.size() - from)).isLessThanOrEqualTo(due + 1e-6);
              }
            } else {
              long since = Math.max(lastRefused, given.isEmpty() ? 0 : given.getLast());
              assertThat((now - since) * perSecond / SECOND)
                  .as("due since somebody was last refused or given")
                  .isLessThan(1 + 1e-6);
              lastRefused = now;
            }
          }
        });
  }
}
