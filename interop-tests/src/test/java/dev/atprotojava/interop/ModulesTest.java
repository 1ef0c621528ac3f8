// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The published jars as modules: what users on the module path get, which no other test does, for
 * they all run on the class path. The jars are those that the relay is shipped with.
 */
class ModulesTest {
  /** The published jars, by the beginnings of their names. */
  private static final Map<String, String> PUBLISHED =
      Map.of(
          "atproto-multiformats", "dev.atprotojava.multiformats",
          "atproto-syntax", "dev.atprotojava.syntax",
          "atproto-cbor", "dev.atprotojava.cbor",
          "atproto-crypto", "dev.atprotojava.crypto",
          "atproto-mst", "dev.atprotojava.mst",
          "atproto-identity", "dev.atprotojava.identity",
          "atproto-sync", "dev.atprotojava.sync",
          "atproto-sync-client", "dev.atprotojava.sync.client",
          "relay-core", "dev.atprotojava.relay");

  private static final String RELAY = "dev.atprotojava.relay";

  /** What stands between a jar's artifact and the end of its name. */
  private static final String VERSION = "-[0-9].*";

  private final Path shipped =
      Path.of(System.getProperty("project.root", ".."), "relay-daemon", "target", "lib");
  private final ModuleFinder finder = ModuleFinder.of(shipped);
  private List<Path> jars = List.of();

  @BeforeEach
  void list() throws IOException {
    assertThat(shipped).as("made by mvn package").isDirectory();
    try (Stream<Path> files = Files.list(shipped)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  /** Damage: a jar without a descriptor, whose module name then follows from that of its file. */
  @Test
  void descriptor_isInEveryPublishedJar() {
    Map<String, String> named =
        jars.stream()
            .filter(jar -> jar.getFileName().toString().matches("(atproto|relay)-.*"))
            .collect(
                Collectors.toMap(
                    jar -> jar.getFileName().toString().replaceFirst(VERSION, ""),
                    jar -> moduleOf(jar)));
    assertThat(named).containsExactlyInAnyOrderEntriesOf(PUBLISHED);
  }

  private static String moduleOf(Path jar) {
    Set<ModuleReference> modules = ModuleFinder.of(jar).findAll();
    assertThat(modules).as("modules of %s", jar.getFileName()).hasSize(1);
    ModuleDescriptor descriptor = modules.iterator().next().descriptor();
    assertThat(descriptor.isAutomatic()).as("%s has no descriptor", jar.getFileName()).isFalse();
    return descriptor.name();
  }

  /**
   * Damage: a module that requires what is not there under that name, or a package in two modules.
   * Dependencies may be automatic modules. The jars of the native secp256k1 cannot be modules, for
   * two of them have the same package; dev.atprotojava.crypto does without where they are not.
   */
  @Test
  void graph_resolvesFromThePublishedModules() {
    Path[] modules =
        jars.stream()
            .filter(jar -> !jar.getFileName().toString().startsWith("secp256k1-"))
            .toArray(Path[]::new);
    Configuration resolved =
        Configuration.resolve(
            ModuleFinder.of(modules),
            List.of(ModuleLayer.boot().configuration()),
            ModuleFinder.of(),
            PUBLISHED.values());
    assertThat(PUBLISHED.values())
        .allSatisfy(name -> assertThat(resolved.findModule(name)).isPresent());
  }

  /** Damage: a library that cannot be had without the relay. */
  @Test
  void libraries_requireNoRelay() {
    for (String library : PUBLISHED.values()) {
      if (!library.equals(RELAY)) {
        assertThat(requiredBy(library)).as(library).noneMatch(name -> name.startsWith(RELAY));
      }
    }
  }

  /** Damage: a library of functions that brings sockets, databases or a log along. */
  @ParameterizedTest
  @ValueSource(strings = {"multiformats", "syntax", "cbor", "crypto", "mst", "sync"})
  void pureLibraries_requireNoSocketsDatabasesOrLogs(String library) {
    assertThat(requiredBy("dev.atprotojava." + library))
        .contains("java.base")
        .doesNotContain("java.net.http", "java.sql", "java.logging", "org.slf4j", "okhttp3")
        .doesNotContain("dev.atprotojava.identity", "dev.atprotojava.sync.client");
  }

  /** Damage: the one library that the relay is not shipped with, which no test above sees. */
  @Test
  void cborJackson_resolvesBesideTheOthers() {
    Path[] classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(jar -> jar.getFileName().toString().matches("(atproto-cbor|jackson)-.*[.]jar"))
            .filter(jar -> !jar.toString().endsWith("-tests.jar"))
            .toArray(Path[]::new);
    Path jar =
        Stream.of(classPath)
            .filter(each -> each.getFileName().toString().startsWith("atproto-cbor-jackson-"))
            .findFirst()
            .orElseThrow();
    String module = moduleOf(jar);
    assertThat(module).isEqualTo("dev.atprotojava.cbor.jackson");
    Configuration resolved =
        Configuration.resolve(
            ModuleFinder.compose(ModuleFinder.of(classPath), finder),
            List.of(ModuleLayer.boot().configuration()),
            ModuleFinder.of(),
            Set.of(module));
    assertThat(resolved.findModule("dev.atprotojava.cbor")).isPresent();
    assertThat(resolved.findModule("com.fasterxml.jackson.dataformat.cbor")).isPresent();
    assertThat(resolved.findModule(RELAY)).isEmpty();
  }

  private Set<String> requiredBy(String module) {
    return finder.find(module).orElseThrow().descriptor().requires().stream()
        .map(ModuleDescriptor.Requires::name)
        .collect(Collectors.toSet());
  }
}
