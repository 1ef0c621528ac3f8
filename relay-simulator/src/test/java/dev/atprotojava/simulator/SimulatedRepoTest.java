// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.mst.MstWorkspace;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulatedRepoTest {
  private static final RecordPath PATH = RecordPath.parse("com.example.record/a");
  private static final Bytes BLOCK = Bytes.fromHex("a0");

  private final SigningKey key = SigningKey.parseK256(secret());
  private final SimulatedRepo repo =
      new SimulatedRepo(
          Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
          new VirtualClock(Networks.START),
          new SplittableRandom(1),
          new MstWorkspace());

  private static byte[] secret() {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[31] = 7;
    return secret;
  }

  private static @Nullable Tid since(SimulatedCommit commit) {
    return commit.since();
  }

  /** Damage: a first commit that claims a predecessor, or a second one that does not. */
  @Test
  void commit_inSequence_namesWhatCameBefore() {
    SimulatedCommit first = repo.commit(List.of(new RecordWrite.Create(PATH, BLOCK)), key);
    SimulatedCommit second = repo.commit(List.of(new RecordWrite.Delete(PATH)), key);

    assertThat(since(first)).isNull();
    assertThat(first.prevData()).isNull();
    assertThat(since(second)).isEqualTo(first.commit().rev());
    assertThat(second.prevData()).isEqualTo(first.commit().data());
    assertThat(second.commit().data()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(second.commit().rev()).isGreaterThan(first.commit().rev());
    assertThat(repo.size()).isZero();
  }

  /** Damage: a refused write that changes the repository all the same. */
  @Test
  void commit_ofWritesThatDoNotFit_changesNothing() {
    repo.commit(List.of(new RecordWrite.Create(PATH, BLOCK)), key);
    SimulatedCommit head = repo.head();

    assertThatThrownBy(() -> repo.commit(List.of(new RecordWrite.Create(PATH, BLOCK)), key))
        .isInstanceOf(MstException.class);
    RecordPath other = RecordPath.parse("com.example.record/b");
    assertThatThrownBy(() -> repo.commit(List.of(new RecordWrite.Update(other, BLOCK)), key))
        .isInstanceOf(MstException.class);
    assertThatThrownBy(() -> repo.commit(List.of(new RecordWrite.Delete(other)), key))
        .isInstanceOf(MstException.class);

    assertThat(repo.head()).isSameAs(head);
    assertThat(repo.size()).isEqualTo(1);
    assertThat(repo.contains(PATH)).isTrue();
  }

  /** Damage: hostile frames, which are prepared and never done, that move the real repository. */
  @Test
  void prepare_leavesTheRepositoryAsItWas() {
    repo.commit(List.of(new RecordWrite.Create(PATH, BLOCK)), key);
    SimulatedCommit head = repo.head();

    SimulatedCommit prepared = repo.prepare(List.of(new RecordWrite.Delete(PATH)), key);

    assertThat(prepared.commit().data()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(repo.head()).isSameAs(head);
    assertThat(repo.contains(PATH)).isTrue();
    assertThat(since(repo.commit(List.of(), key)))
        .isEqualTo(head == null ? null : head.commit().rev());
  }
}
