// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** Damage: a key or a signature that others judge otherwise (CR-10 to CR-13, CR-23). */
class CryptoVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), CryptoVectors.CLAIMS);
  }
}
