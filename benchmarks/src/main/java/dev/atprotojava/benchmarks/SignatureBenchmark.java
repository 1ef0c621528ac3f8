// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.crypto.K256Backend;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.crypto.Signature;
import dev.atprotojava.crypto.SigningKey;
import fr.acinq.secp256k1.Secp256k1;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One signature verified, over 64 keys in turn, by one thread.
 *
 * <p>"parsed": the key was parsed and used before. "fresh": 33 bytes to verdict in each call, as
 * for an account that no cache knows. The "library" rows call the libraries directly, without a
 * check of ours; they are the measure for the tables of BouncyCastleVerifier and for the method
 * handles of the native back end.
 *
 * <p>{@code org.openjdk.jmh.Main SignatureBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(value = 1, jvmArgsAppend = SignatureBenchmark.NATIVE_ACCESS)
public class SignatureBenchmark {
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  /** The library unpacks itself into this directory, so it cannot load. */
  static final String NO_NATIVE = "-Dfr.acinq.secp256k1.tmpdir=/nonexistent";

  private static final int KEYS = 64;

  private final Cases k256 = new Cases("secp256k1", SigningKey::parseK256, K256PublicKey::parse);
  private final Cases p256 = new Cases("secp256r1", SigningKey::parseP256, P256PublicKey::parse);

  /** Keys and a signature of each, in every form that a method below takes. */
  private static final class Cases {
    final Function<byte[], ? extends PublicKey> parser;
    final ECDomainParameters domain;
    final byte[][] points = new byte[KEYS][];
    final byte[][] uncompressedPoints = new byte[KEYS][];
    final byte[][] digests = new byte[KEYS][32];
    final byte[][] signatures = new byte[KEYS][];
    final PublicKey[] keys = new PublicKey[KEYS];
    final SigningKey[] signers = new SigningKey[KEYS];
    final ECPublicKeyParameters[] libraryKeys = new ECPublicKeyParameters[KEYS];
    int next;

    Cases(
        String curve,
        Function<byte[], SigningKey> signer,
        Function<byte[], ? extends PublicKey> parser) {
      this.parser = parser;
      X9ECParameters parameters = CustomNamedCurves.getByName(curve);
      this.domain = new ECDomainParameters(parameters);
      Random random = new Random(1);
      for (int i = 0; i < KEYS; i++) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        random.nextBytes(digests[i]);
        secret[0] &= 0x7f;
        signers[i] = signer.apply(secret);
        signatures[i] = signers[i].signDigest(digests[i]).toBytes();
        points[i] = signers[i].publicKey().compressed();
        keys[i] = parser.apply(points[i]);
        libraryKeys[i] = libraryKey(points[i]);
        uncompressedPoints[i] = libraryKeys[i].getQ().getEncoded(false);
      }
    }

    ECPublicKeyParameters libraryKey(byte[] point) {
      return new ECPublicKeyParameters(domain.getCurve().decodePoint(point), domain);
    }

    int next() {
      next = (next + 1) % KEYS;
      return next;
    }

    boolean parsed() {
      int i = next();
      return keys[i].verifyDigest(digests[i], 0, signatures[i], 0, Signature.LENGTH);
    }

    boolean fresh() {
      int i = next();
      return parser
          .apply(points[i])
          .verifyDigest(digests[i], 0, signatures[i], 0, Signature.LENGTH);
    }

    PublicKey parse() {
      return parser.apply(points[next()]);
    }

    Signature sign() {
      int i = next();
      return signers[i].signDigest(digests[i]);
    }

    boolean libraryParsed() {
      return libraryVerifies(libraryKeys[next()]);
    }

    boolean libraryFresh() {
      return libraryVerifies(libraryKey(points[next()]));
    }

    private boolean libraryVerifies(ECPublicKeyParameters key) {
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, key);
      byte[] signature = signatures[next];
      return verifier.verifySignature(
          digests[next],
          new BigInteger(1, Arrays.copyOf(signature, 32)),
          new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
    }
  }

  private static void require(K256Backend backend) {
    if (K256PublicKey.backend() != backend) {
      throw new IllegalStateException("back end is " + K256PublicKey.backend());
    }
  }

  @Benchmark
  public boolean k256NativeParsed() {
    require(K256Backend.NATIVE);
    return k256.parsed();
  }

  @Benchmark
  public boolean k256NativeFresh() {
    require(K256Backend.NATIVE);
    return k256.fresh();
  }

  @Benchmark
  public PublicKey k256NativeParse() {
    require(K256Backend.NATIVE);
    return k256.parse();
  }

  @Benchmark
  @Fork(value = 1, jvmArgsAppend = NO_NATIVE)
  public boolean k256BouncyCastleParsed() {
    require(K256Backend.BOUNCY_CASTLE);
    return k256.parsed();
  }

  @Benchmark
  @Fork(value = 1, jvmArgsAppend = NO_NATIVE)
  public boolean k256BouncyCastleFresh() {
    require(K256Backend.BOUNCY_CASTLE);
    return k256.fresh();
  }

  @Benchmark
  public boolean p256Parsed() {
    return p256.parsed();
  }

  @Benchmark
  public boolean p256Fresh() {
    return p256.fresh();
  }

  @Benchmark
  public PublicKey p256Parse() {
    return p256.parse();
  }

  @Benchmark
  public Signature k256Sign() {
    return k256.sign();
  }

  @Benchmark
  public Signature p256Sign() {
    return p256.sign();
  }

  @Benchmark
  public boolean libraryK256Native33Bytes() {
    int i = k256.next();
    return Secp256k1.get().verify(k256.signatures[i], k256.digests[i], k256.points[i]);
  }

  @Benchmark
  public boolean libraryK256Native65Bytes() {
    int i = k256.next();
    return Secp256k1.get().verify(k256.signatures[i], k256.digests[i], k256.uncompressedPoints[i]);
  }

  @Benchmark
  public boolean libraryK256BouncyCastleParsed() {
    return k256.libraryParsed();
  }

  @Benchmark
  public boolean libraryK256BouncyCastleFresh() {
    return k256.libraryFresh();
  }

  @Benchmark
  public boolean libraryP256Parsed() {
    return p256.libraryParsed();
  }

  @Benchmark
  public boolean libraryP256Fresh() {
    return p256.libraryFresh();
  }
}
