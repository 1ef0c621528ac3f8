// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.BlockSource;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.syntax.TidClock;
import dev.atprotojava.testing.Readme;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  private final Did did = Repos.DID;
  private final SigningKey signingKey = Repos.KEY;
  private final PublicKey publicKey = signingKey.publicKey();
  private final RecordPath path = RecordPath.parse("com.example.note/3jzfcijpj2z2a");
  private final Bytes record = Repos.record("hello");
  private final TidClock tids =
      new TidClock(() -> Instant.parse("2026-03-01T12:00:00Z"), new SplittableRandom(1));
  private final CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(2));
  private final RecordProofVerifier verifier = new RecordProofVerifier(new SplittableRandom(3));
  private final List<Object> used = new ArrayList<>();

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-mst");
  }

  @Test
  void example_readsARepository() throws IOException {
    Map<RecordPath, Bytes> found = new HashMap<>();
    Cid state;
    InputStream in = new ByteArrayInputStream(repository());

    RepoReaderOptions options = RepoReaderOptions.DEFAULT.signedBy(did, publicKey::verifyDigest);
    try (RepoReader repo = RepoReader.open(CarStream.open(in), options)) {
      while (repo.next()) {
        found.put(repo.path(), repo.block());
      }
      state = repo.commit().data(); // whole, and signed by the account
    }

    assertThat(found).containsOnly(Map.entry(path, record));
    assertThat(state).isNotEqualTo(Mst.EMPTY_ROOT);
  }

  private byte[] repository() throws IOException {
    WrittenCommit commit =
        RepoWriter.create(did)
            .apply(List.of(new RecordWrite.Create(path, record)), tids.next(), Repos.SIGNER);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CarStreamWriter car = CarStreamWriter.open(out, RepoCarWriter.roots(commit.commit()))) {
      RepoCarWriter.write(commit.commit(), commit.tree(), cid -> record, car);
    }
    return out.toByteArray();
  }

  @Test
  void example_makesVerifiesAndProves() {
    RepoWriter repo = RepoWriter.create(did); // or RepoWriter.open(head, tree)
    RecordWrite write = new RecordWrite.Create(path, record);
    WrittenCommit commit =
        repo.apply(List.of(write), tids.next(), bytes -> signingKey.sign(bytes).toBytes());
    Bytes blocks = commit.toBlocks(); // commit, new nodes and records, and what inversion needs
    repo = repo.after(commit);

    Cid prevData = Mst.EMPTY_ROOT;
    slice.load(blocks);
    RepoCommit signed = requireNonNull(slice.commit());
    boolean genuine = signed.isSignedBy(publicKey::verifyDigest);
    Mst after = slice.tree(signed.data());
    boolean complete = OpInversion.invert(after, commit.ops()).root().equals(prevData);
    assertThat(genuine && complete).isTrue();

    BlockSource records = cid -> record;
    Bytes car = RecordProofWriter.write(signed, repo.tree(), path, records);
    switch (verifier.verify(car, did, path, publicKey::verifyDigest)) {
      case RecordProof.Present proof -> use(proof.cid(), proof.record());
      case RecordProof.Absent proof -> use(proof.commit().rev());
      case RecordProof.Invalid proof -> refuse(proof.fault());
    }
    assertThat(used).containsExactly(Cid.ofDagCbor(record.toByteArray()), record);
  }

  private void use(Cid cid, Bytes block) {
    used.add(cid);
    used.add(block);
  }

  private void use(Tid rev) {
    used.add(rev);
  }

  private void refuse(RecordProof.Fault fault) {
    used.add(fault);
  }
}
