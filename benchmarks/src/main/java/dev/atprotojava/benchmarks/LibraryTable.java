// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.benchmarks;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.K256PublicKey;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstBuilder;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What our libraries cost beside others, as the process's CPU (user and system, collector and
 * compiler included) on inputs that all of them read: those of {@link LibraryInputs}.
 *
 * <pre>
 *   taskset -c 1 java -XX:+UseSerialGC -cp ... dev.atprotojava.benchmarks.LibraryTable INPUTS
 * </pre>
 *
 * <p>A row is {@code row, library, median, least, most}, by tabs: microseconds for each message,
 * signature or record, milliseconds for a tree or a repository. What follows is the bytes that it
 * allocates. Each is the median of five passes over all of the input after some that are not
 * counted. To refuse what was changed is a row too: of 200 messages with the last bit of their last
 * block flipped, how many are refused.
 */
public final class LibraryTable {
  private static final int WARM_UPS = 20;
  private static final int PASSES = 5;
  private static final long LONG_ENOUGH_NANOS = 1_000_000_000;
  private static final int FLIPPED = 200;

  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final String library;
  private final Path inputs;
  private final List<Bytes> messages;
  private final List<PublicKey> keys = new ArrayList<>();
  private final CommitSteps steps = new CommitSteps();
  private final Instant now = Instant.now().plus(Duration.ofDays(1)); // revisions come from now

  /** A pass over an input; what it returns keeps its work from being left out. */
  private interface Pass {
    long run() throws IOException;
  }

  /** A commit, and the key of its account. */
  private record Signed(PublicKey key, RepoCommit commit) {
    boolean isValid(Sha256 sha256, byte[] digest) {
      commit.digestUnsigned(sha256, digest, 0);
      Bytes signature = commit.sig();
      return key.verifyDigest(digest, 0, signature.array(), signature.offset(), signature.length());
    }
  }

  private LibraryTable(Path inputs) throws IOException {
    this.inputs = inputs;
    this.library = "ours, K-256 " + K256PublicKey.backend().name().toLowerCase(Locale.ROOT);
    this.messages = LibraryInputs.read(inputs.resolve(LibraryInputs.FRAMES));
    Map<String, PublicKey> known = new HashMap<>();
    for (String line : Files.readAllLines(inputs.resolve(LibraryInputs.KEYS))) {
      int space = line.indexOf(' ');
      known.put(line.substring(0, space), DidKey.parseMultikey(line.substring(space + 1)));
    }
    for (Bytes message : messages) {
      keys.add(requireNonNull(known.get(steps.decode(message).did().toString())));
    }
  }

  /** Measures everything, or only the rows that are named behind the directory of the inputs. */
  public static void main(String[] args) throws IOException {
    LibraryTable table = new LibraryTable(Path.of(args[0]));
    List<String> rows = List.of(args).subList(1, args.length);
    table.frames(rows);
    table.signatures(rows);
    table.records(rows);
    table.trees(rows);
    table.repository(rows);
    table.flipped(rows);
  }

  private void frames(List<String> rows) throws IOException {
    int count = messages.size();
    measure(rows, "decode", count, 1e3, () -> sum(i -> steps.decode(messages.get(i)).ops().size()));
    measure(rows, "blocks", count, 1e3, () -> sum(i -> steps.blocks(messages.get(i)).hashCode()));
    measure(
        rows, "inversion", count, 1e3, () -> sum(i -> steps.inversion(messages.get(i)).hashCode()));
    measure(
        rows,
        "signature",
        count,
        1e3,
        () -> sum(i -> steps.verify(messages.get(i), keys.get(i), now).hashCode()));
  }

  private interface Step {
    int at(int index);
  }

  private long sum(Step step) {
    long sum = 0;
    for (int i = 0; i < messages.size(); i++) {
      sum += step.at(i);
    }
    return sum;
  }

  private void signatures(List<String> rows) throws IOException {
    measureSignatures(rows, "k256", K256PublicKey.class);
    measureSignatures(rows, "p256", P256PublicKey.class);
  }

  private void measureSignatures(List<String> rows, String row, Class<? extends PublicKey> curve)
      throws IOException {
    Sha256 sha256 = new Sha256();
    byte[] digest = new byte[32];
    List<Signed> signed = new ArrayList<>();
    CarReader car = new CarReader();
    for (int i = 0; i < messages.size(); i++) {
      if (curve.isInstance(keys.get(i))) {
        car.reset(steps.decode(messages.get(i)).blocks());
        while (car.next()) {
          if (car.cid().equals(car.root(0))) {
            signed.add(new Signed(keys.get(i), RepoCommit.decode(car.data())));
          }
        }
      }
    }
    measure(
        rows,
        row,
        signed.size(),
        1e3,
        () -> {
          for (Signed each : signed) {
            if (!each.isValid(sha256, digest)) {
              throw new IllegalStateException("refused");
            }
          }
          return signed.size();
        });
  }

  /**
   * One behind the other, and not where they came: a check takes less time than it takes to fetch a
   * record from somewhere in 60 MB of messages, where whoever checks it has just read it.
   */
  private static List<Bytes> together(List<Bytes> apart) {
    byte[] all = new byte[apart.stream().mapToInt(Bytes::length).sum()];
    List<Bytes> together = new ArrayList<>();
    int at = 0;
    for (Bytes each : apart) {
      System.arraycopy(each.array(), each.offset(), all, at, each.length());
      together.add(Bytes.wrap(all, at, each.length()));
      at += each.length();
    }
    return together;
  }

