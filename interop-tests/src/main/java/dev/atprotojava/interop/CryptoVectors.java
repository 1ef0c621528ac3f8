// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.Signature;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.multiformats.Base58Btc;
import java.security.MessageDigest;
import java.util.List;

/** Keys and signatures that all implementations must read and judge alike. */
final class CryptoVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          VectorClaim.objects(
              "crypto/signature-fixtures.json", "comment", CryptoVectors::signature),
          VectorClaim.objects("crypto/w3c_didkey_K256.json", "publicDidKey", CryptoVectors::k256),
          VectorClaim.objects("crypto/w3c_didkey_P256.json", "publicDidKey", CryptoVectors::p256));

  private CryptoVectors() {}

  // CR-10 to CR-13, CR-23: the invalid ones carry numbers that satisfy the equation, as a high s or
  // in DER, so a library alone accepts them.
  private static Verdict signature(Fields fixture) throws Exception {
    String didKey = fixture.text("publicKeyDid");
    PublicKey key = DidKey.parse(didKey);
    Expect.same("the did:key, written again,", key.toString(), didKey);
    Expect.same(
        "the key of the DID document",
        PublicKey.parseVerificationMethod(
            fixture.text("didDocSuite"), fixture.text("publicKeyMultibase")),
        key);
    boolean rightCurve =
        switch (fixture.text("algorithm")) {
          case "ES256" -> key instanceof P256PublicKey;
          case "ES256K" -> key instanceof K256PublicKey;
          default -> throw new Mismatch("an algorithm that the protocol does not have");
        };
    Expect.that(rightCurve, "the key is of another curve than the algorithm");

    byte[] message = fixture.base64("messageBase64").toByteArray();
    byte[] signature = fixture.base64("signatureBase64").toByteArray();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
    boolean valid = fixture.flag("validSignature");
    Expect.same(
        "whether the signature is valid",
        key.verifyDigest(digest, 0, signature, 0, signature.length),
        valid);
    List<String> tags = fixture.texts("tags");
    if (valid) {
      Expect.that(key.verify(message, Signature.parse(signature)), "invalid once it is parsed");
      signature[63] ^= 1;
      Expect.that(!key.verify(message, Signature.parse(signature)), "valid with one bit changed");
    } else if (tags.contains("der-encoded")) {
      Expect.refused(CryptoException.class, "DER", () -> Signature.parse(signature));
    } else {
      Expect.that(tags.contains("high-s"), "a new kind of invalid signature");
      Expect.same("the length of the signature", signature.length, Signature.LENGTH);
    }
    return Verdict.PASSED;
  }

  private static Verdict k256(Fields fixture) {
    byte[] secret = fixture.hex("privateKeyBytesHex").toByteArray();
    return signsAs(SigningKey.parseK256(secret), fixture.text("publicDidKey"));
  }

  private static Verdict p256(Fields fixture) {
    byte[] secret = Base58Btc.decode(fixture.text("privateKeyBytesBase58"));
    return signsAs(SigningKey.parseP256(secret), fixture.text("publicDidKey"));
  }

  private static Verdict signsAs(SigningKey key, String didKey) {
    byte[] message = {1, 2, 3};
    Expect.same("the public key", key.publicKey().toString(), didKey);
    Expect.that(
        DidKey.parse(didKey).verify(message, key.sign(message)), "its signature is not valid");
    return Verdict.PASSED;
  }
}
