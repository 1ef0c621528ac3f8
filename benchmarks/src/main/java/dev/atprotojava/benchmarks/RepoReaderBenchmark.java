// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import dev.atprotojava.car.CarStream;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.sync.client.FileBlockSpill;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to read and verify a repository of 248,000 records and 131 MB from a file that is
 * in the page cache, in milliseconds, with a heap of 64 MiB: {@link #inOrder} in the order of its
 * tree, {@link #nodesFirst} with all nodes before all records, as other servers write it, so that
 * the nodes are kept and much is spilled; and {@link #blocksOnly}, which checks the blocks' hashes
 * and nothing else, for comparison.
 *
 * <pre>
 *   java -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main RepoReaderBenchmark
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
public class RepoReaderBenchmark {
  private final PublicKey key = RepoFiles.signer().publicKey();
  private final Path directory;
  private final Path inOrder;
  private final Path nodesFirst;

  /** Makes a directory for the files. */
  public RepoReaderBenchmark() {
    try {
      directory = Files.createTempDirectory("repo-reader-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inOrder = directory.resolve(RepoFiles.IN_ORDER);
    nodesFirst = directory.resolve(RepoFiles.NODES_FIRST);
  }

  /** Lets another process write the files. */
  @Setup(Level.Trial)
  public void write() throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    String main = RepoFiles.class.getName();
    Process writer =
        new ProcessBuilder(java, "-cp", classPath, main, directory.toString()).inheritIO().start();
    if (writer.waitFor() != 0) {
      throw new IllegalStateException("no files");
    }
    System.out.println(
        "a CAR of "
            + Files.size(inOrder)
            + " bytes, a heap of "
            + Runtime.getRuntime().maxMemory());
  }

  @TearDown(Level.Trial)
  public void delete() throws IOException {
    Files.deleteIfExists(inOrder);
    Files.deleteIfExists(nodesFirst);
    Files.delete(directory);
  }

  private long read(Path file) throws IOException {
    RepoReaderOptions options =
        RepoReaderOptions.DEFAULT
            .signedBy(RepoFiles.DID, key::verifyDigest)
            .spillingTo(new FileBlockSpill(directory));
    CarStream car = CarStream.open(FileChannel.open(file));
    long bytes = 0;
    try (RepoReader repo = RepoReader.open(car, options, new SplittableRandom(1))) {
      while (repo.next()) {
        bytes += repo.block().length();
      }
      if (repo.records() != RepoFiles.RECORDS) {
        throw new IllegalStateException(repo.records() + " records");
      }
    }
    return bytes;
  }

  @Benchmark
  public long inOrder() throws IOException {
    return read(inOrder);
  }

  @Benchmark
  public long nodesFirst() throws IOException {
    return read(nodesFirst);
  }

  @Benchmark
  public long blocksOnly() throws IOException {
    long bytes = 0;
    try (CarStream car = CarStream.open(FileChannel.open(inOrder))) {
      while (car.next()) {
        bytes += car.dataLength();
      }
    }
    return bytes;
  }
}
