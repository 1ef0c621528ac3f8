// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the modules, their classes and the libraries of their tests are. */
final class Project {
  static final Path ROOT =
      Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();

  private Project() {}

  /** The module folder whose tests have a class of this name. */
  static Path moduleOfTest(String test) throws IOException {
    for (Path module : modules()) {
      if (sourceOfTest(module, test) != null) {
        return module;
      }
    }
    throw new IllegalArgumentException("no test " + test);
  }

  /** The full name of a test class of a module. */
  static String fullName(Path module, String test) throws IOException {
    Path tests = module.resolve("src/test/java");
    Path source = sourceOfTest(module, test);
    if (source == null) {
      throw new IllegalArgumentException("no test " + test);
    }
    return tests
        .relativize(source)
        .toString()
        .replace(".java", "")
        .replace(File.separatorChar, '.');
  }

  private static @Nullable Path sourceOfTest(Path module, String test) throws IOException {
    Path tests = module.resolve("src/test/java");
    if (!Files.isDirectory(tests)) {
      return null;
    }
    try (Stream<Path> files = Files.walk(tests)) {
      return files.filter(file -> file.endsWith(test + ".java")).findFirst().orElse(null);
    }
  }

  static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders
          .filter(
              folder -> Files.isRegularFile(folder.resolve("pom.xml")) && !folder.endsWith("docs"))
          .sorted()
          .toList();
    }
  }

  /** What the tests of a module see, but for what is put before it. */
  static List<Path> testPath(Path module) throws IOException {
    List<Path> path = new ArrayList<>();
    path.add(module.resolve("target/test-classes"));
    for (Path other : modules()) {
      path.add(other.resolve("target/classes"));
    }
    for (Path other : modules()) { // those whose tests are a jar for the modules above
      if (!other.equals(module) && hasTestJar(other)) {
        path.add(other.resolve("target/test-classes"));
      }
    }
    path.addAll(libraries());
    return path;
  }

  private static boolean hasTestJar(Path module) throws IOException {
    return Files.readString(module.resolve("pom.xml")).contains("<goal>test-jar</goal>");
  }

  /** What this module's own tests see, which has the libraries of all modules. */
  static List<Path> libraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry -> !entry.startsWith(ROOT) || entry.endsWith("docs/target/test-classes"))
        .toList();
  }

  static String join(List<Path> path) {
    return String.join(File.pathSeparator, path.stream().map(Path::toString).toList());
  }
}
