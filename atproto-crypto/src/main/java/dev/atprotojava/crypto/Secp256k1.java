// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The native libsecp256k1 behind {@code fr.acinq.secp256k1}, if it is there.
 *
 * <p>Found by name, once. A {@code requires static} would have to name modules that those jars do
 * not declare, and two of the jars share a package, so that they cannot be on a module path at all;
 * on the class path they are seen from here like everything else. Handles in a record that a
 * constant holds cost what a direct call does (SignatureBenchmark).
 *
 * <p>The library's context is only read, so all threads share it.
 *
 * @param verify {@code (byte[] signature, byte[] digest, byte[] point)boolean}
 * @param parse {@code (byte[] point)byte[]}, from either form of a point to the uncompressed one
 */
record Secp256k1(MethodHandle verify, MethodHandle parse) {
  private static final String FACADE = "fr.acinq.secp256k1.Secp256k1";

  /** The library; null where its jars are missing, it does not load, or it answers wrongly. */
  static final @Nullable Secp256k1 LIBRARY = load();

  private static @Nullable Secp256k1 load() {
    try {
      Class<?> facade = Class.forName(FACADE);
      // Unpacks the library into a temporary directory and loads it.
      Object loaded = facade.getMethod("get").invoke(null);
      MethodType verify =
          MethodType.methodType(boolean.class, byte[].class, byte[].class, byte[].class);
      MethodType parse = MethodType.methodType(byte[].class, byte[].class);
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Secp256k1 library =
          new Secp256k1(
              lookup.findVirtual(facade, "verify", verify).bindTo(loaded),
              lookup.findVirtual(facade, "pubkeyParse", parse).bindTo(loaded));
      return library.isRight() ? library : null;
    } catch (ReflectiveOperationException | LinkageError | RuntimeException unusable) {
      return null;
    }
  }

  /** Whether a known signature verifies, and no longer does with one bit of its digest flipped. */
  private boolean isRight() {
    HexFormat hex = HexFormat.of();
    byte[] key = hex.parseHex("03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd");
    byte[] digest =
        hex.parseHex("a96af8b7e753b89b1a7fb1c48a47c669f507a4b24257fc74c5287163775550f0");
    byte[] signature =
        hex.parseHex(
            "972615ae31dfd33e9a484084e32ebb42fdad5c92d0811595a784715c8ced1f76"
                + "377c79dedbb59a94f01948befb6e012c508c087af16e4d1c29dd62e752515f12");
    byte[] point = decompress(key);
    boolean verified = verify(signature, digest, point);
    digest[0] ^= 1;
    return verified && !verify(signature, digest, point);
  }

  /**
   * Whether 64 bytes sign 32 bytes.
   *
   * @throws RuntimeException if the library refuses the form of an argument
   */
  boolean verify(byte[] signature, byte[] digest, byte[] point) {
    try {
      return (boolean) verify.invokeExact(signature, digest, point);
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Throwable checked) {
      throw new IllegalStateException(checked);
    }
  }

  /**
   * The uncompressed form of a point.
   *
   * @throws RuntimeException if it is not on the curve
   */
  byte[] decompress(byte[] point) {
    try {
      return (byte[]) parse.invokeExact(point);
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Throwable checked) {
      throw new IllegalStateException(checked);
    }
  }
}
