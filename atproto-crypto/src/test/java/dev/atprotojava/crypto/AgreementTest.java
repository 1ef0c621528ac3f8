// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atprotojava.testing.Gen;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A verdict that depends on the library splits the network: one relay drops what another passes.
 * {@code -Dcrypto.samples=N} asks for more than 20,000 random signatures.
 */
class AgreementTest {
  private static final int SAMPLES = Integer.getInteger("crypto.samples", 20_000);
  private static final int KEYS = 40;

  /** A digest and what is to be a signature of it, true in about one of three. */
  private static final class Sample {
    final int key;
    final byte[] digest;
    final byte[] signature;

    Sample(int key, byte[] digest, byte[] signature) {
      this.key = key;
      this.digest = digest;
      this.signature = signature;
    }
  }

  /** Honest signatures of some keys, and samples made from them. */
  private static final class Signatures {
    final List<SigningKey> keys = new ArrayList<>();
    private final List<Sample> honest = new ArrayList<>();
    private final BigInteger n;

    Signatures(Subject subject) {
      this.n = subject.reference.n;
      Random random = new Random(42);
      for (int key = 0; key < KEYS; key++) {
        keys.add(subject.generate(random));
        for (int i = 0; i < 8; i++) {
          byte[] digest = new byte[32];
          random.nextBytes(digest);
          honest.add(new Sample(key, digest, keys.get(key).signDigest(digest).toBytes()));
        }
      }
    }

    Sample next(Gen gen) {
      Sample sample = gen.oneOf(honest);
      byte[] digest = sample.digest.clone();
      byte[] signature = sample.signature.clone();
      int key = sample.key;
      switch (gen.nextInt(12)) {
        case 0 -> signature[gen.nextInt(64)] ^= (byte) (1 << gen.nextInt(8));
        case 1 -> digest[gen.nextInt(32)] ^= (byte) (1 << gen.nextInt(8));
        case 2 -> key = gen.nextInt(KEYS);
        case 3 -> replaceS(signature, n.subtract(Curve.number(signature, 32)));
        case 4 -> signature = gen.bytes(64);
        case 5 -> replaceS(signature, near(gen, n.shiftRight(1)));
        case 6 -> System.arraycopy(Curve.bytes(near(gen, n)), 0, signature, 0, 32);
        case 7 -> signature = Arrays.copyOf(signature, gen.between(60, 66));
        case 8 -> Arrays.fill(signature, gen.nextInt(2) * 32, 32, (byte) 0);
        default -> {}
      }
      return new Sample(key, digest, signature);
    }

    private static void replaceS(byte[] signature, BigInteger s) {
      System.arraycopy(Curve.bytes(s), 0, signature, 32, 32);
    }

    private static BigInteger near(Gen gen, BigInteger number) {
      return number.add(BigInteger.valueOf(gen.between(-3, 3)));
    }
  }

  private static boolean verify(PublicKey key, Sample sample) {
    return key.verifyDigest(sample.digest, 0, sample.signature, 0, sample.signature.length);
  }

  @Test
  void verify_bothBackendsOfK256() {
    assumeTrue(K256PublicKey.backend() == K256Backend.NATIVE, "no native library here");
    Signatures signatures = new Signatures(Subject.K256_NATIVE);
    List<PublicKey> natives = new ArrayList<>();
    List<PublicKey> javas = new ArrayList<>();
    for (SigningKey key : signatures.keys) {
      natives.add(Subject.K256_NATIVE.of(key.publicKey()));
      javas.add(Subject.K256_BOUNCY_CASTLE.of(key.publicKey()));
    }
    int[] accepted = {0};
    Gen.forAll(
        SAMPLES,
        gen -> {
          Sample sample = signatures.next(gen);
          boolean verdict = verify(natives.get(sample.key), sample);
          assertThat(verify(javas.get(sample.key), sample)).isEqualTo(verdict);
          if (gen.oneIn(10)) { // the first verification of a key goes another way
            PublicKey fresh = Subject.K256_BOUNCY_CASTLE.of(natives.get(sample.key));
            assertThat(verify(fresh, sample)).isEqualTo(verdict);
          }
          accepted[0] += verdict ? 1 : 0;
        });
    assertThat(accepted[0]).isBetween(SAMPLES / 5, SAMPLES / 2);
  }

