// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Signatures as a hostile host may send them (CR-11, CR-13), over every curve and library. Most are
 * made so that the bare equation of ECDSA holds: only the rule under test can refuse them.
 */
class VerifyTest {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger DIGEST = new BigInteger("1234567890abcdef".repeat(4), 16);
  private static final BigInteger MAX = ONE.shiftLeft(256).subtract(ONE);

  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_honestSignatureAndEveryFlippedBit(Subject subject) {
    SigningKey signer = subject.generate(new Random(7));
    PublicKey key = subject.of(signer.publicKey());
    byte[] digest = Curve.bytes(DIGEST);
    byte[] signature = signer.signDigest(digest).toBytes();
    assertThat(verify(subject, key, digest, signature)).isTrue();
    for (int bit = 0; bit < 512; bit++) {
      assertThat(key.verifyDigest(digest, 0, flipped(signature, bit), 0, 64))
          .as("signature bit %d", bit)
          .isFalse();
    }
    for (int bit = 0; bit < 256; bit++) {
      assertThat(key.verifyDigest(flipped(digest, bit), 0, signature, 0, 64))
          .as("digest bit %d", bit)
          .isFalse();
    }
    assertThat(verify(subject, key, digest, signature)).isTrue();
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit >> 3] ^= (byte) (1 << (bit & 7));
    return copy;
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesAnotherKey(Subject subject) {
    SigningKey signer = subject.generate(new Random(8));
    PublicKey other = subject.of(subject.generate(new Random(9)).publicKey());
    byte[] digest = Curve.bytes(DIGEST);
    assertThat(verify(subject, other, digest, signer.signDigest(digest).toBytes())).isFalse();
  }

