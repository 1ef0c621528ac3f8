// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.CommitVerifier;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.testing.Readme;
import java.security.SecureRandom;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerifyACommitTest {
  @Test
  void page_showsThisCode() {
    Readme.assertPageShowsCodeOf(VerifyACommitTest.class, "docs", "tasks/verify-a-commit.md");
  }

  @Test
  void example_remembersWhatIsTrue() {
    Network network = new Network();
    PublicKey key = network.account.publicKey();
    assertThat(verify(network.messages.get(2), key)).isNotNull();
    assertThat(verify(network.messages.get(2), network.network.account(1).publicKey())).isNull();
  }

  private static @Nullable RepoState verify(Bytes message, PublicKey key) {
    RepoState last = null;
    FrameCodec codec = new FrameCodec(); // these two belong to one thread
    CommitVerifier verifier = CommitVerifier.strict(new SecureRandom());
    if (codec.decode(message) instanceof Frame.Message(CommitEvent commit)) {
      switch (verifier.verify(commit, key, last, Instant.now())) {
        case Accept accept -> last = accept.next(); // for the next commit of this account
        case Reject reject -> System.out.println("not true: " + reject.fault());
      }
    }
    return last;
  }
}
