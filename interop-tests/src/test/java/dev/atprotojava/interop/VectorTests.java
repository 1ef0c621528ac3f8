// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** Vectors as tests: the cases that the runner runs, one test for each. */
final class VectorTests {
  private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
  private static final boolean REQUIRED = "true".equals(System.getenv("CI"));

  private VectorTests() {}

  /** The published vectors of this run, which are not part of the project. */
  static Vectors published() {
    return new Vectors(
        locate(
            System.getProperty("atproto.vectors"),
            System.getenv("ATPROTO_VECTORS"),
            ROOT,
            "../shared/vectors"));
  }

  /** Those of our own making, which are. */
  static Vectors own() {
    return new Vectors(ROOT.resolve("interop-tests/vectors"));
  }

  /**
   * The directory that a property names, or the environment, or else the sibling of the project.
   */
  static Path locate(
      @Nullable String property, @Nullable String environment, Path projectRoot, String sibling) {
    if (property != null && !property.isBlank()) {
      return projectRoot.resolve(property);
    }
    if (environment != null && !environment.isBlank()) {
      return projectRoot.resolve(environment);
    }
    return projectRoot.resolve(sibling).normalize();
  }

  /** Skips the test where the published vectors are absent, or fails it if the run needs them. */
  static Vectors requirePublished() {
    Vectors vectors = published();
    if (!vectors.hasOfficialSet()) {
      String absent = "no vectors in " + vectors.directory();
      if (REQUIRED) {
        fail(absent);
      }
      Assumptions.abort(absent);
    }
    return vectors;
  }

  /** The cases of all files that some claims stand for. A claim without a file is a failure. */
  static Stream<DynamicContainer> of(Vectors vectors, List<VectorClaim> claims) {
    assertThat(Files.isDirectory(vectors.directory())).isTrue();
    return claims.stream()
        .map(VectorClaim.Checked.class::cast)
        .map(
            claim ->
                dynamicContainer(
                    claim.name(),
                    vectors.files().stream()
                        .filter(claim::covers)
                        .flatMap(file -> tests(claim, vectors, file))
                        .collect(Collectors.toCollection(() -> some(claim)))));
  }

  /** A list whose first test fails if it stays the only one: a file without any case. */
  private static List<DynamicTest> some(VectorClaim claim) {
    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        dynamicTest("has cases", () -> assertThat(tests).as(claim.name()).hasSizeGreaterThan(1)));
    return tests;
  }

  private static Stream<DynamicTest> tests(
      VectorClaim.Checked claim, Vectors vectors, String file) {
    return claim.reader().read(vectors, file).stream()
        .map(
            each ->
                dynamicTest(
                    each.name().isBlank() ? "blank" : each.name(),
                    () ->
                        assertThat(each.run())
                            .as("%s, %s", file, each.name())
                            .isNotInstanceOf(Verdict.Failed.class)));
  }
}
