// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RecordProof;
import dev.atprotojava.repo.RecordProofVerifier;
import dev.atprotojava.repo.RecordProofWriter;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.repo.RepoWriter;
import dev.atprotojava.repo.WrittenCommit;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.TidClock;
import dev.atprotojava.testing.Readme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RepositoriesTest {
  private static final RecordPath PATH = RecordPath.parse("com.example.note/3jzfcijpj2z2a");

  private final Network network = new Network();
  private final Did did = network.account.did();
  private @Nullable RepoCommit head;

  @Test
  void pages_showThisCode() {
    for (String page : List.of("read-a-repository", "make-a-commit", "check-a-record")) {
      Readme.assertPageShowsCodeOf(RepositoriesTest.class, "docs", "tasks/" + page + ".md");
    }
  }

  @Test
  void example_readsARepository() throws IOException {
    byte[] car = network.account.export().toByteArray();
    int records = read(new ByteArrayInputStream(car), network.account.publicKey());
    assertThat(records).isPositive();
    assertThat(head).isNotNull();
  }

  private int read(InputStream in, PublicKey key) throws IOException {
    int records = 0;
    RepoReaderOptions options = RepoReaderOptions.DEFAULT.signedBy(did, key::verifyDigest);
    try (RepoReader repo = RepoReader.open(CarStream.open(in), options)) {
      while (repo.next()) {
        Bytes record = repo.block();
        System.out.println(repo.path() + " " + repo.cid() + ", " + record.length() + " bytes");
        records++;
      }
      head = repo.commit(); // whole: nothing was missing, nothing out of place
    }
    return records;
  }

  @Test
  void example_makesACommit_andProvesARecord() {
    SigningKey key = SigningKey.generateK256(new SecureRandom());
    RecordPath path = PATH;
    TidClock clock = new TidClock(InstantSource.system(), new SecureRandom()); // keep it
    RepoWriter repo = RepoWriter.create(did); // or RepoWriter.open(head, tree), to go on
    Bytes record = new CborWriter().writeMap(1).writeText("text").writeText("hello").toBytes();
    RecordWrite write = new RecordWrite.Create(path, record);
    WrittenCommit written =
        repo.apply(List.of(write), clock.next(), unsigned -> key.sign(unsigned).toBytes());
    Bytes blocks = written.toBlocks(); // for the field blocks of the message
    List<RecordOp> ops = written.ops(); // for the field ops, each with what was there before
    repo = repo.after(written); // once it is durable

    assertThat(blocks.isEmpty()).isFalse();
    assertThat(ops).hasSize(1);
    Bytes car = RecordProofWriter.write(written.commit(), repo.tree(), path, cid -> record);
    assertThat(check(car, path, key.publicKey())).isEqualTo(record);
  }

  private @Nullable Bytes check(Bytes car, RecordPath path, PublicKey key) {
    Bytes record = null;
    RecordProofVerifier verifier = new RecordProofVerifier(new SecureRandom());
    switch (verifier.verify(car, did, path, key::verifyDigest)) {
      case RecordProof.Present proof -> record = proof.record();
      case RecordProof.Absent proof -> System.out.println("not there at " + proof.commit().rev());
      case RecordProof.Invalid proof -> System.out.println("proves nothing: " + proof.fault());
    }
    return record;
  }
}
