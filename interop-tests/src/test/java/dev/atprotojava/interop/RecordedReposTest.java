// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.repo.RecordProof;
import dev.atprotojava.repo.RecordProofVerifier;
import dev.atprotojava.repo.RecordProofWriter;
import dev.atprotojava.repo.RepoCarWriter;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.client.FileBlockSpill;
import dev.atprotojava.syntax.RecordPath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repositories that real PDSes sent (getRepo), through the reader of repositories: their order is
 * none that we chose (MST-63), their commits are signed with the accounts' last keys.
 */
@ExtendWith(RecordingsPresent.class)
class RecordedReposTest {
  private final Recordings recordings = Recordings.ofThisRun();

  @TempDir private Path directory;

  private record Repo(RepoCommit commit, List<MstEntry> entries, Map<Cid, Bytes> records) {}

  private Repo read(Bytes car, RepoReaderOptions options) throws IOException {
    List<MstEntry> entries = new ArrayList<>();
    Map<Cid, Bytes> records = new HashMap<>();
    CarStream in = CarStream.open(new ByteArrayInputStream(car.toByteArray()));
    try (RepoReader repo = RepoReader.open(in, options, new SplittableRandom(1))) {
      while (repo.next()) {
        entries.add(new MstEntry(repo.key(), repo.cid()));
        records.put(repo.cid(), repo.block());
      }
      return new Repo(repo.commit(), entries, records);
    }
  }

  private RepoReaderOptions options(RepoCommit commit) {
    PublicKey key = keyOf(commit);
    return RepoReaderOptions.DEFAULT.signedBy(commit.did(), key::verifyDigest);
  }

  private PublicKey keyOf(RepoCommit commit) {
    return Objects.requireNonNull(recordings.keys().get(commit.did())).lastEntry().getValue();
  }

  // SC-90 to SC-93: read whole with next to no memory, every signature and every record good.
  @Test
  void reader_readsRealRepositories() throws IOException {
    int all = 0;
    for (Path file : recordings.repositories()) {
      Bytes car = recordings.readBytes("repos/" + file.getFileName());
      RepoCommit commit = read(car, RepoReaderOptions.DEFAULT).commit();
      FileBlockSpill spill = new FileBlockSpill(directory);
      Repo repo = read(car, options(commit).withLimits(4096, 1 << 20).spillingTo(spill));
      assertThat(Mst.of(repo.entries).root()).as("%s", file).isEqualTo(commit.data());
      for (Bytes record : repo.records.values()) {
        new CborReader().check(record.array(), record.offset(), record.length());
      }
      assertThat(blocks(car)).isGreaterThanOrEqualTo(repo.records.size());
      all += repo.entries.size();
    }
    assertThat(all).isGreaterThan(2000);
    assertThat(directory).isEmptyDirectory();
  }

  private static int blocks(Bytes car) {
    int count = 0;
    for (CarReader reader = new CarReader().reset(car); reader.next(); ) {
      count++;
    }
    return count;
  }

  // MST-60, SC-95: written again in our order it reads the same; and every record can be proved.
  @Test
  void writer_andProofs_ofRealRepositories() throws IOException {
    RecordProofVerifier verifier = new RecordProofVerifier(new SplittableRandom(2));
    for (Path file : recordings.repositories()) {
      Bytes car = recordings.readBytes("repos/" + file.getFileName());
      Repo repo = read(car, RepoReaderOptions.DEFAULT);
      Mst tree = Mst.of(repo.entries);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (CarStreamWriter writer = CarStreamWriter.open(out, RepoCarWriter.roots(repo.commit))) {
        RepoCarWriter.write(repo.commit, tree, repo.records::get, writer);
      }
      Bytes ours = Bytes.wrap(out.toByteArray());
      Repo again = read(ours, options(repo.commit).withLimits(4096, 1));
      assertThat(again.entries).isEqualTo(repo.entries);
      assertThat(again.records).isEqualTo(repo.records);

      PublicKey key = keyOf(repo.commit);
      for (int i = 0; i < repo.entries.size(); i += 1 + repo.entries.size() / 50) {
        MstEntry entry = repo.entries.get(i);
        RecordPath path =
            RecordPath.parse(new String(entry.key().toByteArray(), StandardCharsets.US_ASCII));
        Bytes proof = RecordProofWriter.write(repo.commit, tree, path, repo.records::get);
        assertThat(verifier.verify(proof, repo.commit.did(), path, key::verifyDigest))
            .isInstanceOfSatisfying(
                RecordProof.Present.class,
                present -> assertThat(present.cid()).isEqualTo(entry.value()));
      }
    }
  }
}
