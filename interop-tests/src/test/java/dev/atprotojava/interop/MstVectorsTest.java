// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** Damage: a tree with another root than elsewhere (MST-06, MST-14). */
class MstVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), MstVectors.CLAIMS);
  }
}
