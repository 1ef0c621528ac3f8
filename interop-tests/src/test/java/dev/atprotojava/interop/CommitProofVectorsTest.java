// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** Damage: a commit that others cannot undo, or a proof that misleads (MST-37, MST-46, IV-01). */
class CommitProofVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), CommitProofVectors.CLAIMS);
  }
}
