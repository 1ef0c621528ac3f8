// SPDX-License-Identifier: MIT OR Apache-2.0
import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks ({@code FORMAT=check}, the default) or mends ({@code FORMAT=apply}) every Java file of the
 * tree: google-java-format and the one-line licence header. Started by the root POM, under the
 * build's JDK and not Maven's, because the formatter understands only the syntax of the JDK it runs
 * on.
 */
class Format {
  private static final String HEADER = "// SPDX-License-Identifier: MIT OR Apache-2.0\n";
  private static final Formatter FORMATTER =
      new Formatter(JavaFormatterOptions.builder().reorderModifiers(true).build());

  static void main() throws Exception {
    boolean apply = "apply".equals(System.getenv("FORMAT"));
    List<Path> wrong;
    try (var files = Files.walk(Path.of("."))) {
      wrong =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList()
              .parallelStream()
              .filter(file -> differs(file, apply))
              .toList();
    }
    if (!wrong.isEmpty() && !apply) {
      wrong.forEach(file -> System.err.println("not formatted: " + file));
      System.err.println("mend with: mvn -pl . validate -Dformat=apply");
      System.exit(1);
    }
  }

  private static boolean differs(Path file, boolean apply) {
    try {
      String before = Files.readString(file);
      String headed = before.startsWith(HEADER) ? before : HEADER + before;
      String formatted =
          FORMATTER.formatSource(
              RemoveUnusedImports.removeUnusedImports(
                  ImportOrderer.reorderImports(headed, JavaFormatterOptions.Style.GOOGLE)));
      if (formatted.equals(before)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (Exception e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }
}
