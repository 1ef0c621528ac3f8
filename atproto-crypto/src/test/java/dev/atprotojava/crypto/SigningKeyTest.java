// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.multiformats.Multibase;
import dev.atprotojava.testing.Gen;
import java.io.Serial;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SigningKeyTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String GOLDEN_SECRET =
      "9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c";
  private static final String GOLDEN_UNSIGNED =
      "a56364696478206469643a706c633a65777669376e787a796f756e367a687872687336346f697a637265766d336a"
          + "7a6663696a706a327a32616464617461d82a582500017112209dfefe61dd76ea3dcae5023880b08379d57a"
          + "df20482d6fdbe2759289f647677b6470726576f66776657273696f6e03";

  // The golden commits of the digest's 2.9, made by another implementation: the nonce must be the
  // one of RFC 6979 and s the low one, or commit CIDs would differ.
  @Test
  void sign_goldenCommits() {
    SigningKey key = SigningKey.parseK256(HEX.parseHex(GOLDEN_SECRET));
    assertThat(key.publicKey())
        .hasToString("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");

    byte[] genesis = HEX.parseHex(GOLDEN_UNSIGNED);
    assertThat(HEX.formatHex(PublicKey.sha256(genesis)))
        .isEqualTo("a96af8b7e753b89b1a7fb1c48a47c669f507a4b24257fc74c5287163775550f0");
    assertThat(key.sign(genesis))
        .hasToString(
            "972615ae31dfd33e9a484084e32ebb42fdad5c92d0811595a784715c8ced1f76"
                + "377c79dedbb59a94f01948befb6e012c508c087af16e4d1c29dd62e752515f12");

    byte[] second =
        HEX.parseHex(
            GOLDEN_UNSIGNED
                .replace(
                    cidHex("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"),
                    cidHex("bafyreigcujf24n3llrksrc5w4emfldbkescxa37iwkucptittvf4zxitse"))
                .replace(ascii("3jzfcijpj2z2a"), ascii("3jzfcijpj2z2b")));
    assertThat(key.sign(second))
        .hasToString(
            "e83b4ea9c8ce8e8011762da3d494ff8353c7c57cf1d22944380fd9b7cf82109e"
                + "671c5967acd0e441037493dc9e28233479ce9139b0c0557e90b5a5862d5d21cb");
  }

  private static String cidHex(String cid) {
    return HEX.formatHex(Multibase.BASE32.decode(cid));
  }

  private static String ascii(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  // RFC 6979 A.2.5. The published s of "sample" is the high one; CR-12 turns it over.
  @ParameterizedTest
  @CsvSource({
    "sample,"
        + "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716,"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    "test,"
        + "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367,"
        + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
  })
  void sign_rfc6979P256(String message, String r, String s) {
    SigningKey key =
        SigningKey.parseP256(
            HEX.parseHex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));
    assertThat(HEX.formatHex(key.publicKey().compressed()))
        .isEqualTo("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    BigInteger published = new BigInteger(s, 16);
    BigInteger low = published.min(Reference.P256.n.subtract(published));
    assertThat(key.sign(message.getBytes(StandardCharsets.US_ASCII)).toBytes())
        .isEqualTo(Reference.signature(new BigInteger(r, 16), low));
  }

  // Known from the Bitcoin world, where RFC 6979 with low s is usual too.
  @ParameterizedTest
  @CsvSource({
    "Satoshi Nakamoto,"
        + "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
    "'All those moments will be lost in time, like tears in rain. Time to die...',"
        + "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
        + "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"
  })
  void sign_rfc6979K256(String message, String signature) {
    SigningKey one = SigningKey.parseK256(Curve.bytes(BigInteger.ONE));
    assertThat(one.sign(message.getBytes(StandardCharsets.US_ASCII))).hasToString(signature);
  }

  // The textbook agrees with every signature, and each is in the form that verifiers ask for.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void sign_isTrueAndLow(Subject subject) {
    Gen.forAll(
        20,
        gen -> {
          SigningKey key = subject.signingKey(secret(gen));
          byte[] digest = gen.bytes(32);
          byte[] signature = key.signDigest(digest).toBytes();
          BigInteger s = Curve.number(signature, 32);
          Reference.Point point = subject.reference.publicKey(secretOf(key));
          assertThat(key.publicKey().compressed()).isEqualTo(Reference.compressed(point));
          assertThat(s).isLessThanOrEqualTo(subject.reference.halfN);
          assertThat(
                  subject.reference.verify(
                      point, Curve.number(digest, 0), Curve.number(signature, 0), s))
              .isTrue();
          assertThat(subject.of(key.publicKey()).verifyDigest(digest, Signature.parse(signature)))
              .isTrue();
        });
  }

  // The message is hashed once: not twice, and not as hexadecimal (CR-10).
  @ParameterizedTest
  @EnumSource(Subject.class)
  void sign_hashesOnce(Subject subject) {
    SigningKey key = subject.generate(new SecureRandom());
    byte[] message = "hello".getBytes(StandardCharsets.US_ASCII);
    byte[] digest =
        HEX.parseHex("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assertThat(key.sign(message)).hasToString(key.signDigest(digest).toString());
    assertThat(subject.of(key.publicKey()).verify(message, key.signDigest(digest))).isTrue();
    assertThat(subject.of(key.publicKey()).verify(digest, key.signDigest(digest))).isFalse();
  }

  // CR-07, CR-18: 32 bytes whatever zeros the number begins with, and none that is no secret.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_boundsOfTheSecret(Subject subject) {
    BigInteger n = subject.reference.n;
    for (BigInteger good : List.of(BigInteger.ONE, BigInteger.TWO, n.subtract(BigInteger.ONE))) {
      SigningKey key = subject.signingKey(Curve.bytes(good));
      assertThat(key.secret()).isEqualTo(Curve.bytes(good));
      assertThat(subject.of(key.publicKey()).verify(new byte[3], key.sign(new byte[3]))).isTrue();
    }
    BigInteger largest = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    for (BigInteger bad : List.of(BigInteger.ZERO, n, n.add(BigInteger.ONE), largest)) {
      refuses(() -> subject.signingKey(Curve.bytes(bad)));
    }
    for (int length : new int[] {0, 31, 33, 64}) {
      byte[] bytes = new byte[length];
      java.util.Arrays.fill(bytes, (byte) 1);
      refuses(() -> subject.signingKey(bytes));
    }
  }

  private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable parse) {
    CryptoException refusal = catchThrowableOfType(CryptoException.class, parse);
    assertThat(refusal).isNotNull();
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  // CR-07: the form in which other tools export a key.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parseMultikey_undoesSecretMultikey(Subject subject) {
    Gen.forAll(
        10,
        gen -> {
          SigningKey key = subject.signingKey(secret(gen));
          SigningKey back = SigningKey.parseMultikey(key.secretMultikey());
          assertThat(back.secret()).isEqualTo(key.secret());
          assertThat(back.publicKey()).isEqualTo(key.publicKey());
        });
  }

  @Test
  void parseMultikey_refusesPublicAndDamagedKeys() {
    SigningKey key = SigningKey.parseK256(HEX.parseHex(GOLDEN_SECRET));
    assertThat(Multibase.BASE58BTC.decode(key.secretMultikey())).startsWith(0x81, 0x26).hasSize(34);
    CryptoException unsupported =
        catchThrowableOfType(
            CryptoException.class, () -> SigningKey.parseMultikey(key.publicKey().toMultikey()));
    assertThat(unsupported.kind()).isEqualTo(CryptoException.Kind.UNSUPPORTED);
    refuses(() -> SigningKey.parseMultikey(key.secretMultikey().substring(1)));
    refuses(() -> SigningKey.parseMultikey(DidKey.multikey(0x1301, new byte[32])));
  }

  // A log line that prints a key must not give it away.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void toString_showsThePublicHalfOnly(Subject subject) {
    SigningKey key = subject.generate(new SecureRandom());
    assertThat(key.toString())
        .isEqualTo("SigningKey[" + key.publicKey().toDidKey() + "]")
        .doesNotContain(HEX.formatHex(key.secret()))
        .doesNotContain(new BigInteger(1, key.secret()).toString())
        .doesNotContain(key.secretMultikey());
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void secret_isACopy(Subject subject) {
    byte[] secret = Curve.bytes(BigInteger.TEN);
    SigningKey key = subject.signingKey(secret);
    secret[31] = 0;
    key.secret()[31] = 0;
    assertThat(key.secret()).isEqualTo(Curve.bytes(BigInteger.TEN));
  }

  // CR-01, CR-07: a generator that returns what is no secret must be asked again, and its bits all
  // be used.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void generate_drawsUntilTheNumberIsASecret(Subject subject) {
    byte[] good = Curve.bytes(subject.reference.n.subtract(BigInteger.TWO));
    SecureRandom random =
        new Scripted(List.of(Curve.bytes(BigInteger.ZERO), Curve.bytes(subject.reference.n), good));
    assertThat(subject.generate(random).secret()).isEqualTo(good);
  }

  private static final class Scripted extends SecureRandom {
    @Serial private static final long serialVersionUID = 1;
    private final transient Deque<byte[]> values;

    Scripted(List<byte[]> values) {
      this.values = new ArrayDeque<>(values);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(values.remove(), 0, bytes, 0, bytes.length);
    }
  }

  private static byte[] secret(Gen gen) {
    byte[] secret = gen.bytes(32);
    secret[0] &= 0x7f;
    return secret;
  }

  private static BigInteger secretOf(SigningKey key) {
    return new BigInteger(1, key.secret());
  }
}
