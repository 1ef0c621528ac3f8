// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.repo.InvalidCommitException.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden commits of spec.md 2.9, and what is no commit. */
class RepoCommitTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Bytes GENESIS_SIG =
      Bytes.fromHex(
          "972615ae31dfd33e9a484084e32ebb42fdad5c92d0811595a784715c8ced1f76"
              + "377c79dedbb59a94f01948befb6e012c508c087af16e4d1c29dd62e752515f12");
  private static final Bytes SECOND_SIG =
      Bytes.fromHex(
          "e83b4ea9c8ce8e8011762da3d494ff8353c7c57cf1d22944380fd9b7cf82109e"
              + "671c5967acd0e441037493dc9e28233479ce9139b0c0557e90b5a5862d5d21cb");

  private static RepoCommit genesis() {
    return RepoCommit.of(DID, Tid.parse("3jzfcijpj2z2a"), Mst.EMPTY_ROOT, null, GENESIS_SIG);
  }

  @Test
  void genesis_hasItsBytes() {
    RepoCommit commit = genesis();
    assertThat(commit.unsignedBytes().toHex())
        .isEqualTo(
            "a56364696478206469643a706c633a65777669376e787a796f756e367a687872687336346f697a6372657"
                + "66d336a7a6663696a706a327a32616464617461d82a582500017112209dfefe61dd76ea3dcae50238"
                + "80b08379d57adf20482d6fdbe2759289f647677b6470726576f66776657273696f6e03");
    assertThat(RepoCommit.unsignedBytes(DID, commit.rev(), commit.data(), null))
        .isEqualTo(commit.unsignedBytes());
    byte[] digest = new byte[32];
    commit.digestUnsigned(new Sha256(), digest, 0);
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("a96af8b7e753b89b1a7fb1c48a47c669f507a4b24257fc74c5287163775550f0");
    assertThat(commit.encoded().length()).isEqualTo(188);
    assertThat(commit.cid())
        .hasToString("bafyreia5bzzhpdb6ecnhxpkhd23xhn4yejhz2iobrjcfkzd6u3me6ozvw4");
  }

  @Test
  void slice_ofTheSecondCommitHasItsBytes() {
    Bytes record =
        Bytes.fromHex("a2647465787462686965247479706572636f6d2e6578616d706c652e7265636f7264");
    Cid recordCid = Cid.ofDagCbor(record.toByteArray());
    Bytes path = Bytes.wrap("com.example.record/3jqfcqzm3fo2j".getBytes(StandardCharsets.US_ASCII));
    Mst after = Mst.empty().insert(path, recordCid);
    assertThat(after.root())
        .hasToString("bafyreigcujf24n3llrksrc5w4emfldbkescxa37iwkucptittvf4zxitse");
    RepoCommit commit =
        RepoCommit.of(DID, Tid.parse("3jzfcijpj2z2b"), after.root(), null, SECOND_SIG);
    assertThat(commit.cid())
        .hasToString("bafyreighel2ai6eb46um77kkr4ma5hexipb2yhs2szkzdxoflc6ce2nhne");
    Bytes slice =
        CommitSliceWriter.write(
            commit,
            after,
            List.of(new RecordOp.Create(path, recordCid)),
            List.of(new CarBlock(recordCid, record)));
    assertThat(slice.length()).isEqualTo(487);
    assertThat(sha256(slice))
        .isEqualTo("907aeddd96aaee464c229c3dd0f68f10ce2b2366dec19fda0db0be48b6b93f76");

    CommitSlice read = new CommitSlice(new Sha256(), new SplittableRandom(1));
    read.load(slice);
    assertThat(read.root()).isEqualTo(commit.cid());
    RepoCommit readCommit = read.commit();
    assertThat(readCommit).isNotNull();
    assertThat(readCommit.encoded()).isEqualTo(commit.encoded());
    assertThat(read.tree(readCommit.data()).find(path)).isEqualTo(recordCid);
    assertThat(read.find(recordCid)).isEqualTo(record);
  }

  @Test
  void car_ofTheGenesisHasItsBytes() {
    Bytes car = CommitSliceWriter.write(genesis(), Mst.empty(), List.of(), List.of());
    assertThat(car.length()).isEqualTo(329);
    assertThat(sha256(car))
        .isEqualTo("dd2810fb9e008811a1c1cc6a0739ecf1a6183d9492f1356f23c9584546094eae");
  }

  private static String sha256(Bytes bytes) {
    byte[] digest = new byte[32];
    new Sha256().digest(bytes.array(), bytes.offset(), bytes.length(), digest, 0);
    return HexFormat.of().formatHex(digest);
  }

  private static Map<String, CborValue> fields() {
    return new LinkedHashMap<>(
        ((CborValue.MapValue) CborValue.decode(genesis().encoded())).entries());
  }

  // T-09, MST-73: a field that we do not know was signed, and so stays in what is verified.
  @Test
  void unsignedBytes_keepUnknownFields() {
    Gen.forAll(
        200,
        gen -> {
          Map<String, CborValue> fields = fields();
          for (int i = gen.nextInt(30); i > 0; i--) {
            fields.put(
                "x" + gen.text("abcxyz", gen.nextInt(5)), new CborValue.TextValue(gen.text()));
          }
          RepoCommit commit = RepoCommit.decode(new CborValue.MapValue(fields).encode());
          fields.remove("sig");
          Bytes expected = new CborValue.MapValue(fields).encode();
          assertThat(commit.unsignedBytes()).isEqualTo(expected);
          byte[] digest = new byte[32];
          commit.digestUnsigned(new Sha256(), digest, 0);
          assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256(expected));
        });
  }

  // MST-70, T-30: every field must be there, prev included.
  @ParameterizedTest
  @CsvSource({"did", "rev", "sig", "data", "prev", "version"})
  void decode_refusesAMissingField(String field) {
    Map<String, CborValue> fields = fields();
    fields.remove(field);
    assertThat(reasonOf(fields)).isEqualTo(Reason.NOT_A_COMMIT);
    fields.put(field, new CborValue.BooleanValue(true));
    assertThat(reasonOf(fields)).isEqualTo(Reason.NOT_A_COMMIT);
  }

  @Test
  void decode_refusesOtherValues() {
    // MST-74: version 3 alone.
    assertThat(reasonOf(with("version", new CborValue.IntegerValue(2)))).isEqualTo(Reason.VERSION);
    assertThat(reasonOf(with("version", new CborValue.IntegerValue(-3)))).isEqualTo(Reason.VERSION);
    assertThat(reasonOf(with("did", new CborValue.TextValue("plc:x")))).isEqualTo(Reason.DID);
    assertThat(reasonOf(with("rev", new CborValue.TextValue("yesterday")))).isEqualTo(Reason.REV);
    Cid raw = Cid.ofRaw(new byte[1]);
    assertThat(reasonOf(with("data", new CborValue.LinkValue(raw)))).isEqualTo(Reason.LINK);
    assertThat(reasonOf(with("prev", new CborValue.LinkValue(raw)))).isEqualTo(Reason.LINK);
    // T-30, MST-71
    Cid prev = genesis().cid();
    RepoCommit withPrev =
        RepoCommit.decode(
            new CborValue.MapValue(with("prev", new CborValue.LinkValue(prev))).encode());
    assertThat(withPrev.prev()).isEqualTo(prev);
  }

  // MST-73: any other encoding of the same fields is no commit.
  @Test
  void decode_refusesDamage() {
    byte[] block = genesis().encoded().toByteArray();
    Gen.forAll(
        5000,
        gen -> {
          byte[] damaged = block.clone();
          damaged[gen.nextInt(damaged.length)] = (byte) gen.nextInt(256);
          try {
            RepoCommit commit = RepoCommit.decode(Bytes.wrap(damaged));
            assertThat(CborValue.decode(commit.encoded()).encode()).isEqualTo(commit.encoded());
          } catch (InvalidCommitException refused) {
            assertThat(refused.getStackTrace()).isEmpty();
          }
        });
  }

  private static Map<String, CborValue> with(String key, CborValue value) {
    Map<String, CborValue> fields = fields();
    fields.put(key, value);
    return fields;
  }

  private static Reason reasonOf(Map<String, CborValue> fields) {
    Bytes block = new CborValue.MapValue(fields).encode();
    return catchThrowableOfType(InvalidCommitException.class, () -> RepoCommit.decode(block))
        .reason();
  }
}
