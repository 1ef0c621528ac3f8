// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A page rots where it names what has moved: links must lead somewhere, and a type or a test that a
 * page of {@code docs} names in code style must be in the project.
 */
class PagesTest {
  private static final Path ROOT =
      Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();
  private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\\s]+)`");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern TYPE = Pattern.compile("[A-Z][a-z]\\w*(\\.\\w+|#\\w+)*");
  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|interface|enum)\\s+(\\w+)");

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);");
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** Words of the protocol, what our code imports, and what the root POM says. */
  private static final Set<String> FOREIGN =
      new HashSet<>(Set.of("FutureCursor", "OutdatedCursor", "RecordNotFound"));

  private static final List<Path> PAGES = new ArrayList<>();

  /** The text of the files that declare a type, by its name. */
  private static final Map<String, String> DECLARED = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return SKIPPED.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            if (name.endsWith(".md")) {
              PAGES.add(file);
            } else if (name.endsWith(".java")) {
              String text = Files.readString(file);
              DECLARATION
                  .matcher(text)
                  .results()
                  .forEach(found -> DECLARED.merge(found.group(1), text, String::concat));
              IMPORT.matcher(text).results().forEach(found -> FOREIGN.add(found.group(1)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    FOREIGN.removeAll(DECLARED.keySet());
    WORD.matcher(Files.readString(ROOT.resolve("pom.xml")))
        .results()
        .forEach(found -> FOREIGN.add(found.group()));
  }

  @Test
  void links_leadSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : PAGES) {
      for (String link : found(LINK, page, 1, target -> !target.matches("(https?:|#).*"))) {
        String file = link.replaceFirst("#.*", "");
        if (!Files.exists(page.resolveSibling(file))) {
          dead.add(ROOT.relativize(page) + ": " + link);
        }
      }
    }
    assertThat(PAGES).hasSizeGreaterThan(10);
    assertThat(dead).isEmpty();
  }

  @Test
  void types_areInTheProject() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (Path page : PAGES) {
      if (page.startsWith(ROOT.resolve("docs"))) {
        for (String name : found(CODE, page, 1, TYPE.asMatchPredicate())) {
          if (!isKnown(name)) {
            unknown.add(ROOT.relativize(page) + ": " + name);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  /** {@code Type}, or {@code Type.member} whose member is a word of the file that declares it. */
  private static boolean isKnown(String name) {
    String[] parts = name.split("[.#]");
    if (FOREIGN.contains(parts[0])) {
      return true;
    }
    String source = DECLARED.get(parts[0]);
    if (source == null) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      if (!Pattern.compile("\\b" + parts[i] + "\\b").matcher(source).find()) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> found(Pattern pattern, Path page, int group, Predicate<String> wanted)
      throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    Set<String> found = new HashSet<>();
    pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(group))
        .filter(wanted)
        .forEach(found::add);
    return found;
  }
}
