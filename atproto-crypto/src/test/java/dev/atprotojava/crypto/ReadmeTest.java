// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Readme;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-crypto");
  }

  @Test
  void example_signsAndVerifies() {
    byte[] unsignedCommit = {1, 2, 3};

    PublicKey key = DidKey.parseMultikey("zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc");
    PublicKey fromDocument = PublicKey.parseVerificationMethod("Multikey", key.toMultikey());
    assertThat(fromDocument).isEqualTo(key);

    SigningKey signer = SigningKey.generateK256(new SecureRandom());
    byte[] stored = signer.secret(); // 32 bytes; SigningKey.parseK256 undoes it
    String didKey = signer.publicKey().toDidKey(); // "did:key:zQ3sh..."
    byte[] commitSig = signer.sign(unsignedCommit).toBytes(); // RFC 6979: the same bytes every time
    assertThat(SigningKey.parseK256(stored).sign(unsignedCommit).toBytes()).isEqualTo(commitSig);
    assertThat(didKey).startsWith("did:key:zQ3sh");

    Signature signature = Signature.parse(commitSig); // 64 bytes, low s, or CryptoException
    boolean valid = signer.publicKey().verify(unsignedCommit, signature); // hashes it itself
    assertThat(valid).isTrue();
  }
}
