// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code relay} of the project's root, in a project of a few empty files, with a JDK and
 * a Maven that only say what they are called with.
 */
@Timeout(60)
class LauncherTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
  private static final String JAR = "relay-daemon/target/relay-daemon-1.2.3.jar";
  private static final String SIMULATOR_JAR = "relay-simulator/target/relay-simulator-1.2.3.jar";

  private final Map<String, String> environment = new TreeMap<>();
  private Path project;
  private Path jdk;

  @TempDir private Path directory;

  /** What a call of the script came to. */
  private record Result(int code, String out, String err) {}

  @BeforeEach
  void prepare() throws IOException {
    project = directory.resolve("a project");
    String root = System.getProperty("project.root");
    write("relay", Files.readString(Path.of(root, "relay")));
    executable(project.resolve("relay"));
    write("pom.xml", "<project>\n  <version>1.2.3</version>\n  <version>9</version>\n</project>\n");
    for (String module : List.of("atproto-cbor", "relay-core", "relay-daemon", "relay-simulator")) {
      write(module + "/pom.xml", "");
      write(module + "/src/main/java/A.java", "");
      write(module + "/src/test/java/ATest.java", "");
    }
    try (Stream<Path> files = Files.walk(project)) {
      files.forEach(LauncherTest::makeOld);
    }
    jdk = jdk("jdk-25", "25.0.1");
    tool("mvn", "echo mvn \"$@\" >>\"$TOLD\"; echo home=$JAVA25_HOME >>\"$TOLD\"; " + BUILD);
    environment.put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
    environment.put("HOME", directory.resolve("home").toString());
    environment.put("TOLD", directory.resolve("told").toString());
    environment.put("JAVA_HOME", jdk.toString());
  }

  /** What a build leaves behind. */
  private static final String BUILD =
      "for m in relay-daemon relay-simulator; do case \"$*\" in *$m*)"
          + " mkdir -p $m/target/lib; : >$m/target/$m-1.2.3.jar;; esac; done";

  private static void makeOld(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path write(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static void executable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private void tool(String name, String body) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    executable(file);
  }

  /** A JDK whose java says how it was called. */
  private Path jdk(String name, String version) throws IOException {
    Path home = directory.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.writeString(
        home.resolve("bin/java"),
        "#!/bin/sh\necho " + name + "\nfor a; do echo \"$a\"; done\necho $RELAY_LAUNCHER\n");
    executable(home.resolve("bin/java"));
    return home;
  }

  private Result run(String... arguments) throws Exception {
    return run(project.resolve("relay"), directory, arguments);
  }

  private Result run(Path script, Path from, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(from.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  private String told() throws IOException {
    Path told = directory.resolve("told");
    return Files.exists(told) ? Files.readString(told) : "";
  }

  private void forget() throws IOException {
    Files.deleteIfExists(directory.resolve("told"));
  }

  @Test
  void relay_buildsOnceAndBecomesTheProgram() throws Exception {
    Result first = run("serve", "--bind", "a b");

    assertThat(first.code).isZero();
    assertThat(first.out.lines().limit(1)).containsExactly("jdk-25");
    assertThat(first.out)
        .contains("\n-XX:+UseSerialGC\n-Xmx192m\n--enable-native-access=ALL-UNNAMED\n-cp\n")
        .contains(project.resolve(JAR) + ":" + project.resolve("relay-daemon/target/lib/*"))
        .endsWith("dev.atprotojava.daemon.Main\nserve\n--bind\na b\n\n");
    assertThat(first.err).isEqualTo("relay: building relay-daemon\n");
    assertThat(told())
        .contains("package -pl relay-daemon -am")
        .contains("-Dmaven.test.skip")
        .contains("home=" + jdk);

    forget();
    Result second = run("version");
    assertThat(second.err).isEmpty();
    assertThat(told()).as("nothing to be built").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "atproto-cbor/src/main/java/A.java",
        "relay-core/pom.xml",
        "relay-core/src/main/java/B.java",
        "relay-daemon/src/main/resources/x.properties"
      })
  void relay_buildsWhatHasChanged(String file) throws Exception {
    run("version");
    forget();
    makeOld(project.resolve(JAR));
    write(file, "<version>1.2.3</version> changed");
    run("version");
    assertThat(told()).contains("mvn ");

    forget();
    run("version");
    assertThat(told()).isEmpty();
  }

  @Test
  void relay_noticesThatAFileIsGone() throws Exception {
    run("version");
    makeOld(project.resolve(JAR));
    forget();
    Files.delete(project.resolve("relay-core/src/main/java/A.java"));
    run("version");

    assertThat(told()).contains("mvn ");
  }

  @Test
  void relay_doesNotCareForTests() throws Exception {
    run("version");
    makeOld(project.resolve(JAR));
    forget();
    write("relay-core/src/test/java/BTest.java", "changed");
    run("version");

    assertThat(told()).isEmpty();
  }

  /** What is edited while a build runs may not be in it. */
  @Test
  void relay_buildsAgainWhatChangedDuringTheBuild() throws Exception {
    // Until the file system's clock has moved on, as it does many times in any real build.
    String edit =
        "; file=relay-core/src/main/java/A.java"
            + "; until [ -n \"$(find $file -newer target/launcher.began)\" ]"
            + "; do echo later >$file; done";
    tool("mvn", BUILD + edit + "; echo built >>\"$TOLD\"");
    run("version");
    run("version");

    assertThat(told()).isEqualTo("built\nbuilt\n");
  }

  @Test
  void relay_thatCannotBeBuiltSaysWhy() throws Exception {
    tool("mvn", "echo A.java:1: error: broken; exit 1");
    Result result = run("version");

    assertThat(result.code).isEqualTo(1);
    assertThat(result.out).isEmpty();
    assertThat(result.err)
        .contains("A.java:1: error: broken")
        .contains("relay: the build failed; all that it said is in " + project.resolve("target"));
  }

  @Test
  void relay_withoutMavenSaysWhatToInstall() throws Exception {
    Files.delete(directory.resolve("bin/mvn"));
    for (String tool : List.of("dirname", "find", "head", "readlink")) {
      tool(tool, "exec " + which(tool) + " \"$@\"");
    }
    environment.put("PATH", directory.resolve("bin").toString());
    Result result = run("version");

    assertThat(result.code).isEqualTo(1);
    assertThat(result.err).contains("Maven 3.8 or newer").hasLineCount(1);
  }

  private static Path which(String tool) {
    return Stream.of("/usr/bin", "/bin")
        .map(each -> Path.of(each, tool))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  /** Many set JAVA_HOME to the JDK of their other projects. */
  @Test
  void relay_passesOverOldJdks() throws Exception {
    environment.put("JAVA_HOME", jdk("jdk-17", "17.0.15").toString());
    Path older = jdk("jdk-8", "1.8.0_412");
    Path path = Files.createDirectories(directory.resolve("home/.sdkman/candidates/java"));
    Files.move(jdk("jdk-26", "26-ea"), path.resolve("26"));
    Files.createSymbolicLink(directory.resolve("bin/java"), older.resolve("bin/java"));
    Result result = run("version");

    assertThat(result.out).doesNotContain("jdk-17", "jdk-8");
    assertThat(result.err).as("this machine's own, or the one in HOME").doesNotContain("none was");
  }

  @Test
  void relay_findsTheJdkOfThePath() throws Exception {
    environment.remove("JAVA_HOME");
    Path first = Files.createSymbolicLink(directory.resolve("java"), jdk.resolve("bin/java"));
    Files.createSymbolicLink(directory.resolve("bin/java"), first);

    assertThat(run("version").out).startsWith("jdk-25\n");
  }

  @Test
  void relay_isFoundThroughLinksFromAnywhere() throws Exception {
    Path links = Files.createDirectories(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("first"), Path.of("../a project/relay"));
    Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("links/first"));

    Result result = run(second, Path.of("/"), "version");
    assertThat(result.code).as(result.err).isZero();
    assertThat(result.out).contains(project.resolve(JAR).toString());
    assertThat(run(Path.of("./relay"), project, "version").out).isEqualTo(result.out);
  }

  @Test
  void relay_takesOptionsForTheJvm() throws Exception {
    environment.put("RELAY_JAVA_OPTS", "-Xmx4g -XX:+UseZGC");

    assertThat(run("version").out)
        .contains("\n-Xmx4g\n-XX:+UseZGC\n")
        .doesNotContain("-Xmx192m")
        .doesNotContain("SerialGC");
  }

  /** The demonstration starts the relay by this script again, so both must be there. */
  @Test
  void demo_buildsBothAndRunsTheSimulator() throws Exception {
    Result result = run("demo", "--seconds", "1");

    assertThat(told()).contains("-pl relay-daemon,relay-simulator -am");
    assertThat(result.out)
        .contains("-Drelay.terminal=false\n")
        .contains(project.resolve(SIMULATOR_JAR).toString())
        .endsWith(
            "dev.atprotojava.simulator.Demo\n--seconds\n1\n" + project.resolve("relay") + "\n");
  }

  /** The check comes before each start, and scripts start it often. */
  @Test
  void relay_needsNoMavenAndNoWritingWhenAllIsBuilt() throws Exception {
    run("version");
    Files.delete(directory.resolve("bin/mvn"));
    Path file = project.resolve(JAR);
    FileTime before = Files.getLastModifiedTime(file);
    Result result = run("version");

    assertThat(result.code).isZero();
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
  }

  /** What is unpacked on a server has no sources, and must not look for any. */
  @Test
  void distribution_runsWithoutSourcesAndMaven() throws Exception {
    for (String name : List.of("LICENSE-APACHE", "LICENSE-MIT")) {
      write(name, name);
    }
    for (String name :
        List.of("README.md", "THIRD-PARTY.md", "relay.service", "relay.properties")) {
      write("deploy/" + name, name);
    }
    write("docs/operate/install.md", "");
    write("docs/reference/metrics.md", "");
    run("version");
    write("relay-daemon/target/lib/library-1.jar", "");
    Path packed = directory.resolve("packed.tar.gz");
    Result result = run("dist", packed.toString());
    assertThat(result.code).as(result.err).isZero();
    assertThat(result.out).isEqualTo(packed + "\n");

    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    assertThat(
            new ProcessBuilder("tar", "-C", elsewhere.toString(), "-xzf", packed.toString())
                .start()
                .waitFor())
        .isZero();
    Files.delete(directory.resolve("bin/mvn"));
    Path home = elsewhere.resolve("relay-1.2.3");
    Result started = run(home.resolve("relay"), directory, "serve", "--dev");
    assertThat(started.code).as(started.err).isZero();
    assertThat(started.out)
        .startsWith("jdk-25\n")
        .contains("\n" + home + "/lib/*\ndev.atprotojava.daemon.Main\nserve\n--dev\n");
    assertThat(home.resolve("lib/relay-daemon-1.2.3.jar")).exists();
    assertThat(home.resolve("lib/library-1.jar")).exists();
    assertThat(home.resolve("relay.service")).exists();
    Result demo = run(home.resolve("relay"), directory, "demo");
    assertThat(demo.code).isEqualTo(1);
    assertThat(demo.err).contains("'demo' needs the sources").hasLineCount(1);
  }
}
