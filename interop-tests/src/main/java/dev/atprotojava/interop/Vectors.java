// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Vectors: a directory that holds one folder for each set. The published ones are not part of the
 * project.
 *
 * <p>A file of the official set, {@code atproto-interop-tests}, is named by its path in there
 * ({@code syntax/did_syntax_valid.txt}), one of another set by its path in the directory ({@code
 * dasl/fixtures/cbor/cid.json}).
 *
 * @param directory where the sets are, or should be
 */
public record Vectors(Path directory) {
  private static final String OFFICIAL_SET = "atproto-interop-tests";
  private static final String OFFICIAL = OFFICIAL_SET + "/";

  /** Whether the official set is there. */
  public boolean hasOfficialSet() {
    return Files.isDirectory(directory.resolve(OFFICIAL_SET));
  }

  /** The names of all files that hold cases, in whatever set. */
  public NavigableSet<String> files() {
    NavigableSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(Vectors::holdsCases)
          .map(file -> file.startsWith(OFFICIAL) ? file.substring(OFFICIAL.length()) : file)
          .forEach(names::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  // Everything else must be claimed, so that a new kind of file does not go unseen.
  private static boolean holdsCases(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return !name.startsWith(".")
        && !name.contains("/.")
        && !last.startsWith("README")
        && !last.startsWith("LICENSE")
        && !last.endsWith(".py");
  }

  /** The cases in a text file: see {@link #cases}. */
  public List<String> lines(String name) {
    return cases(read(name));
  }

  /** The value in a JSON file. */
  public JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(read(name));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private String read(String name) {
    Path official = directory.resolve(OFFICIAL_SET).resolve(name);
    try {
      return Files.readString(Files.exists(official) ? official : directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /**
   * The lines that are neither empty nor comments. Nothing is trimmed, and only {@code \n} ends a
   * line: some cases differ from others by a space alone (spec.md chapter 8).
   */
  public static List<String> cases(String text) {
    return Stream.of(text.split("\n", -1))
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }
}
