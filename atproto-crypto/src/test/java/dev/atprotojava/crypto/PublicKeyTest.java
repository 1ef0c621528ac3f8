// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.testing.Gen;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys as a hostile DID document may state them (CR-02), over every curve and library. */
class PublicKeyTest {
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_refusesOtherLengths(Subject subject) {
    byte[] good = Reference.compressed(subject.reference.g);
    for (int length : new int[] {0, 1, 31, 32, 34, 64, 65, 66}) {
      refuses(subject, Arrays.copyOf(good, length));
    }
    refuses(subject, new byte[1]); // the identity
  }

  // BouncyCastle and secp256k1 both read 65 bytes that begin with 04, 06 or 07.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_refusesUncompressedAndHybridPoints(Subject subject) {
    Reference.Point g = subject.reference.g;
    for (byte head : new byte[] {4, 6, 7}) {
      byte[] point = new byte[65];
      point[0] = head;
      System.arraycopy(Curve.bytes(g.x()), 0, point, 1, 32);
      System.arraycopy(Curve.bytes(g.y()), 0, point, 33, 32);
      refuses(subject, point);
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_refusesOtherFirstBytes(Subject subject) {
    byte[] point = Reference.compressed(subject.reference.g);
    for (int head = 0; head < 256; head++) {
      point[0] = (byte) head;
      if (head == 2 || head == 3) {
        assertThat(subject.parse(point).compressed()).isEqualTo(point);
      } else {
        refuses(subject, point);
      }
    }
  }

  // x >= p would give a key a second spelling: take an x below the prime and add the prime to it.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_refusesCoordinatesOutsideTheField(Subject subject) {
    BigInteger p = subject.reference.p;
    int onCurve = 0;
    for (int i = 0; i < 50; i++) {
      BigInteger x = BigInteger.valueOf(i);
      onCurve += subject.reference.pointAt(x) == null ? 0 : 1;
      refuses(subject, withX(2, p.add(x)));
      refuses(subject, withX(3, p.add(x)));
    }
    assertThat(onCurve).isPositive();
    refuses(subject, withX(2, BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)));
  }

  // Which x have a point is arithmetic, and the same for the textbook and for every library.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_acceptsExactlyThePointsOfTheCurve(Subject subject) {
    BigInteger p = subject.reference.p;
    for (int i = 0; i < 60; i++) {
      for (BigInteger x :
          new BigInteger[] {
            BigInteger.valueOf(i), p.subtract(BigInteger.valueOf(i + 1)), p.shiftRight(i + 1)
          }) {
        if (subject.reference.pointAt(x) == null) {
          refuses(subject, withX(2, x));
          refuses(subject, withX(3, x));
        } else {
          assertThat(subject.parse(withX(2, x)).compressed()).isEqualTo(withX(2, x));
          assertThat(subject.parse(withX(3, x)).compressed()).isEqualTo(withX(3, x));
        }
      }
    }
  }

  // Both forms of a point are one key; and 65 bytes are held to the curve, for an attacker who
  // chooses a point off it chooses its order too (CR-02).
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parseUncompressed_undoesUncompressed(Subject subject) {
    Gen.forAll(
        50,
        gen -> {
          PublicKey key = subject.generate(new Random(gen.nextLong())).publicKey();
          byte[] point = key.uncompressed();
          assertThat(point).hasSize(65).startsWith(4);
          assertThat(uncompressed(subject, point)).isEqualTo(key);
          assertThat(subject.of(key).uncompressed()).isEqualTo(point);
          for (int length : new int[] {0, 33, 64, 66}) {
            byte[] other = Arrays.copyOf(point, length);
            assertThatThrownBy(() -> uncompressed(subject, other))
                .isInstanceOf(CryptoException.class);
          }
          byte[] hybrid = point.clone();
          hybrid[0] = (byte) gen.between(5, 7);
          assertThatThrownBy(() -> uncompressed(subject, hybrid))
              .isInstanceOf(CryptoException.class);
          byte[] offCurve = point.clone();
          offCurve[gen.between(1, 64)] ^= (byte) (1 << gen.nextInt(8));
          assertThatThrownBy(() -> uncompressed(subject, offCurve))
              .isInstanceOf(CryptoException.class);
          point[40] ^= 1;
          assertThat(key.uncompressed()).isNotEqualTo(point); // a copy
        });
  }

  private static PublicKey uncompressed(Subject subject, byte[] point) {
    return switch (subject.curve) {
      case P256 -> P256PublicKey.parseUncompressed(point);
      case K256 -> K256PublicKey.parseUncompressed(point);
    };
  }

  // Whatever 33 bytes a document holds, the answer is a key or a refusal.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_neverThrowsAnythingElse(Subject subject) {
    Gen.forAll(
        1000,
        gen -> {
          byte[] bytes = gen.bytes(33);
          bytes[0] = (byte) gen.between(1, 4);
          try {
            assertThat(subject.parse(bytes).compressed()).isEqualTo(bytes);
          } catch (CryptoException refused) {
            assertThat(refused.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
          }
        });
  }

  // The identity of a key is its curve and point: not the library, and not the parity's loss.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void equals_isOfCurveAndPoint(Subject subject) {
    byte[] g = Reference.compressed(subject.reference.g);
    byte[] minusG = g.clone();
    minusG[0] ^= 1;
    PublicKey key = subject.parse(g);
    assertThat(key)
        .isEqualTo(PublicKey.ofCompressed(subject.curve, g))
        .hasSameHashCodeAs(PublicKey.ofCompressed(subject.curve, g))
        .isNotEqualTo(subject.parse(minusG))
        .isNotEqualTo(key.toDidKey());
    for (Subject other : Subject.values()) {
      if (other.curve == subject.curve) {
        assertThat(other.of(key)).isEqualTo(key).hasSameHashCodeAs(key);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void parse_copies(Subject subject) {
    byte[] bytes = Reference.compressed(subject.reference.g);
    PublicKey key = subject.parse(bytes);
    bytes[5] ^= 1;
    assertThat(key.compressed()).isEqualTo(Reference.compressed(subject.reference.g));
  }

  // A digest of another length would be cut or padded in silence; it is the caller's mistake.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verifyDigest_refusesOtherDigestLengths(Subject subject) {
    PublicKey key = subject.parse(subject.reference.g);
    Signature signature = Signature.parse(Reference.signature(BigInteger.ONE, BigInteger.ONE));
    for (int length : new int[] {0, 31, 33, 64}) {
      assertThatThrownBy(() -> key.verifyDigest(new byte[length], signature))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be 32");
    }
  }

  // An offset that is wrong must not be read as a bad signature of an innocent account.
  @ParameterizedTest
  @EnumSource(Subject.class)
  void verifyDigest_refusesSlicesOutsideTheirArrays(Subject subject) {
    PublicKey key = subject.parse(subject.reference.g);
    byte[] digest = new byte[40];
    byte[] signature = new byte[80];
    for (int[] slice :
        new int[][] {{9, 0, 64}, {-1, 0, 64}, {0, 17, 64}, {0, -1, 64}, {0, 0, 81}, {0, 5, -1}}) {
      assertThatThrownBy(() -> key.verifyDigest(digest, slice[0], signature, slice[1], slice[2]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private static void refuses(Subject subject, byte[] bytes) {
    CryptoException refusal =
        catchThrowableOfType(CryptoException.class, () -> subject.parse(bytes));
    assertThat(refusal).isNotNull();
    assertThat(refusal.kind()).isEqualTo(CryptoException.Kind.MALFORMED);
  }

  private static byte[] withX(int head, BigInteger x) {
    byte[] point = new byte[33];
    point[0] = (byte) head;
    System.arraycopy(Curve.bytes(x), 0, point, 1, 32);
    return point;
  }
}
