// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every published vector is used, and by one test only: a file that a new release of the vectors
 * brings fails the build until somebody decides what to do with it.
 */
class VectorsClaimTest {
  /**
   * What has no test yet, and why. A name that ends in a slash stands for a folder. A file that a
   * test claims must leave this table.
   */
  private static final Map<String, String> UNCLAIMED =
      Map.of("lexicon/", "is for a schema layer, which these libraries do not have");

  @Test
  void everyFile_isClaimedOnce() {
    Vectors vectors = Vectors.ofThisRun();
    Map<String, List<String>> claims = claims();
    if (!vectors.present()) {
      String absent = "no vectors in " + vectors.directory();
      if (vectors.required()) {
        fail(absent);
      }
      String sentence = absent + "; not run: " + tests(claims);
      System.out.println(sentence);
      abort(sentence);
    }
    Map<String, List<String>> owners = new TreeMap<>(claims);
    for (String file : vectors.files()) {
      List<String> all = owners.computeIfAbsent(file, unclaimed -> new ArrayList<>());
      UNCLAIMED.keySet().stream().filter(entry -> covers(entry, file)).forEach(all::add);
    }
    owners.values().removeIf(all -> all.size() == 1);
    assertThat(owners).as("files with no owner, or with several").isEmpty();
    assertThat(vectors.files()).as("files that are claimed").containsAll(claims.keySet());
    assertThat(UNCLAIMED.keySet())
        .as("entries of the table that stand for a file")
        .allMatch(entry -> vectors.files().stream().anyMatch(file -> covers(entry, file)));
  }

  private static boolean covers(String entry, String file) {
    return entry.endsWith("/") ? file.startsWith(entry) : file.equals(entry);
  }

  /** The test methods that claim each file. */
  private static Map<String, List<String>> claims() {
    Map<String, List<String>> claims = new TreeMap<>();
    new ClassFileImporter()
        .importPackagesOf(VectorsClaimTest.class).stream()
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isAnnotatedWith(VectorFile.class))
            .forEach(
                method -> {
                  for (String file : method.getAnnotationOfType(VectorFile.class).value()) {
                    claims.computeIfAbsent(file, first -> new ArrayList<>()).add(name(method));
                  }
                });
    return claims;
  }

  private static String name(JavaMethod method) {
    return method.getOwner().getSimpleName() + "." + method.getName();
  }

  /** The test classes, each with the number of its files. */
  private static String tests(Map<String, List<String>> claims) {
    return claims.values().stream()
        .flatMap(List::stream)
        .collect(
            Collectors.groupingBy(
                method -> method.substring(0, method.indexOf('.')),
                TreeMap::new,
                Collectors.counting()))
        .entrySet()
        .stream()
        .map(test -> test.getKey() + " (" + test.getValue() + " files)")
        .collect(Collectors.joining(", "));
  }
}
