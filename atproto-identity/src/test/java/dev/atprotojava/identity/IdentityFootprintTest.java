// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.IdentityLookup.Found;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A relay remembers millions. A field more in the wrong place is fifty megabytes. */
class IdentityFootprintTest {
  private static final int WARM_UP = 2_000;
  private static final int ENTRIES = 20_000;

  @Test
  void entry_takesAboutAsMuchAsTheDocumentationSays() {
    DidResolver plc =
        did -> {
          int n = did.hashCode() & 1023;
          SampleDocument document =
              SampleDocument.of(did)
                  .withNames("[\"at://user%04d.example.com\"]".formatted(n)) // 20 characters
                  .withEndpoint("https://pds" + n % 50 + ".example.com");
          return new DidResolution.Resolved(
              DidDocument.parse(did, document.bytes(), AddressPolicy.publicOnly()));
        };
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (CachingDirectory directory =
        CachingDirectory.builder(List.of(plc), plc)
            .maxEntries(1 << 17)
            .plcLimits(new RequestLimits(1, 1_000_000_000, 1))
            .executor(thread)
            .build()) {
      fill(directory, 0, WARM_UP);
      long before = usedBytes();
      fill(directory, WARM_UP, WARM_UP + ENTRIES);
      long bytesEach = (usedBytes() - before) / ENTRIES;

      assertThat(directory.counters().entries()).isEqualTo(WARM_UP + ENTRIES);
      assertThat(bytesEach).isBetween(250L, 350L);
    } finally {
      thread.shutdown();
    }
  }

  private static void fill(CachingDirectory directory, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(directory.lookup(DirectoryRig.did(i)) instanceof Found).isTrue();
    }
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
