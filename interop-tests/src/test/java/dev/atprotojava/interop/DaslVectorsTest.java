// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Damage: CBOR that others read otherwise; stricter only where the protocol is (CB-03, CB-05,
 * CB-18, CID-01, IV-02).
 */
class DaslVectorsTest {
  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.requirePublished(), DaslVectors.CLAIMS);
  }
}
