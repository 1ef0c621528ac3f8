// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The classes of a module with a break in them: its sources are copied, changed and compiled, all
 * of them, since the compiler copies constants from class to class. By the plain compiler: no check
 * of the build is what notices.
 */
final class BrokenCopy {
  private BrokenCopy() {}

  /**
   * Compiles the module of a break.
   *
   * @return the folder of the classes
   * @throws IllegalArgumentException if the break does not fit the sources, or does not compile
   */
  static Path compile(RuleBreak rule, Path scratch) throws IOException {
    Path module = Project.ROOT.resolve(rule.module());
    Path sources = module.resolve("src/main/java");
    Path copy = Files.createDirectories(scratch.resolve("sources"));
    Path classes = Files.createDirectories(scratch.resolve("classes"));
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(sources)) {
      for (Path source : walk.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!source.endsWith("module-info.java")) { // on the class path, as the tests are
          Path file = copy.resolve(sources.relativize(source));
          Files.createDirectories(file.getParent());
          Files.writeString(file, broken(rule, source));
          files.add(file);
        }
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    List<Path> path = new ArrayList<>();
    for (Path other : Project.modules()) {
      path.add(other.resolve("target/classes"));
    }
    path.addAll(Project.libraries());
    List<String> options =
        List.of(
            "-nowarn",
            "-proc:none",
            "-parameters",
            "-d",
            classes.toString(),
            "-cp",
            Project.join(path));
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      if (!compiled) {
        throw new IllegalArgumentException("the break does not compile:\n" + complaints);
      }
    }
    return classes;
  }

  private static String broken(RuleBreak rule, Path source) throws IOException {
    String text = Files.readString(source);
    for (RuleBreak.Edit edit : rule.edits()) {
      if (source.equals(Project.ROOT.resolve(edit.file()))) {
        text = edit.applyTo(text);
      }
    }
    return text;
  }
}
