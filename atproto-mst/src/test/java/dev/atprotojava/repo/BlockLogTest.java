// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.repo.InvalidRepoException.Reason;
import dev.atprotojava.testing.Gen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Against a plain list of blocks. Damage: a block that is lost, or read from where another one is,
 * when the ring grows or wraps, the index is made anew, or blocks go to the spill.
 */
class BlockLogTest {
  @Test
  void find_givesEveryBlockThatWasKept() {
    Gen.forAll(
        60,
        gen -> {
          int ringBytes = gen.oneOf(256, 1000, 70_001, 1 << 20, 1 << 30);
          MemorySpill spill = new MemorySpill();
          BlockLog log = new BlockLog(ringBytes, 1 << 20, spill, new SplittableRandom(1));
          log.keepAll();
          fillAndCheck(gen, log, gen.nextInt(30 * gen.size()));
          assertThat(spill.size() == 0 || ringBytes < 1 << 30).isTrue();
        });
  }

  // Whatever is forgotten first: the newest blocks that fit into the ring are there.
  @Test
  void find_givesTheNewestBlocksWhereNotAllAreKept() {
    Gen.forAll(
        60,
        gen -> {
          int ringBytes = 100_000 + gen.nextInt(100_000);
          BlockLog log = new BlockLog(ringBytes, 1 << 20, null, new SplittableRandom(1));
          List<byte[]> blocks = new ArrayList<>();
          for (int i = gen.nextInt(3000); i > 0; i--) {
            blocks.add(add(log, gen.bytes(4 + gen.nextInt(300))));
          }
          int bytes = 0;
          for (byte[] block : blocks.reversed()) {
            bytes += 40 + block.length;
            if (bytes > ringBytes) {
              break;
            }
            assertFound(log, block);
          }
          int all = blocks.stream().mapToInt(block -> 40 + block.length).sum();
          if (all > 2 * ringBytes) {
            assertThat(found(log, blocks.getFirst())).isFalse();
          }
        });
  }

  private static void fillAndCheck(Gen gen, BlockLog log, int count) {
    List<byte[]> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean large = gen.oneIn(200);
      blocks.add(add(log, gen.bytes(4 + gen.nextInt(large ? 200_000 : 200))));
      if (gen.oneIn(10)) {
        byte[] block = gen.oneOf(blocks);
        assertFound(log, block);
        add(log, block); // it is here already
      }
    }
    blocks.forEach(block -> assertFound(log, block));
    assertThat(found(log, new byte[] {1, 2, 3})).isFalse();
  }

  @Test
  void add_refusesMoreBlocksThanTheLimit() {
    BlockLog log = new BlockLog(1 << 20, 2, null, new SplittableRandom(1));
    log.keepAll();
    add(log, new byte[] {1});
    add(log, new byte[] {2});
    add(log, new byte[] {2}); // the same one
    assertThatThrownBy(() -> add(log, new byte[] {3}))
        .isInstanceOfSatisfying(
            InvalidRepoException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_BLOCKS));
  }

  private static byte[] add(BlockLog log, byte[] block) {
    try {
      log.add(Cid.ofRaw(block).toByteArray(), 0, block, 0, block.length);
      return block;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean found(BlockLog log, byte[] block) {
    try {
      return log.find(Cid.ofRaw(block).toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertFound(BlockLog log, byte[] block) {
    assertThat(found(log, block)).isTrue();
    assertThat(Arrays.copyOf(log.found(), log.foundLength())).isEqualTo(block);
  }
}