  private void records(List<String> rows) throws IOException {
    List<Bytes> found = new ArrayList<>();
    CarReader car = new CarReader();
    for (Bytes message : messages) {
      car.reset(steps.decode(message).blocks());
      byte[] type = "$type".getBytes(StandardCharsets.US_ASCII);
      while (car.next()) {
        if (contains(car.data(), type)) {
          found.add(car.data());
        }
      }
    }
    List<Bytes> records = together(found);
    CborReader reader = new CborReader();
    measure(
        rows,
        "record",
        records.size(),
        1e3,
        () -> {
          long sum = 0;
          for (Bytes record : records) {
            reader.check(record.array(), record.offset(), record.length());
            sum += reader.position();
          }
          return sum;
        });
    ObjectReader jackson = new CBORMapper().readerFor(JsonNode.class);
    measure(
        rows,
        "record-jackson",
        records.size(),
        1e3,
        () -> {
          long sum = 0;
          for (Bytes record : records) {
            JsonNode tree = jackson.readValue(record.array(), record.offset(), record.length());
            sum += tree.size();
          }
          return sum;
        });
  }

  private static boolean contains(Bytes block, byte[] word) {
    for (int i = 0; i + word.length <= block.length(); i++) {
      int at = block.offset() + i;
      if (Arrays.equals(block.array(), at, at + word.length, word, 0, word.length)) {
        return true;
      }
    }
    return false;
  }

  private void trees(List<String> rows) throws IOException {
    List<MstEntry> shuffled = new ArrayList<>();
    for (String line : Files.readAllLines(inputs.resolve(LibraryInputs.ENTRIES))) {
      int space = line.indexOf(' ');
      byte[] path = line.substring(0, space).getBytes(StandardCharsets.US_ASCII);
      shuffled.add(new MstEntry(Bytes.wrap(path), Cid.parse(line.substring(space + 1))));
    }
    List<MstEntry> sorted = new ArrayList<>(shuffled);
    sorted.sort(MstEntry.BY_KEY);
    measure(rows, "mst-random", 1, 1e6, () -> Mst.of(shuffled).root().hashCode());
    measure(
        rows,
        "mst-sorted",
        1,
        1e6,
        () -> {
          MstBuilder builder = new MstBuilder();
          for (MstEntry entry : sorted) {
            builder.add(entry.key(), entry.value());
          }
          return builder.build().root().hashCode();
        });
  }

  private void repository(List<String> rows) throws IOException {
    PublicKey key = RepoFiles.signer().publicKey();
    RepoReaderOptions options =
        RepoReaderOptions.DEFAULT.signedBy(RepoFiles.DID, key::verifyDigest);
    measure(
        rows,
        "repo",
        1,
        1e6,
        () -> {
          CarStream car = CarStream.open(FileChannel.open(inputs.resolve(RepoFiles.IN_ORDER)));
          try (RepoReader repo = RepoReader.open(car, options, new SplittableRandom(1))) {
            while (repo.next()) {
              // Each record is handed over, and dropped.
            }
            return repo.records();
          }
        });
  }

  private void flipped(List<String> rows) {
    if (!wanted(rows, "flipped")) {
      return;
    }
    int refused = 0;
    for (Bytes message : messages.subList(0, FLIPPED)) {
      Bytes blocks = steps.decode(message).blocks();
      byte[] changed = message.toByteArray();
      changed[blocks.offset() - message.offset() + blocks.length() - 1] ^= 1;
      try {
        var _ = steps.blocks(Bytes.wrap(changed));
      } catch (CarException e) {
        refused++;
      }
    }
    print("flipped", new double[] {refused}, 0);
  }

  private static boolean wanted(List<String> rows, String row) {
    return rows.isEmpty() || rows.contains(row);
  }

  private void measure(List<String> rows, String row, int count, double unit, Pass pass)
      throws IOException {
    if (!wanted(rows, row)) {
      return;
    }
    long expected = pass.run();
    long least = Long.MAX_VALUE;
    for (int i = 1; i < WARM_UPS; i++) {
      long began = System.nanoTime();
      pass.run();
      least = Math.min(least, System.nanoTime() - began);
    }
    // The system counts CPU in steps of 10 ms.
    int times = (int) Math.max(1, LONG_ENOUGH_NANOS / least);
    double[] costs = new double[PASSES];
    long allocated = 0;
    for (int i = 0; i < PASSES; i++) {
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long cpu = process.getProcessCpuTime();
      for (int j = 0; j < times; j++) {
        if (pass.run() != expected) {
          throw new IllegalStateException(row + ": a pass differs from another");
        }
      }
      costs[i] = (process.getProcessCpuTime() - cpu) / unit / count / times;
      allocated = (threads.getCurrentThreadAllocatedBytes() - bytes) / times;
    }
    print(row, costs, allocated / count);
  }

  private void print(String row, double[] costs, long allocated) {
    Arrays.sort(costs);
    System.out.printf(
        Locale.ROOT,
        "%s\t%s\t%.2f\t%.2f\t%.2f\t%d%n",
        row,
        library,
        costs[costs.length / 2],
        costs[0],
        costs[costs.length - 1],
        allocated);
  }
}