  // The numbers at every bound, each with each, and honest ones in every wrong form: more than a
  // thousand that no honest signer makes. Both libraries of K-256 must say what the textbook says.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_hostileSignatures(Subject subject) {
    Reference reference = subject.reference;
    SigningKey signer = subject.generate(new Random(7));
    PublicKey key = subject.of(signer.publicKey());
    PublicKey other =
        subject.curve == Curve.K256
            ? Subject.K256_BOUNCY_CASTLE.of(signer.publicKey())
            : Subject.P256.of(signer.publicKey());
    byte[] digest = new byte[32];
    new Random(8).nextBytes(digest);
    byte[] honest = signer.signDigest(digest).toBytes();
    List<BigInteger> numbers = new ArrayList<>();
    BigInteger largest = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    for (BigInteger bound : List.of(reference.n, reference.halfN, reference.p)) {
      for (int distance = -2; distance <= 2; distance++) {
        numbers.add(bound.add(BigInteger.valueOf(distance)).min(largest));
      }
    }
    numbers.addAll(List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TWO, largest));
    numbers.addAll(List.of(reference.g.x(), Curve.number(honest, 0), Curve.number(honest, 32)));
    numbers.add(reference.n.subtract(Curve.number(honest, 32)));
    List<byte[]> digests = List.of(digest, new byte[32]);
    Reference.Point point = reference.publicKey(new BigInteger(1, signer.secret()));
    int asked = 0;
    int accepted = 0;
    for (byte[] signed : digests) {
      for (BigInteger r : numbers) {
        for (BigInteger s : numbers) {
          Sample sample = new Sample(0, signed, Reference.signature(r, s));
          boolean expected =
              s.compareTo(reference.halfN) <= 0
                  && reference.verify(point, Curve.number(signed, 0), r, s);
          assertThat(verify(key, sample)).as("r %x s %x", r, s).isEqualTo(expected);
          assertThat(verify(other, sample)).as("r %x s %x", r, s).isEqualTo(expected);
          asked++;
          accepted += expected ? 1 : 0;
        }
      }
    }
    for (byte[] form : otherForms(honest)) {
      Sample sample = new Sample(0, digest, form);
      assertThat(verify(key, sample)).isFalse();
      assertThat(verify(other, sample)).isFalse();
      asked++;
    }
    assertThat(asked).isGreaterThan(1000);
    assertThat(accepted).isEqualTo(1); // the honest one
  }

  /** Every other length, the halves exchanged, and DER, which has r and s too (CR-13). */
  private static List<byte[]> otherForms(byte[] honest) {
    List<byte[]> forms = new ArrayList<>();
    for (int length = 0; length <= 130; length++) {
      if (length != 64) {
        forms.add(Arrays.copyOf(honest, length));
      }
    }
    byte[] exchanged = Arrays.copyOfRange(honest, 32, 96);
    System.arraycopy(honest, 0, exchanged, 32, 32);
    forms.add(exchanged);
    byte[] r = Curve.number(honest, 0).toByteArray();
    byte[] s = Curve.number(honest, 32).toByteArray();
    byte[] der = new byte[6 + r.length + s.length];
    der[0] = 0x30;
    der[1] = (byte) (der.length - 2);
    der[2] = 2;
    der[3] = (byte) r.length;
    System.arraycopy(r, 0, der, 4, r.length);
    der[4 + r.length] = 2;
    der[5 + r.length] = (byte) s.length;
    System.arraycopy(s, 0, der, 6 + r.length, s.length);
    forms.add(der);
    forms.add(Arrays.copyOf(der, 64)); // as long as a signature, and cut off
    forms.add(Arrays.copyOfRange(der, der.length - 64, der.length));
    return forms;
  }

  // The JDK accepts a high s; in all else it must agree.
  @Test
  void verify_p256AndTheJdk() throws Exception {
    Signatures signatures = new Signatures(Subject.P256);
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
    List<java.security.PublicKey> jdkKeys = new ArrayList<>();
    List<PublicKey> ours = new ArrayList<>();
    for (SigningKey key : signatures.keys) {
      Reference.Point point = Reference.P256.publicKey(new BigInteger(1, key.secret()));
      jdkKeys.add(
          KeyFactory.getInstance("EC")
              .generatePublic(new ECPublicKeySpec(new ECPoint(point.x(), point.y()), spec)));
      ours.add(Subject.P256.of(key.publicKey()));
    }
    int samples = SAMPLES / 10;
    int[] accepted = {0};
    Gen.forAll(
        samples,
        gen -> {
          Sample sample = signatures.next(gen);
          boolean verdict = verify(ours.get(sample.key), sample);
          assertThat(verify(Subject.P256.of(ours.get(sample.key)), sample)).isEqualTo(verdict);
          boolean low =
              sample.signature.length == 64
                  && Curve.number(sample.signature, 32).compareTo(Reference.P256.halfN) <= 0;
          assertThat(verdict).isEqualTo(low && jdkVerifies(jdkKeys.get(sample.key), sample));
          accepted[0] += verdict ? 1 : 0;
        });
    assertThat(accepted[0]).isBetween(samples / 5, samples / 2);
  }

  private static boolean jdkVerifies(java.security.PublicKey key, Sample sample) {
    try {
      Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
      verifier.initVerify(key);
      verifier.update(sample.digest);
      return verifier.verify(sample.signature);
    } catch (SignatureException malformed) {
      return false;
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_theTextbook(Subject subject) {
    Signatures signatures = new Signatures(subject);
    List<PublicKey> keys = new ArrayList<>();
    signatures.keys.forEach(key -> keys.add(subject.of(key.publicKey())));
    Gen.forAll(
        20,
        gen -> {
          Sample sample = signatures.next(gen);
          BigInteger secret = new BigInteger(1, signatures.keys.get(sample.key).secret());
          Reference.Point key = subject.reference.publicKey(secret);
          boolean low =
              sample.signature.length == 64
                  && Curve.number(sample.signature, 32).compareTo(subject.reference.halfN) <= 0;
          assertThat(verify(keys.get(sample.key), sample))
              .isEqualTo(
                  low
                      && subject.reference.verify(
                          key,
                          Curve.number(sample.digest, 0),
                          Curve.number(sample.signature, 0),
                          Curve.number(sample.signature, 32)));
        });
  }

  // Our nonces and the native library's are both those of RFC 6979.
  @Test
  void sign_bothLibrariesOfK256() {
    assumeTrue(K256PublicKey.backend() == K256Backend.NATIVE, "no native library here");
    fr.acinq.secp256k1.Secp256k1 library = fr.acinq.secp256k1.Secp256k1.get();
    Gen.forAll(
        300,
        gen -> {
          byte[] secret = gen.bytes(32);
          secret[0] &= 0x7f;
          byte[] digest = gen.bytes(32);
          SigningKey key = SigningKey.parseK256(secret);
          assertThat(key.signDigest(digest).toBytes())
              .isEqualTo(library.sign(digest, secret, null));
          assertThat(key.publicKey().compressed())
              .isEqualTo(library.pubKeyCompress(library.pubkeyCreate(secret)));
        });
  }
}
