// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private static final long MINUTE = 60_000_000_000L;

  /** Damage: percentiles that flatter: a bucket's lower end, a rank that is one too low. */
  @Test
  void millis_anyTimes_isTheRankWithinABucket() {
    Gen.forAll(
        300,
        gen -> {
          long[] nanos = new long[1 + gen.nextInt(500)];
          LatencyHistogram histogram = new LatencyHistogram();
          for (int i = 0; i < nanos.length; i++) {
            nanos[i] = Math.floorMod(gen.anyMagnitude(), MINUTE);
            histogram.add(nanos[i]);
          }
          Arrays.sort(nanos);
          for (double share : new double[] {0.5, 0.99, 1}) {
            double exact = nanos[(int) Math.ceil(share * nanos.length) - 1] / 1e6;
            assertThat(histogram.millis(share)).isBetween(exact, exact * 1.07 + 0.001);
          }
          assertThat(histogram.maxMillis()).isEqualTo(nanos[nanos.length - 1] / 1e6);
        });
  }

  /** Damage: a division by nothing in the first second. */
  @Test
  void millis_withoutTimes_isZero() {
    assertThat(new LatencyHistogram().millis(0.99)).isZero();
  }
}
