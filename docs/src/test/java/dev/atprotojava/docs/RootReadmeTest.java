// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs;

import dev.atprotojava.sync.client.InMemoryRepoStateStore;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.testing.Readme;
import org.junit.jupiter.api.Test;

/** The first lines of code that a newcomer sees must at least compile. */
class RootReadmeTest {
  @Test
  void page_showsThisCode() {
    Readme.assertPageShowsCodeOf(RootReadmeTest.class, "docs", "../README.md");
  }

  /** Not run: it would follow the whole network. {@code FollowAFirehoseTest} runs its like. */
  static void example() throws InterruptedException {
    var store = new InMemoryRepoStateStore();
    try (VerifiedFirehose firehose = VerifiedFirehose.open("bsky.network", store)) {
      firehose.run(event -> System.out.println(event));
    }
  }
}
