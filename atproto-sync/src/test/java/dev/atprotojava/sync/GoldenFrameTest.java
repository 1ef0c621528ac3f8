// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The golden commits of spec.md 2.9, from a private key and a record to the bytes on the wire. */
class GoldenFrameTest {
  private static final String PATH = "com.example.record/3jqfcqzm3fo2j";

  private static String sha256(Bytes bytes) {
    byte[] digest = new byte[Sha256.LENGTH];
    new Sha256().digest(bytes.array(), bytes.offset(), bytes.length(), digest, 0);
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void genesis_hasItsBytes() {
    assertThat(SampleRepo.KEY.publicKey().toDidKey())
        .isEqualTo("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");
    CommitDraft genesis = new SampleRepo().commit();
    assertThat(genesis.commitCid())
        .hasToString("bafyreia5bzzhpdb6ecnhxpkhd23xhn4yejhz2iobrjcfkzd6u3me6ozvw4");
    assertThat(genesis.slice().length()).isEqualTo(329);
    assertThat(sha256(genesis.slice()))
        .isEqualTo("dd2810fb9e008811a1c1cc6a0739ecf1a6183d9492f1356f23c9584546094eae");
  }

  @Test
  void secondCommit_hasItsFrame() {
    SampleRepo repo = new SampleRepo();
    repo.commit();
    RepoState genesis = repo.state();
    CommitDraft second = repo.put(PATH, "hi").commit().with("seq", Messages.integer(1));
    assertThat(sha256(second.slice()))
        .isEqualTo("907aeddd96aaee464c229c3dd0f68f10ce2b2366dec19fda0db0be48b6b93f76");
    Bytes frame = second.frame();
    assertThat(frame.length()).isEqualTo(851);
    assertThat(sha256(frame))
        .isEqualTo("af65ec8908191a5e0cc12597a1e6f57d5fae6dda662ba00cbb805df18acb0944");

    CommitEvent event = (CommitEvent) Messages.event(frame);
    assertThat(event.seq()).isEqualTo(1);
    assertThat(event.did()).isEqualTo(SampleRepo.DID);
    assertThat(event.rev()).isEqualTo(Tid.parse("3jzfcijpj2z2b"));
    assertThat(event.since()).isEqualTo(Tid.parse("3jzfcijpj2z2a"));
    assertThat(event.commit())
        .hasToString("bafyreighel2ai6eb46um77kkr4ma5hexipb2yhs2szkzdxoflc6ce2nhne");
    assertThat(event.prevData()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(event.blocks()).isEqualTo(second.slice());
    assertThat(event.tooBig()).isFalse();
    assertThat(event.rebase()).isFalse();
    assertThat(event.time())
        .isEqualTo(Bytes.wrap("2023-06-30T15:03:01.887Z".getBytes(StandardCharsets.US_ASCII)));
    Cid record = Cid.parse("bafyreibybqnfkzfsvx3uscrkg4kqyiiaalbe3cloluq6vfm2qtqm4dbmti");
    assertThat(event.ops())
        .containsExactly(new RepoOp(RepoOp.Action.CREATE, SampleRepo.path(PATH), record, null));
    assertThat(event.source().bytes()).isEqualTo(frame);
    assertThat(event.source().canonical()).isTrue();

    Cid data = Cid.parse("bafyreigcujf24n3llrksrc5w4emfldbkescxa37iwkucptittvf4zxitse");
    assertThat(
            CommitVerifier.strict(new SplittableRandom(1))
                .verify(event, SampleRepo.KEY.publicKey(), genesis, SampleRepo.NOW))
        .isEqualTo(
            new CommitVerdict.Accept(
                new RepoState(event.rev(), data, event.commit()),
                CommitVerdict.Chain.CONTINUES,
                Set.of()));
  }
}
