// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.interop.golden.GoldenVectors;
import java.util.List;
import java.util.stream.Stream;

/** Who answers for which file: one claim for each. */
public final class VectorClaims {
  private static final List<VectorClaim> NOT_OURS =
      List.of(
          new VectorClaim.NotOurs(
              "lexicon/", "is for a schema layer, which these libraries do not have (REC-03)"));

  /** All claims. */
  public static final List<VectorClaim> ALL =
      Stream.of(
              SyntaxVectors.CLAIMS,
              CryptoVectors.CLAIMS,
              DataModelVectors.CLAIMS,
              MstVectors.CLAIMS,
              CommitProofVectors.CLAIMS,
              DaslVectors.CLAIMS,
              GoldenVectors.CLAIMS,
              NOT_OURS)
          .flatMap(List::stream)
          .toList();

  private VectorClaims() {}

  /** The claims on a file: one, if all is well. */
  public static List<VectorClaim> of(String file) {
    return ALL.stream().filter(claim -> claim.covers(file)).toList();
  }
}
