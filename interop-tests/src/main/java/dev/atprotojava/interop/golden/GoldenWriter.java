// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Writes the set {@code atproto-java}: as it is published, the same bytes each time, or as much of
 * it as one wants, made by chance from a seed. One line for each case, so that a difference can be
 * looked at.
 */
public final class GoldenWriter {
  private static final long PUBLISHED_SEED = 20_000;
  private static final int PUBLISHED_RANDOM = 40;
  private static final int PUBLISHED_REPOS = 8;
  private static final int CASES_PER_FILE = 500;

  private final Path set;
  private int files;

  /**
   * A writer.
   *
   * @param directory of the vectors; the set becomes a folder in it
   */
  public GoldenWriter(Path directory) {
    this.set = directory.resolve(GoldenVectors.SET);
  }

  /** The set as it is published; the number of files. */
  public int writePublished() throws IOException {
    SplittableRandom random = new SplittableRandom(PUBLISHED_SEED);
    write("cbor/accepted.json", CborCases.accepted());
    write("cbor/refused.json", CborCases.refused());
    write("mst/trees.json", MstCases.trees());
    write("mst/refused.json", MstCases.refused());
    write("signatures/refused.json", SignatureCases.refused());
    write("did-documents/documents.json", DidDocumentCases.all());
    write("repos/refused.json", RepoCases.refused());
    writeRandom(PUBLISHED_RANDOM, PUBLISHED_REPOS, random);
    return files;
  }

  /**
   * Cases by chance; the number of files.
   *
   * @param count how many of each kind: values, trees, signatures, repositories
   */
  public int writeRandom(int count, long seed) throws IOException {
    writeRandom(count, count, new SplittableRandom(seed));
    return files;
  }

  private void writeRandom(int count, int repos, SplittableRandom random) throws IOException {
    SplittableRandom values = random.split();
    SplittableRandom trees = random.split();
    SplittableRandom signatures = random.split();
    SplittableRandom lives = random.split();
    writeMany("cbor", count, number -> CborCases.random(number, values));
    writeMany("mst", count, number -> MstCases.random(number, trees));
    writeMany("signatures", count, number -> SignatureCases.random(number, signatures));
    writeMany("repos", repos, number -> RepoCases.random(number, lives));
  }

  private void writeMany(String kind, int count, IntFunction<ObjectNode> cases) throws IOException {
    for (int from = 0; from < count; from += CASES_PER_FILE) {
      ArrayNode file = JsonNodeFactory.instance.arrayNode();
      for (int i = from; i < Math.min(count, from + CASES_PER_FILE); i++) {
        file.add(cases.apply(i + 1));
      }
      write("%s/random-%05d.json".formatted(kind, from + 1), file);
    }
  }

  private void write(String name, ArrayNode cases) throws IOException {
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < cases.size(); i++) {
      out.append(cases.get(i)).append(i + 1 < cases.size() ? ",\n" : "\n");
    }
    Path file = set.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, out.append("]\n"));
    files++;
  }
}
