// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Test classes of one module, run in a JVM of their own.
 *
 * @param ran how many tests ran; none where the vectors that they read are not there
 * @param failed those that failed, as {@code Type.method}
 * @param torn those that failed because classes do not fit together, which proves nothing
 */
record TestRun(int ran, List<String> failed, List<String> torn) {
  private static final long LIMIT_SECONDS = 300;

  /**
   * Runs them.
   *
   * @param first the classes that come before those of the project
   * @throws IllegalStateException if the run does not come to its end
   */
  static TestRun of(Path module, List<String> tests, List<Path> first, Path scratch)
      throws IOException, InterruptedException {
    List<Path> path = new ArrayList<>(first);
    path.addAll(Project.testPath(module));
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                Project.join(path)));
    for (String property : List.of("project.root", "atproto.fixtures", "atproto.vectors")) {
      command.add("-D" + property + "=" + System.getProperty(property, ""));
    }
    command.add(TestRunMain.class.getName());
    for (String test : tests) {
      command.add(Project.fullName(module, test));
    }
    Path out = scratch.resolve("tests.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(module.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(tests + " did not end within " + LIMIT_SECONDS + " s");
    }
    return read(tests, Files.readAllLines(out));
  }

  private static TestRun read(List<String> tests, List<String> lines) {
    List<String> counts = marked(lines, TestRunMain.RAN);
    if (counts.isEmpty()) {
      throw new IllegalStateException(
          tests
              + " did not run:\n"
              + String.join("\n", lines.subList(0, Math.min(20, lines.size()))));
    }
    return new TestRun(
        Integer.parseInt(counts.getFirst()),
        marked(lines, TestRunMain.FAILED).stream().distinct().toList(),
        marked(lines, TestRunMain.TORN));
  }

  private static List<String> marked(List<String> lines, String mark) {
    return lines.stream()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .toList();
  }
}
