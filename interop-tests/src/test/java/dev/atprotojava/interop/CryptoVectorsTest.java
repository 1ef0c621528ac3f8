// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.Signature;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.multiformats.Base58Btc;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.StreamSupport;

/** Keys and signatures that all implementations must read and judge alike. */
class CryptoVectorsTest {
  // CR-10 to CR-13, CR-23: the invalid ones carry numbers that satisfy the equation, as a high s or
  // in DER, so a library alone accepts them.
  @VectorFile("crypto/signature-fixtures.json")
  void signature(JsonNode fixture) throws Exception {
    PublicKey key = DidKey.parse(fixture.get("publicKeyDid").textValue());
    assertThat(key).hasToString(fixture.get("publicKeyDid").textValue());
    assertThat(
            PublicKey.parseVerificationMethod(
                fixture.get("didDocSuite").textValue(),
                fixture.get("publicKeyMultibase").textValue()))
        .isEqualTo(key);
    switch (fixture.get("algorithm").textValue()) {
      case "ES256" -> assertThat(key).isInstanceOf(P256PublicKey.class);
      case "ES256K" -> assertThat(key).isInstanceOf(K256PublicKey.class);
      default -> throw new AssertionError(fixture.get("algorithm"));
    }

    byte[] message = Base64.getDecoder().decode(fixture.get("messageBase64").textValue());
    byte[] signature = Base64.getDecoder().decode(fixture.get("signatureBase64").textValue());
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
    boolean valid = fixture.get("validSignature").booleanValue();
    assertThat(key.verifyDigest(digest, 0, signature, 0, signature.length)).isEqualTo(valid);

    if (valid) {
      assertThat(key.verify(message, Signature.parse(signature))).isTrue();
      signature[63] ^= 1;
      assertThat(key.verify(message, Signature.parse(signature))).isFalse();
    } else if (has(fixture.get("tags"), "der-encoded")) {
      assertThatThrownBy(() -> Signature.parse(signature)).isInstanceOf(CryptoException.class);
    } else {
      assertThat(has(fixture.get("tags"), "high-s")).isTrue();
      assertThat(signature).hasSize(Signature.LENGTH);
    }
  }

  private static boolean has(JsonNode tags, String tag) {
    return StreamSupport.stream(tags.spliterator(), false)
        .anyMatch(node -> node.textValue().equals(tag));
  }

  @VectorFile("crypto/w3c_didkey_K256.json")
  void didKeyOfSecret_k256(JsonNode fixture) {
    byte[] secret = HexFormat.of().parseHex(fixture.get("privateKeyBytesHex").textValue());
    signsAs(SigningKey.parseK256(secret), fixture.get("publicDidKey").textValue());
  }

  @VectorFile("crypto/w3c_didkey_P256.json")
  void didKeyOfSecret_p256(JsonNode fixture) {
    byte[] secret = Base58Btc.decode(fixture.get("privateKeyBytesBase58").textValue());
    signsAs(SigningKey.parseP256(secret), fixture.get("publicDidKey").textValue());
  }

  private static void signsAs(SigningKey key, String didKey) {
    byte[] message = {1, 2, 3};
    assertThat(key.publicKey()).hasToString(didKey);
    assertThat(DidKey.parse(didKey).verify(message, key.sign(message))).isTrue();
  }
}
