// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstBuilder;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlockSpillTest {
  @TempDir private Path directory;

  // Bytes that come back changed would be refused as a damaged repository.
  @Test
  void read_givesWhatWasAppended() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] all = new byte[200_000];
    random.nextBytes(all);
    try (FileBlockSpill spill = new FileBlockSpill(directory)) {
      assertThat(directory).isEmptyDirectory();
      for (int at = 0; at < all.length; ) {
        int count = Math.min(all.length - at, random.nextInt(10_000));
        spill.append(all, at, count);
        at += count;
        int from = random.nextInt(at + 1);
        byte[] out = new byte[at - from + 2];
        spill.read(from, out, 1, at - from);
        assertThat(out[0] | out[out.length - 1]).isZero();
        for (int i = from; i < at; i++) {
          assertThat(out[1 + i - from]).isEqualTo(all[i]);
        }
      }
      assertThat(spill.length()).isEqualTo(all.length);
      assertThatThrownBy(() -> spill.read(all.length - 1, new byte[2], 0, 2))
          .isInstanceOf(EOFException.class);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void append_afterCloseMakesNoFile() throws IOException {
    FileBlockSpill spill = new FileBlockSpill(directory);
    spill.close();
    assertThatThrownBy(() -> spill.append(new byte[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThat(directory).isEmptyDirectory();
  }

  // MST-61, MST-63: a repository in the worst order, in a sixteenth of its size of memory.
  @Test
  void reader_readsARepositoryThatIsBackwards() throws IOException {
    MstBuilder builder = new MstBuilder();
    List<CarBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Bytes record = new CborWriter().writeMap(1).writeText("number").writeInteger(i).toBytes();
      Cid cid = Cid.ofDagCbor(record.toByteArray());
      blocks.add(new CarBlock(cid, record));
      String path = String.format("com.example.number/%05d", i);
      builder.add(Bytes.wrap(path.getBytes(StandardCharsets.US_ASCII)), cid);
    }
    Mst tree = builder.build();
    tree.blocks().forEach((cid, node) -> blocks.add(new CarBlock(cid, node)));
    RepoCommit commit =
        RepoCommit.of(
            Did.parse("did:web:example.com"),
            Tid.of(1 << 20),
            tree.root(),
            null,
            Bytes.wrap(new byte[64]));
    blocks.add(new CarBlock(commit.cid(), commit.encoded()));
    CarWriter car = new CarWriter(List.of(commit.cid()));
    blocks.forEach(car::add);
    byte[] file = car.toBytes().toByteArray();

    FileBlockSpill spill = new FileBlockSpill(directory);
    RepoReaderOptions options =
        RepoReaderOptions.DEFAULT.withLimits(file.length / 16, 10_000).spillingTo(spill);
    CarStream in = CarStream.open(new ByteArrayInputStream(file));
    try (RepoReader repo = RepoReader.open(in, options, new SplittableRandom(2))) {
      for (int i = 0; i < 2000; i++) {
        assertThat(repo.next()).isTrue();
        assertThat(repo.block()).isEqualTo(blocks.get(i).data());
      }
      assertThat(repo.next()).isFalse();
    }
    assertThat(spill.length()).isGreaterThan(file.length / 2);
    assertThat(directory).isEmptyDirectory();
  }
}
