// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every vector is used, and by one claim only: a file that a new release of the vectors brings
 * fails the build until somebody decides what to do with it.
 */
class VectorsClaimTest {
  @Test
  void everyFile_isClaimedOnce() {
    NavigableSet<String> files = new TreeSet<>(VectorTests.own().files());
    assertThat(files).hasSizeGreaterThan(5);
    if (!VectorTests.published().hasOfficialSet()) {
      System.out.println(
          "no vectors in "
              + VectorTests.published().directory()
              + "; not run: the tests of syntax, crypto, data model, trees, proofs and DASL");
    }
    files.addAll(VectorTests.requirePublished().files());
    assertThat(files).hasSizeGreaterThan(50);

    Map<String, List<String>> owners = new TreeMap<>();
    for (String file : files) {
      owners.put(file, VectorClaims.of(file).stream().map(VectorClaim::name).toList());
    }
    owners.values().removeIf(all -> all.size() == 1);
    assertThat(owners).as("files with no owner, or with several").isEmpty();

    List<String> idle = new ArrayList<>();
    for (VectorClaim claim : VectorClaims.ALL) {
      if (files.stream().noneMatch(claim::covers)) {
        idle.add(claim.name());
      }
    }
    assertThat(idle).as("claims without a file").isEmpty();
  }
}
