// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.sync.ChainAction.Apply;
import dev.atprotojava.sync.ChainAction.Resync;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.testing.Readme;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  private final FrameCodec codec = new FrameCodec();
  private final CommitVerifier verifier = CommitVerifier.strict(new SecureRandom());
  private final List<String> done = new ArrayList<>();
  private AccountChain chain = AccountChain.unknown();
  private @Nullable RepoState last;

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-sync");
  }

  private String judge(Bytes message, PublicKey key, Instant now) {
    if (codec.decode(message) instanceof Frame.Message(CommitEvent commit)) {
      switch (verifier.verify(commit, key, last, now)) {
        case Accept accept -> last = accept.next(); // and accept.chain() says what came before
        case Reject(CommitFault fault) -> {
          return "dropped: " + fault;
        }
      }
    }
    return "passed";
  }

  private void keep(CommitEvent commit, CommitVerdict verdict) {
    ChainStep step = chain.step(new ChainInput.Commit(commit, verdict));
    switch (step.action()) {
      case Apply apply -> store(commit.ops(), apply.next());
      case Resync resync -> fetch(commit.did()); // and step(new ResyncBegun()) before the request
      default -> {} // the other actions are as plain
    }
    chain = step.next();
  }

  private void store(List<RepoOp> ops, RepoState next) {
    done.add(ops.size() + " operations, then " + next.rev());
  }

  private void fetch(Did did) {
    done.add("fetch " + did);
  }

  @Test
  void chainExample_appliesAndFetches() {
    SampleRepo repo = new SampleRepo();
    CommitEvent first = repo.commit().commitEvent();
    CommitEvent second = repo.put("com.example.record/a", "hi").commit().commitEvent();
    repo.put("com.example.record/b", "hi").commit();
    CommitEvent fourth = repo.put("com.example.record/c", "hi").commit().commitEvent();
    for (CommitEvent each : List.of(first, second, fourth)) {
      keep(each, verifier.verify(each, SampleRepo.KEY.publicKey(), null, SampleRepo.NOW));
    }
    assertThat(done)
        .containsExactly(
            "0 operations, then " + first.rev(),
            "1 operations, then " + second.rev(),
            "fetch " + SampleRepo.DID);
  }

  @Test
  void example_remembersWhatItAccepts() {
    SampleRepo repo = new SampleRepo();
    PublicKey key = SampleRepo.KEY.publicKey();
    CommitDraft first = repo.commit();
    CommitDraft second = repo.put("com.example.record/a", "hi").commit();

    assertThat(judge(first.frame(), key, SampleRepo.NOW)).isEqualTo("passed");
    assertThat(judge(second.frame(), key, SampleRepo.NOW)).isEqualTo("passed");
    assertThat(last).isEqualTo(second.state());
    Instant earlier = SampleRepo.NOW.minusSeconds(1_000_000_000);
    assertThat(judge(second.frame(), key, earlier)).isEqualTo("dropped: FUTURE_REV");
  }
}
