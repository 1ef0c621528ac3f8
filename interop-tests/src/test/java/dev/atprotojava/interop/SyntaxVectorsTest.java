// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Damage: an identifier that others accept and we refuse, or the other way round (SY-01 to SY-22;
 * one case of SY-06 on purpose, SY-18 and SY-22 for those of the right shape only).
 */
class SyntaxVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), SyntaxVectors.CLAIMS);
  }
}
