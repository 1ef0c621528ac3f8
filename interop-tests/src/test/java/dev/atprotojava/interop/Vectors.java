// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The published vectors, which are not part of the project: a directory that holds one folder for
 * each set.
 *
 * <p>A file of the official set, {@code atproto-interop-tests}, is named by its path in there
 * ({@code syntax/did_syntax_valid.txt}), one of another set by its path in the directory ({@code
 * dasl/fixtures/cbor/cid.json}).
 *
 * @param directory where the sets are, or should be
 * @param required whether their absence is a failure
 */
record Vectors(Path directory, boolean required) {
  private static final String OFFICIAL_SET = "atproto-interop-tests";
  private static final List<String> OTHER_SETS = List.of("dasl");

  /** Those of this run. */
  static Vectors ofThisRun() {
    Path root = Path.of(System.getProperty("project.root", ".."));
    return new Vectors(
        locate(
            System.getProperty("atproto.vectors"),
            System.getenv("ATPROTO_VECTORS"),
            root,
            "../shared/vectors"),
        "true".equals(System.getenv("CI")));
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

  boolean present() {
    return Files.isDirectory(directory.resolve(OFFICIAL_SET));
  }

  /** The names of all files that hold cases. */
  SortedSet<String> files() {
    SortedSet<String> names = new TreeSet<>();
    addFiles(OFFICIAL_SET, "", names);
    for (String set : OTHER_SETS) {
      if (Files.isDirectory(directory.resolve(set))) {
        addFiles(set, set + "/", names);
      }
    }
    return names;
  }

  private void addFiles(String set, String prefix, SortedSet<String> names) {
    Path folder = directory.resolve(set);
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(Vectors::holdsCases)
          .forEach(name -> names.add(prefix + name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Everything else must be claimed, so that a new kind of file does not go unseen.
  private static boolean holdsCases(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return !name.startsWith(".")
        && !last.startsWith("README")
        && !last.startsWith("LICENSE")
        && !last.endsWith(".py");
  }

  /** The cases in a text file: see {@link #cases}. */
  List<String> lines(String name) {
    return cases(read(name));
  }

  /** The value in a JSON file. */
  JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(read(name));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private String read(String name) {
    boolean other = OTHER_SETS.stream().anyMatch(set -> name.startsWith(set + "/"));
    Path folder = other ? directory : directory.resolve(OFFICIAL_SET);
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /**
   * The lines that are neither empty nor comments. Nothing is trimmed, and only {@code \n} ends a
   * line: some cases differ from others by a space alone (spec.md chapter 8).
   */
  static List<String> cases(String text) {
    return Stream.of(text.split("\n", -1))
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }
}