  // The key with the other y signs what this one does not.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesTheNegatedKey(Subject subject) {
    SigningKey signer = subject.generate(new Random(10));
    byte[] negated = signer.publicKey().compressed();
    negated[0] ^= 1;
    byte[] digest = Curve.bytes(DIGEST);
    assertThat(verify(subject, subject.parse(negated), digest, signer.signDigest(digest).toBytes()))
        .isFalse();
  }

  // CR-11, CR-15: n - s is as true as s, and would give one commit two CIDs.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesHighS(Subject subject) {
    SigningKey signer = subject.generate(new Random(11));
    byte[] signature = signer.signDigest(Curve.bytes(DIGEST)).toBytes();
    BigInteger r = Curve.number(signature, 0);
    BigInteger high = subject.reference.n.subtract(Curve.number(signature, 32));
    assertThat(equationHolds(subject, signer, r, high)).isTrue();
    assertThat(
            verify(
                subject,
                subject.of(signer.publicKey()),
                Curve.bytes(DIGEST),
                Reference.signature(r, high)))
        .isFalse();
  }

  private static boolean equationHolds(
      Subject subject, SigningKey signer, BigInteger r, BigInteger s) {
    Reference curve = subject.reference;
    Reference.Point key = curve.publicKey(new BigInteger(1, signer.secret()));
    return curve.verify(key, DIGEST, r, s);
  }

  // CR-11 to the unit: half the order is allowed, one more is not, though both equations hold.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_lowSEndsAtHalfTheOrder(Subject subject) {
    Reference curve = subject.reference;
    for (BigInteger s :
        List.of(ONE, curve.halfN.subtract(ONE), curve.halfN, curve.halfN.add(ONE))) {
      Reference.Point key = curve.recover(curve.g, DIGEST, curve.g.x().mod(curve.n), s);
      assertThat(curve.verify(key, DIGEST, curve.g.x().mod(curve.n), s)).isTrue();
      assertThat(
              verify(
                  subject,
                  subject.parse(key),
                  Curve.bytes(DIGEST),
                  Reference.signature(curve.g.x().mod(curve.n), s)))
          .as("s = half + %s", s.subtract(curve.halfN))
          .isEqualTo(s.compareTo(curve.halfN) <= 0);
    }
  }

  // CR-13. Zero has no inverse: an unchecked library throws, loops, or accepts everything.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesNumbersOutOfRange(Subject subject) {
    BigInteger n = subject.reference.n;
    SigningKey signer = subject.generate(new Random(12));
    PublicKey key = subject.of(signer.publicKey());
    byte[] signature = signer.signDigest(Curve.bytes(DIGEST)).toBytes();
    BigInteger r = Curve.number(signature, 0);
    BigInteger s = Curve.number(signature, 32);
    List<BigInteger> outside =
        List.of(BigInteger.ZERO, n, n.add(ONE), subject.reference.p, MAX, n.add(n.shiftRight(40)));
    for (BigInteger bad : outside) {
      if (bad.bitLength() <= 256) {
        assertThat(verify(subject, key, Curve.bytes(DIGEST), Reference.signature(bad, s)))
            .isFalse();
        assertThat(verify(subject, key, Curve.bytes(DIGEST), Reference.signature(r, bad)))
            .isFalse();
        assertThat(verify(subject, key, Curve.bytes(DIGEST), Reference.signature(bad, bad)))
            .isFalse();
      }
    }
    for (BigInteger edge : List.of(ONE, n.subtract(ONE), n.subtract(BigInteger.TWO))) {
      assertThat(verify(subject, key, Curve.bytes(DIGEST), Reference.signature(edge, s))).isFalse();
      assertThat(verify(subject, key, Curve.bytes(DIGEST), Reference.signature(r, edge))).isFalse();
    }
  }

  // A small r that stands for an x above the order is true; libraries have forgotten it.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_acceptsXBeyondTheOrder(Subject subject) {
    Reference curve = subject.reference;
    int found = 0;
    for (int i = 1; found < 4; i++) {
      BigInteger r = BigInteger.valueOf(i);
      Reference.Point nonce = curve.pointAt(curve.n.add(r));
      if (nonce != null) {
        found++;
        Reference.Point key = curve.recover(nonce, DIGEST, r, BigInteger.TEN);
        assertThat(curve.verify(key, DIGEST, r, BigInteger.TEN)).isTrue();
        assertThat(
                verify(
                    subject,
                    subject.parse(key),
                    Curve.bytes(DIGEST),
                    Reference.signature(r, BigInteger.TEN)))
            .isTrue();
        assertThat( // the same x, not reduced
                verify(
                    subject,
                    subject.parse(key),
                    Curve.bytes(DIGEST),
                    Reference.signature(curve.n.add(r), BigInteger.TEN)))
            .isFalse();
      }
    }
  }

  // The other way about: r + n must not be reduced by the prime before it is compared with x.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesXThatWrapsAtThePrime(Subject subject) {
    Reference curve = subject.reference;
    int found = 0;
    for (int i = 1; found < 4; i++) {
      BigInteger x = BigInteger.valueOf(i);
      Reference.Point nonce = curve.pointAt(x);
      if (nonce != null) {
        found++;
        BigInteger r = x.add(curve.p).subtract(curve.n);
        Reference.Point key = curve.recover(nonce, DIGEST, r, BigInteger.TEN);
        assertThat(curve.verify(key, DIGEST, r, BigInteger.TEN)).isFalse();
        assertThat(
                verify(
                    subject,
                    subject.parse(key),
                    Curve.bytes(DIGEST),
                    Reference.signature(r, BigInteger.TEN)))
            .isFalse();
      }
    }
  }

  // A digest that cancels the key: the sum is the identity, which has no x.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesASumThatIsTheIdentity(Subject subject) {
    BigInteger n = subject.reference.n;
    SigningKey signer = subject.generate(new Random(13));
    PublicKey key = subject.of(signer.publicKey());
    for (BigInteger r : List.of(ONE, BigInteger.TEN, n.subtract(ONE))) {
      byte[] digest =
          Curve.bytes(n.subtract(r.multiply(new BigInteger(1, signer.secret())).mod(n)));
      assertThat(verify(subject, key, digest, Reference.signature(r, ONE))).isFalse();
      assertThat(verify(subject, key, digest, Reference.signature(r, BigInteger.TEN))).isFalse();
    }
  }

  // Extreme keys, nonces and digests meet the special cases of point addition (a point and itself,
  // a point and its negative, the identity) in the middle of a multiplication.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_acceptsExtremes(Subject subject) {
    Reference curve = subject.reference;
    List<BigInteger> scalars = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      scalars.add(BigInteger.valueOf(i));
      scalars.add(curve.n.subtract(BigInteger.valueOf(i)));
    }
    scalars.add(curve.halfN);
    scalars.add(ONE.shiftLeft(128));
    List<BigInteger> digests =
        List.of(BigInteger.ZERO, ONE, curve.n.subtract(ONE), curve.n, curve.n.add(ONE), MAX);
    List<PublicKey> keys = new ArrayList<>();
    scalars.forEach(secret -> keys.add(subject.parse(curve.publicKey(secret))));
    for (BigInteger nonce : scalars) {
      Reference.Point noncePoint = curve.publicKey(nonce);
      for (BigInteger secret : scalars) {
        PublicKey key = keys.get(scalars.indexOf(secret));
        for (BigInteger digest : digests) {
          byte[] signature = curve.sign(secret, nonce, noncePoint, digest);
          if (Curve.number(signature, 32).signum() != 0) {
            assertThat(verify(subject, key, Curve.bytes(digest), signature))
                .as("secret %s nonce %s digest %s", secret, nonce, digest)
                .isTrue();
          }
        }
      }
    }
  }

  // CR-13: the right numbers in a wrong length or as DER are no signature.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_refusesOtherForms(Subject subject) {
    SigningKey signer = subject.generate(new Random(14));
    PublicKey key = subject.of(signer.publicKey());
    byte[] digest = Curve.bytes(DIGEST);
    byte[] signature = signer.signDigest(digest).toBytes();
    for (int length : new int[] {0, 1, 32, 63, 65, 70, 128}) {
      assertThat(verify(subject, key, digest, Arrays.copyOf(signature, length))).isFalse();
    }
    byte[] shifted = new byte[65];
    System.arraycopy(signature, 0, shifted, 1, 64);
    assertThat(verify(subject, key, digest, shifted)).isFalse();
    assertThat(verify(subject, key, digest, der(signature))).isFalse();
    byte[] derCutTo64 = Arrays.copyOf(der(signature), 64);
    assertThat(verify(subject, key, digest, derCutTo64)).isFalse();
  }

  private static byte[] der(byte[] signature) {
    byte[] r = Curve.number(signature, 0).toByteArray();
    byte[] s = Curve.number(signature, 32).toByteArray();
    byte[] der = new byte[6 + r.length + s.length];
    der[0] = 0x30;
    der[1] = (byte) (der.length - 2);
    der[2] = 2;
    der[3] = (byte) r.length;
    System.arraycopy(r, 0, der, 4, r.length);
    der[4 + r.length] = 2;
    der[5 + r.length] = (byte) s.length;
    System.arraycopy(s, 0, der, 6 + r.length, s.length);
    return der;
  }

  // In a relay digest and signature lie in the middle of larger buffers.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verifyDigest_readsSlices(Subject subject) {
    SigningKey signer = subject.generate(new Random(15));
    PublicKey key = subject.of(signer.publicKey());
    byte[] digest = Curve.bytes(DIGEST);
    byte[] signature = signer.signDigest(digest).toBytes();
    byte[] digests = new byte[100];
    byte[] signatures = new byte[200];
    new Random(16).nextBytes(digests);
    new Random(17).nextBytes(signatures);
    for (int offset : new int[] {0, 1, 37, 68}) {
      System.arraycopy(digest, 0, digests, offset, 32);
      System.arraycopy(signature, 0, signatures, 2 * offset, 64);
      assertThat(key.verifyDigest(digests, offset, signatures, 2 * offset, 64)).isTrue();
      assertThat(key.verifyDigest(digests, offset, signatures, 2 * offset, 63)).isFalse();
      if (offset > 0) {
        assertThat(key.verifyDigest(digests, offset - 1, signatures, 2 * offset, 64)).isFalse();
        assertThat(key.verifyDigest(digests, offset, signatures, 2 * offset - 1, 64)).isFalse();
      }
      assertThat(digests).contains(digest);
      new Random(18).nextBytes(digests);
      new Random(19).nextBytes(signatures);
    }
  }

  // Keys are shared by lanes: the table that the second verification builds must not be seen half
  // built, whoever builds it.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verify_byThreadsOnOneKey(Subject subject) throws Exception {
    int threads = 4;
    SigningKey signer = subject.generate(new Random(20));
    byte[] digest = Curve.bytes(DIGEST);
    byte[] good = signer.signDigest(digest).toBytes();
    byte[] bad = flipped(good, 300);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < 40; round++) {
        PublicKey key = subject.of(signer.publicKey());
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          tasks.add(
              () -> {
                start.await();
                boolean right = true;
                for (int i = 0; i < 8; i++) {
                  right &= key.verifyDigest(digest, 0, good, 0, 64);
                  right &= !key.verifyDigest(digest, 0, bad, 0, 64);
                }
                return right;
              });
        }
        for (Future<Boolean> right : executor.invokeAll(tasks)) {
          assertThat(right.get()).isTrue();
        }
      }
    }
  }

  /**
   * The verdict on a whole array; asked three times, because the first, the second and the later
   * verifications of a key go different ways.
   */
  private static boolean verify(Subject subject, PublicKey key, byte[] digest, byte[] signature) {
    boolean verdict = subject.of(key).verifyDigest(digest, 0, signature, 0, signature.length);
    for (int i = 0; i < 2; i++) {
      assertThat(key.verifyDigest(digest, 0, signature, 0, signature.length)).isEqualTo(verdict);
    }
    return verdict;
  }
}
