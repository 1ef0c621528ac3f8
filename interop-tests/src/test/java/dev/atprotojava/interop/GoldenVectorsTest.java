// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.interop.golden.GoldenVectors;
import dev.atprotojava.interop.golden.GoldenWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The vectors of our own making. Damage: a change of what is encoded, signed, accepted or refused
 * that nobody meant; independent implementations have looked at these files once.
 */
class GoldenVectorsTest {
  private static final String ADVICE =
      "if the change is meant: ./relay interop --write interop-tests/vectors, look at the"
          + " difference, and run interop-tests/differential";

  @TestFactory
  Stream<DynamicContainer> cases() {
    return VectorTests.of(VectorTests.own(), GoldenVectors.CLAIMS);
  }

  @Test
  void files_areWhatIsWrittenNow(@TempDir Path directory) throws IOException {
    int files = new GoldenWriter(directory).writePublished();
    NavigableSet<String> written = new Vectors(directory).files();
    assertThat(VectorTests.own().files()).as(ADVICE).isEqualTo(written).hasSize(files);
    for (String name : written) {
      assertThat(Files.readString(VectorTests.own().directory().resolve(name)))
          .as("%s: %s", name, ADVICE)
          .isEqualTo(Files.readString(directory.resolve(name)));
    }
  }

  // Damage: a generator that writes what nobody can read, or the same for every seed.
  @Test
  void random_isReadableAndFollowsTheSeed(@TempDir Path directory) throws IOException {
    for (int seed : List.of(1, 1, 2)) {
      Path folder = Files.createTempDirectory(directory, "seed-" + seed);
      assertThat(new GoldenWriter(folder).writeRandom(30, seed)).isEqualTo(4);
      assertThat(new VectorRun(new Vectors(folder), true).run().passed()).isTrue();
    }
    List<Path> folders;
    try (Stream<Path> list = Files.list(directory)) {
      folders = list.sorted().toList();
    }
    String file = "atproto-java/repos/random-00001.json";
    assertThat(Files.readString(folders.get(0).resolve(file)))
        .isEqualTo(Files.readString(folders.get(1).resolve(file)))
        .isNotEqualTo(Files.readString(folders.get(2).resolve(file)));
  }
}
