// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which back end a process gets. Each case loads the module anew, in a class loader that sees other
 * jars, because the choice is made once per process.
 */
class Secp256k1Test {
  // If the native library stopped loading here, half of the tests of this module would be skipped
  // in silence, and the relay would run at half its speed.
  @Test
  @EnabledOnOs(OS.LINUX)
  void backend_isNativeWhereTheJarsAre() {
    assertThat(K256PublicKey.backend()).isEqualTo(K256Backend.NATIVE);
  }

  @Test
  void backend_withoutTheJars() throws Exception {
    assertThat(backendWith(jar -> !jar.contains("secp256k1"))).isEqualTo("BOUNCY_CASTLE");
  }

  @Test
  void backend_withTheFacadeAlone() throws Exception {
    assertThat(backendWith(jar -> !jar.contains("secp256k1-kmp-jni"))).isEqualTo("BOUNCY_CASTLE");
  }

  @Test
  void backend_withoutTheJarOfTheSystem() throws Exception {
    assertThat(backendWith(jar -> !jar.contains("jni-jvm-linux"))).isEqualTo("BOUNCY_CASTLE");
  }

  @Test
  void backend_withoutKotlin() throws Exception {
    assertThat(backendWith(jar -> !jar.contains("kotlin"))).isEqualTo("BOUNCY_CASTLE");
  }

  // A library that accepts what it should refuse, or the reverse, is worse than none.
  @Test
  void backend_withALibraryThatIsWrong(@TempDir Path directory) throws Exception {
    assertThat(backendWithFacade(directory, "return true;")).isEqualTo("BOUNCY_CASTLE");
    assertThat(backendWithFacade(directory, "return false;")).isEqualTo("BOUNCY_CASTLE");
    assertThat(backendWithFacade(directory, "throw new IllegalStateException();"))
        .isEqualTo("BOUNCY_CASTLE");
    assertThat(backendWithFacade(directory, "throw new UnsatisfiedLinkError();"))
        .isEqualTo("BOUNCY_CASTLE");
    // The trick of this test works at all: one that answers this known question is taken.
    assertThat(backendWithFacade(directory, "return digest[0] == (byte) 0xa9;"))
        .isEqualTo("NATIVE");
  }

  private interface Choice {
    boolean sees(String jar);
  }

  private static String backendWith(Choice choice) throws Exception {
    List<URL> urls = new ArrayList<>();
    addClassPath(urls, choice);
    return backend(urls);
  }

  private static void addClassPath(List<URL> urls, Choice choice) throws Exception {
    String classPath = System.getProperty("java.class.path");
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (choice.sees(entry)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
  }

  private static String backendWithFacade(Path directory, String verify) throws Exception {
    Path source = directory.resolve("Secp256k1.java");
    Files.writeString(
        source,
        """
        package fr.acinq.secp256k1;
        public interface Secp256k1 {
          static Secp256k1 get() { return new Secp256k1() {}; }
          default byte[] pubkeyParse(byte[] point) { return point; }
          default boolean verify(byte[] signature, byte[] digest, byte[] point) { %s }
        }
        """
            .formatted(verify));
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    String[] arguments = {"-d", directory.toString(), source.toString()};
    assertThat(compiler.run(System.out, System.err, arguments)).isZero();
    List<URL> urls = new ArrayList<>();
    urls.add(directory.toUri().toURL());
    addClassPath(urls, entry -> !entry.contains("secp256k1"));
    return backend(urls);
  }

  private static String backend(List<URL> classPath) throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(classPath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Class<?> key = loader.loadClass(K256PublicKey.class.getName());
      assertThat(key).isNotSameAs(K256PublicKey.class);
      return String.valueOf(key.getMethod("backend").invoke(null));
    }
  }

  // Cannot come from a peer, whose r is checked before. If the library ever refuses a form that we
  // think it takes, the verdict must be the other back end's and no exception reach the caller.
  @Test
  @EnabledOnOs(OS.LINUX)
  void verify_whatTheLibraryRefusesIsDecidedByTheOther() {
    byte[] point = Curve.K256.domain().getG().getEncoded(false);
    byte[] outOfRange = Reference.signature(Reference.K256.n, BigInteger.ONE);
    assertThat(new NativeVerifier(point).verify(new byte[32], 0, outOfRange, 0)).isFalse();
  }
}
