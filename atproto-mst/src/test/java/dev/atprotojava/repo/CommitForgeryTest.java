// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static dev.atprotojava.repo.Repos.PUBLIC;
import static dev.atprotojava.repo.Repos.SIGNER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarException;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.repo.Repos.Host;
import dev.atprotojava.testing.Gen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What a reader of a {@code #commit} relies on: the true message passes, and none that differs from
 * it in an operation, a block or {@code prevData} does (MST-51 to MST-55).
 */
class CommitForgeryTest {
  private record Message(Bytes blocks, List<RecordOp> ops, Cid prevData) {}

  private static Message message(WrittenCommit commit) {
    Cid prevData = commit.prevData();
    return new Message(
        commit.toBlocks(), commit.ops(), prevData == null ? Mst.EMPTY_ROOT : prevData);
  }

  /** The checks of a reader, as short as they can be said. */
  private static boolean passes(Message message) {
    CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(1));
    try {
      slice.load(message.blocks);
      RepoCommit commit = slice.commit();
      if (commit == null || !commit.isSignedBy(PUBLIC)) {
        return false;
      }
      Mst after = slice.tree(commit.data());
      for (RecordOp op : message.ops) {
        boolean fits =
            switch (op) {
              case RecordOp.Create create -> has(slice, after, create.path(), create.cid());
              case RecordOp.Update update -> has(slice, after, update.path(), update.cid());
              case RecordOp.Delete delete -> after.find(delete.path()) == null;
            };
        if (!fits) {
          return false;
        }
      }
      return OpInversion.invert(after, message.ops).root().equals(message.prevData);
    } catch (CarException | MstException | InvalidCommitException refused) {
      return false;
    }
  }

  private static boolean has(CommitSlice slice, Mst after, Bytes path, Cid cid) {
    return cid.equals(after.find(path)) && slice.find(cid) != null;
  }

  @Test
  void message_isRefusedWhateverIsChanged() {
    Gen.forAll(
        60,
        gen -> {
          Host host = Host.of(gen, gen.nextInt(2 * gen.size()));
          Message truth = message(host.write(SIGNER, host.writes(gen, 1 + gen.nextInt(10))));
          assertThat(passes(truth)).isTrue();
          assertThat(passes(new Message(truth.blocks, truth.ops, Cid.ofDagCbor(gen.bytes(4)))))
              .isFalse();
          for (int i = 0; i < 5; i++) {
            byte[] blocks = truth.blocks.toByteArray();
            int at = 59 + gen.nextInt(blocks.length - 59);
            blocks[at] ^= (byte) (1 << gen.nextInt(8));
            assertThat(passes(new Message(Bytes.wrap(blocks), truth.ops, truth.prevData)))
                .as("byte %d of %d", at, blocks.length)
                .isFalse();
          }
          for (int i = 0; i < truth.ops.size(); i++) {
            List<RecordOp> ops = new ArrayList<>(truth.ops);
            RecordOp op = ops.remove(i);
            assertThat(passes(new Message(truth.blocks, ops, truth.prevData)))
                .as("without %s", op)
                .isFalse();
            for (RecordOp other : others(gen, op)) {
              ops.add(i, other);
              assertThat(passes(new Message(truth.blocks, ops, truth.prevData)))
                  .as("%s for %s", other, op)
                  .isFalse();
              ops.remove(i);
            }
          }
          List<RecordOp> more = new ArrayList<>(truth.ops);
          more.add(new RecordOp.Delete(Repos.key(Repos.path(gen)), Mst.EMPTY_ROOT));
          assertThat(passes(new Message(truth.blocks, more, truth.prevData))).isFalse();
        });
  }

  private static List<RecordOp> others(Gen gen, RecordOp op) {
    Cid cid = Cid.ofDagCbor(gen.bytes(5));
    byte[] path = op.path().toByteArray();
    path[path.length - 1] ^= 1;
    Bytes aside = Bytes.wrap(path);
    return switch (op) {
      case RecordOp.Create create ->
          Arrays.asList(
              new RecordOp.Create(create.path(), cid),
              new RecordOp.Create(aside, create.cid()),
              new RecordOp.Update(create.path(), create.cid(), cid),
              new RecordOp.Delete(create.path(), create.cid()));
      case RecordOp.Update update ->
          Arrays.asList(
              new RecordOp.Update(update.path(), cid, update.prev()),
              new RecordOp.Update(update.path(), update.cid(), cid),
              new RecordOp.Update(aside, update.cid(), update.prev()),
              new RecordOp.Create(update.path(), update.cid()),
              new RecordOp.Delete(update.path(), update.prev()));
      case RecordOp.Delete delete ->
          Arrays.asList(
              new RecordOp.Delete(delete.path(), cid),
              new RecordOp.Delete(aside, delete.prev()),
              new RecordOp.Create(delete.path(), delete.prev()),
              new RecordOp.Update(delete.path(), cid, delete.prev()));
    };
  }
}
