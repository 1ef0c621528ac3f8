// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Damage: a record with another CID than elsewhere, or one that others refuse (JSON-01 to JSON-10).
 */
class DataModelVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), DataModelVectors.CLAIMS);
  }
}
