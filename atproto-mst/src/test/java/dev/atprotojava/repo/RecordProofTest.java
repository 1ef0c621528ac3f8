// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static dev.atprotojava.repo.Repos.DID;
import static dev.atprotojava.repo.Repos.PUBLIC;
import static dev.atprotojava.repo.Repos.SIGNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.repo.RecordProof.Fault;
import dev.atprotojava.repo.Repos.Host;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The answers of getRecord (SC-95): what they prove, and everything that proves nothing. */
class RecordProofTest {
  private final RecordProofVerifier verifier = new RecordProofVerifier(new SplittableRandom(1));

  private RecordProof verify(Bytes car, RecordPath path) {
    return verifier.verify(car, DID, path, PUBLIC);
  }

  private static Bytes write(Host host, RecordPath path) {
    return RecordProofWriter.write(host.head(), host.tree(), path, host::find);
  }

  @Test
  void verify_provesWhatIsThereAndWhatIsNot() {
    Gen.forAll(
        100,
        gen -> {
          Host host = Host.of(gen, gen.nextInt(2 * gen.size()));
          for (RecordPath path : host.records.keySet()) {
            if (gen.oneIn(5)) {
              Bytes car = write(host, path);
              assertThat(verify(car, path))
                  .isInstanceOfSatisfying(
                      RecordProof.Present.class,
                      proof -> {
                        assertThat(proof.record()).isEqualTo(host.records.get(path));
                        assertThat(proof.commit().rev()).isEqualTo(host.head().rev());
                      });
            }
          }
          RecordPath other = Repos.path(gen);
          if (!host.records.containsKey(other)) {
            assertThat(verify(write(host, other), other)).isInstanceOf(RecordProof.Absent.class);
          }
        });
  }

  // A proof is of its own path: for another it proves no more than the nodes in it reach.
  @Test
  void verify_ofAnotherPathIsNeverWrong() {
    Gen.forAll(
        300,
        gen -> {
          Host host = Host.of(gen, 1 + gen.nextInt(2 * gen.size()));
          Bytes car = write(host, gen.oneOf(List.copyOf(host.records.keySet())));
          RecordPath asked =
              gen.oneIn(2) ? Repos.path(gen) : gen.oneOf(List.copyOf(host.records.keySet()));
          switch (verify(car, asked)) {
            case RecordProof.Present proof ->
                assertThat(proof.record()).isEqualTo(host.records.get(asked));
            case RecordProof.Absent proof -> assertThat(host.records).doesNotContainKey(asked);
            case RecordProof.Invalid proof ->
                assertThat(proof.fault()).isIn(Fault.NODE_MISSING, Fault.RECORD_MISSING);
          }
        });
  }

  // Without any one of its blocks an answer proves nothing: none is there for nothing.
  @Test
  void verify_needsEveryBlock() {
    Host host = Host.of(Gen.of(7), 100);
    RecordPath path = host.records.firstKey();
    Map<Cid, Bytes> blocks = blocks(write(host, path));
    Cid root = host.head().cid();
    Cid record = Cid.ofDagCbor(host.records.firstEntry().getValue().toByteArray());
    for (Cid without : blocks.keySet()) {
      Fault expected =
          without.equals(root)
              ? Fault.COMMIT_MISSING
              : without.equals(record) ? Fault.RECORD_MISSING : Fault.NODE_MISSING;
      assertThat(verify(car(root, blocks, cid -> !cid.equals(without)), path))
          .isEqualTo(new RecordProof.Invalid(expected));
    }
    assertThat(verify(car(root, blocks, cid -> true), path))
        .isInstanceOf(RecordProof.Present.class);
  }

  // One bit anywhere in a proof: it is refused, or (in the length of a block) it is no CAR.
  @Test
  void verify_refusesEveryChangedBlock() {
    Host host = Host.of(Gen.of(8), 60);
    RecordPath path = host.records.lastKey();
    byte[] car = write(host, path).toByteArray();
    for (int i = 59; i < car.length; i++) {
      car[i] ^= 1;
      assertThat(verify(Bytes.wrap(car), path))
          .as("byte %d", i)
          .isInstanceOf(RecordProof.Invalid.class);
      car[i] ^= 1;
    }
  }

  @Test
  void verify_refusesOthersCommits() {
    Host host = Host.of(Gen.of(9), 5);
    RecordPath path = host.records.firstKey();
    Bytes car = write(host, path);
    assertThat(verifier.verify(car, Did.parse("did:web:example.com"), path, PUBLIC))
        .isEqualTo(new RecordProof.Invalid(Fault.DID));
    CommitKey other = (digest, offset, sig, sigOffset, length) -> false;
    assertThat(verifier.verify(car, DID, path, other))
        .isEqualTo(new RecordProof.Invalid(Fault.SIGNATURE));
    assertThat(verify(car.slice(0, car.length() - 1), path))
        .isEqualTo(new RecordProof.Invalid(Fault.CAR));
    assertThat(verify(new CarWriter(List.of()).toBytes(), path))
        .isEqualTo(new RecordProof.Invalid(Fault.COMMIT_MISSING));
    Bytes record = Repos.record("x");
    Cid cid = Cid.ofDagCbor(record.toByteArray());
    assertThat(verify(new CarWriter(List.of(cid)).add(cid, record).toBytes(), path))
        .isEqualTo(new RecordProof.Invalid(Fault.COMMIT));
  }

  // MST-23: a signed commit over what is no tree proves nothing either.
  @Test
  void verify_refusesATreeThatIsNone() {
    Bytes node = Repos.record("no node");
    Cid data = Cid.ofDagCbor(node.toByteArray());
    Tid rev = Tid.of(1 << 20);
    Bytes unsigned = RepoCommit.unsignedBytes(DID, rev, data, null);
    byte[] sig = SIGNER.sign(unsigned.toByteArray());
    RepoCommit commit = RepoCommit.of(DID, rev, data, null, Bytes.wrap(sig));
    CarWriter car = new CarWriter(List.of(commit.cid())).add(commit.cid(), commit.encoded());
    assertThat(verify(car.add(data, node).toBytes(), RecordPath.parse("a.b.c/d")))
        .isEqualTo(new RecordProof.Invalid(Fault.TREE));
  }

  @Test
  void write_refusesWhatWouldProveNothing() {
    Host host = Host.of(Gen.of(10), 5);
    RecordPath path = host.records.firstKey();
    assertThatThrownBy(() -> RecordProofWriter.write(host.head(), Mst.empty(), path, host::find))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RecordProofWriter.write(host.head(), host.tree(), path, cid -> null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<Cid, Bytes> blocks(Bytes car) {
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    CarReader reader = new CarReader().reset(car);
    while (reader.next()) {
      blocks.put(reader.cid(), reader.data());
    }
    return blocks;
  }

  private static Bytes car(Cid root, Map<Cid, Bytes> blocks, Predicate<Cid> kept) {
    CarWriter car = new CarWriter(List.of(root));
    blocks.forEach(
        (cid, block) -> {
          if (kept.test(cid)) {
            car.add(cid, block);
          }
        });
    return car.toBytes();
  }
}
